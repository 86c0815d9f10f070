/// A group of neighbouring bits in an integer of up to 64 bits, as symbol files describe them.
public struct BitField: Hashable, Sendable {
    /// Number of the lowest bit, 0...63.
    public let position: Int
    /// Number of bits, 1...64.
    public let width: Int

    /// Makes a bit field; positions and widths outside an integer are clamped into it.
    @inlinable
    public init(position: Int, width: Int) {
        self.position = Swift.min(Swift.max(position, 0), 63)
        self.width = Swift.min(Swift.max(width, 0), 64 - self.position)
    }

    /// The field's bits set, in place.
    @inlinable
    public var mask: UInt64 {
        width == 64 ? .max : ((1 << UInt64(width)) &- 1) << UInt64(position)
    }

    /// The field's value in `word`, shifted down to bit 0.
    @inlinable
    public func extract(from word: UInt64) -> UInt64 { (word & mask) >> UInt64(position) }

    /// `word` with the field replaced by the low bits of `value`.
    @inlinable
    public func insert(_ value: UInt64, into word: UInt64) -> UInt64 {
        (word & ~mask) | ((value << UInt64(position)) & mask)
    }
}
