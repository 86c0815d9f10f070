public import BinaryReading
public import FileMapping

/// Pages of physical memory, read into a buffer of a few slots.
public struct PageBuffer: ~Copyable {
    @usableFromInline var buffer: ReadBuffer
    /// Number of pages that have a place.
    public let slotCount: Int

    /// Makes a buffer; slots that are never filled cost no memory.
    public init(slotCount: Int) {
        self.slotCount = slotCount
        buffer = ReadBuffer(byteCount: slotCount * pageByteCount)
    }

    /// Reads pages that follow each other in the file, from one offset of the file to one slot and those behind it.
    ///
    /// - Returns: Whether the file has all of them and there is room.
    public mutating func fill(slot: Int, pages: Int = 1, from memory: PhysicalMemory, atFileOffset offset: Int) -> Bool
    {
        buffer.read(memory.file, at: offset, count: pages * pageByteCount, to: slot * pageByteCount)
    }

    /// Calls `body` with bytes of a slot.
    @inlinable
    public func withBytes<R>(slot: Int, offset: Int, count: Int, _ body: (RawSpan) -> R) -> R {
        buffer.withBytes(at: slot * pageByteCount + offset, count: count, body)
    }

    /// A little-endian integer in a slot, or nil where it does not lie in the buffer.
    @inlinable
    public func loadIfPresent<T: FixedWidthInteger & BitwiseCopyable>(
        _ type: T.Type = T.self, slot: Int, offset: Int
    ) -> T? {
        buffer.loadIfPresent(T.self, at: slot * pageByteCount + offset)
    }
}
