/// A read that does not fit into the bytes at hand: what was asked for and what there was.
public struct OutOfBounds: Error, Hashable, Sendable, CustomStringConvertible {
    /// Byte position that was asked for.
    public let offset: Int
    /// Number of bytes that were asked for.
    public let byteCount: Int
    /// Number of bytes there are.
    public let available: Int

    /// Describes a read of `byteCount` bytes at `offset` in a region of `available` bytes.
    @inlinable
    public init(offset: Int, byteCount: Int, available: Int) {
        self.offset = offset
        self.byteCount = byteCount
        self.available = available
    }

    /// The three numbers in words.
    public var description: String {
        "\(byteCount) bytes at offset \(offset) do not fit into \(available) bytes"
    }
}

extension RawSpan {
    /// A little-endian integer at a byte offset of any alignment.
    ///
    /// - Parameters:
    ///   - type: The integer's type.
    ///   - offset: Byte offset from the start of the span.
    /// - Throws: `OutOfBounds` where the integer does not lie wholly inside the span.
    @inlinable
    public func load<T: FixedWidthInteger & BitwiseCopyable>(_ type: T.Type = T.self, at offset: Int)
        throws(OutOfBounds)
        -> T
    {
        let size = MemoryLayout<T>.size
        guard offset >= 0, byteCount >= size, offset <= byteCount - size else {
            throw OutOfBounds(offset: offset, byteCount: size, available: byteCount)
        }
        return T(littleEndian: unsafe unsafeLoadUnaligned(fromUncheckedByteOffset: offset, as: T.self))
    }

    /// A little-endian integer at a byte offset, or nil where it does not lie wholly inside the span: for probes in
    /// which failure is the usual case.
    @inlinable
    public func loadIfPresent<T: FixedWidthInteger & BitwiseCopyable>(_ type: T.Type = T.self, at offset: Int) -> T? {
        let size = MemoryLayout<T>.size
        guard offset >= 0, byteCount >= size, offset <= byteCount - size else { return nil }
        return T(littleEndian: unsafe unsafeLoadUnaligned(fromUncheckedByteOffset: offset, as: T.self))
    }

    /// A copy of `count` bytes at `offset`.
    ///
    /// - Throws: `OutOfBounds` where the range does not lie wholly inside the span; nothing is allocated then.
    @inlinable
    public func copyBytes(at offset: Int, count: Int) throws(OutOfBounds) -> [UInt8] {
        guard offset >= 0, count >= 0, count <= byteCount, offset <= byteCount - count else {
            throw OutOfBounds(offset: offset, byteCount: count, available: byteCount)
        }
        let part = extracting(offset..<(offset + count))
        return unsafe part.withUnsafeBytes { unsafe [UInt8]($0) }
    }
}
