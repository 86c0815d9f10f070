/// Memory into which parts of a file are read, again and again.
///
/// Costs the program no more than its own size, however large the file is; a file that is cut short meanwhile is no danger to it.
@safe
public struct ReadBuffer: ~Copyable {
    @usableFromInline let memory: UnsafeMutableRawBufferPointer
    /// Size of the buffer in bytes.
    public let byteCount: Int

    /// Makes a buffer; what is never read into costs no memory.
    public init(byteCount: Int) {
        self.byteCount = max(byteCount, 1)
        unsafe memory = UnsafeMutableRawBufferPointer.allocate(byteCount: self.byteCount, alignment: 4096)
    }

    deinit { unsafe memory.deallocate() }

    /// Reads a part of a file to a place in the buffer.
    ///
    /// - Returns: Whether the file has all of it and there is room.
    public mutating func read(_ file: MappedFile, at offset: Int, count: Int, to place: Int = 0) -> Bool {
        guard place >= 0, count >= 0, count <= byteCount, place <= byteCount - count else {
            return false
        }
        return unsafe file.read(
            at: offset, into: UnsafeMutableRawBufferPointer(rebasing: memory[place..<(place + count)]))
    }

    /// Calls `body` with a part of the buffer; with no bytes where it does not lie inside.
    @inlinable
    public func withBytes<R>(at place: Int, count: Int, _ body: (RawSpan) -> R) -> R {
        guard place >= 0, count >= 0, count <= byteCount, place <= byteCount - count else {
            return unsafe body(UnsafeRawBufferPointer(start: nil, count: 0).bytes)
        }
        return unsafe body(UnsafeRawBufferPointer(rebasing: memory[place..<(place + count)]).bytes)
    }

    /// A little-endian integer at a place of any alignment, or nil where it does not lie inside.
    @inlinable
    public func loadIfPresent<T: FixedWidthInteger & BitwiseCopyable>(_ type: T.Type = T.self, at place: Int) -> T? {
        let size = MemoryLayout<T>.size
        guard place >= 0, byteCount >= size, place <= byteCount - size else { return nil }
        return T(littleEndian: unsafe memory.loadUnaligned(fromByteOffset: place, as: T.self))
    }
}
