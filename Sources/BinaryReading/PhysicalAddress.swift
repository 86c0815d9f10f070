/// An address in the machine's physical memory, in bytes.
public struct PhysicalAddress: Hashable, Comparable, Sendable, CustomStringConvertible {
    /// The address as a number.
    public let rawValue: UInt64

    /// Makes an address of a number of bytes.
    @inlinable
    public init(_ rawValue: UInt64) { self.rawValue = rawValue }

    /// The 4 KiB page that holds the address.
    @inlinable
    public var page: PageFrameNumber { PageFrameNumber(rawValue >> 12) }

    /// The position inside the 4 KiB page, 0...4095.
    @inlinable
    public var pageOffset: Int { Int(truncatingIfNeeded: rawValue & 0xFFF) }

    /// Orders by number.
    @inlinable
    public static func < (left: PhysicalAddress, right: PhysicalAddress) -> Bool { left.rawValue < right.rawValue }

    /// The address as hex text.
    public var description: String { rawValue.hexText }
}

/// The number of a 4 KiB page of physical memory: its address shifted right by 12.
public struct PageFrameNumber: Hashable, Comparable, Sendable, CustomStringConvertible {
    /// The page's number.
    public let rawValue: UInt64

    /// Makes a page number.
    @inlinable
    public init(_ rawValue: UInt64) { self.rawValue = rawValue }

    /// The address of the page's first byte; numbers of 2^52 and above wrap.
    @inlinable
    public var address: PhysicalAddress { PhysicalAddress(rawValue << 12) }

    /// Orders by number.
    @inlinable
    public static func < (left: PageFrameNumber, right: PageFrameNumber) -> Bool { left.rawValue < right.rawValue }

    /// The number as hex text.
    public var description: String { rawValue.hexText }
}

/// Bytes in a page, the unit of dumps and of paging.
@inlinable
public var pageByteCount: Int { 4096 }
