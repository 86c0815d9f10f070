import BinaryReading

/// A locally unique identifier: a number that the kernel hands out once in a boot, to tokens and logon sessions alike.
public struct LUID: Hashable, Comparable, Sendable, CustomStringConvertible {
    /// Both halves as one number.
    public let rawValue: UInt64

    /// Makes an identifier of a number.
    @inlinable
    public init(_ rawValue: UInt64) { self.rawValue = rawValue }

    /// The SYSTEM logon session.
    public static let localSystem = LUID(0x3e7)
    /// The ANONYMOUS LOGON session.
    public static let anonymous = LUID(0x3e6)
    /// The LOCAL SERVICE logon session.
    public static let localService = LUID(0x3e5)
    /// The NETWORK SERVICE logon session.
    public static let networkService = LUID(0x3e4)

    /// Whether the kernel or the LSA reserves the number for a session that always exists (0x3e3 to 0x3e7).
    public var isSystemSession: Bool { (0x3e3...0x3e7).contains(rawValue) }

    /// 0:0, which stands for "none".
    public var isNone: Bool { rawValue == 0 }

    /// Orders by number, which is the order of creation above 0x3e7.
    @inlinable
    public static func < (left: LUID, right: LUID) -> Bool { left.rawValue < right.rawValue }

    /// The number as hex text: `0x3e7`.
    public var description: String { rawValue.hexText }
}
