/// An address in an address space, kernel half or user half.
public struct VirtualAddress: Hashable, Comparable, Sendable, CustomStringConvertible {
    /// The address as a number.
    public let rawValue: UInt64

    /// Makes an address of a number.
    @inlinable
    public init(_ rawValue: UInt64) { self.rawValue = rawValue }

    /// The null pointer.
    public static let null = VirtualAddress(0)

    /// Whether this is the null pointer.
    @inlinable
    public var isNull: Bool { rawValue == 0 }

    /// Whether the address lies in the upper half, where the kernel is (bit 63 set).
    @inlinable
    public var isKernel: Bool { rawValue >> 63 == 1 }

    /// Whether bits 63 to 47 are all equal, as four-level paging demands.
    @inlinable
    public var isCanonical: Bool {
        let top = Int64(bitPattern: rawValue) >> 47
        return top == 0 || top == -1
    }

    /// The position inside the 4 KiB page, 0...4095.
    @inlinable
    public var pageOffset: Int { Int(truncatingIfNeeded: rawValue & 0xFFF) }

    /// The address of the page that holds this one.
    @inlinable
    public var pageStart: VirtualAddress { VirtualAddress(rawValue & ~0xFFF) }

    /// The address `distance` bytes on; wraps instead of trapping, since both may come from a damaged dump.
    @inlinable
    public static func + (address: VirtualAddress, distance: Int) -> VirtualAddress {
        VirtualAddress(address.rawValue &+ UInt64(bitPattern: Int64(distance)))
    }

    /// The address `distance` bytes before; wraps instead of trapping.
    @inlinable
    public static func - (address: VirtualAddress, distance: Int) -> VirtualAddress {
        VirtualAddress(address.rawValue &- UInt64(bitPattern: Int64(distance)))
    }

    /// The number of bytes from `base` to this address, or nil where this address lies below it.
    @inlinable
    public func distance(from base: VirtualAddress) -> UInt64? {
        rawValue >= base.rawValue ? rawValue - base.rawValue : nil
    }

    /// Orders by number.
    @inlinable
    public static func < (left: VirtualAddress, right: VirtualAddress) -> Bool { left.rawValue < right.rawValue }

    /// The address as in our JSON: `0xffffb8083ea02650`.
    public var description: String { rawValue.hexText }

    /// The address as a debugger prints it: `ffffb808`3ea02650`.
    public var debuggerText: String {
        let digits = rawValue.paddedHexDigits(16)
        return digits.prefix(8) + "`" + digits.suffix(8)
    }
}
