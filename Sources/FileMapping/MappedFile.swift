public import BinaryReading

/// A file's bytes, read-only: mapped, not copied, and shared freely between threads; ``ReadBuffer`` copies parts of it instead.
///
/// The system brings in a page when it is first read. A file that another program cuts short while it is mapped ends
/// this process with the system's signal (SIGBUS, or an in-page error on Windows): no check can prevent that.
@safe
public final class MappedFile: Sendable {
    /// The path as it was given; empty for bytes in memory.
    public let path: String
    // Immutable for the object's whole life, which is what makes sharing it safe.
    @usableFromInline nonisolated(unsafe) let region: UnsafeRawBufferPointer
    /// nil for bytes in memory.
    private let handle: SystemFile.Handle?

    /// Maps a file.
    ///
    /// - Throws: `FileError` for what is missing, forbidden, no regular file, or empty.
    public init(path: String) throws(FileError) {
        let mapping = unsafe try SystemFile.map(path: path)
        unsafe region = mapping.region
        unsafe handle = mapping.handle
        self.path = path
    }

    /// A file that only exists in memory; it may be empty.
    public init(bytes: [UInt8]) {
        let copy = UnsafeMutableRawBufferPointer.allocate(byteCount: bytes.count, alignment: 16)
        unsafe copy.copyBytes(from: bytes)
        unsafe region = UnsafeRawBufferPointer(copy)
        path = ""
        handle = nil
    }

    deinit {
        if let handle {
            unsafe SystemFile.unmap(handle, region)
        } else {
            unsafe region.deallocate()
        }
    }

    /// Lets go of the pages that count as this process's memory because they were read through the mapping; reading one again brings it
    /// back. Bytes in memory stay.
    public func releasePages() {
        guard handle != nil else { return }
        unsafe SystemFile.release(region)
    }

    /// Reads bytes without the mapping: for many small parts that lie scattered over a large file, each of which the mapping would bring
    /// in with its surroundings, and keep.
    @unsafe
    func read(at offset: Int, into target: UnsafeMutableRawBufferPointer) -> Bool {
        guard offset >= 0, target.count <= byteCount, offset <= byteCount - target.count else { return false }
        if let handle { return unsafe SystemFile.read(handle, at: offset, into: target) }
        unsafe target.copyMemory(from: UnsafeRawBufferPointer(rebasing: region[offset..<(offset + target.count)]))
        return true
    }

    /// Number of bytes in the file.
    @inlinable
    public var byteCount: Int { unsafe region.count }

    /// The last component of the path; `the file` for bytes in memory.
    public var name: String {
        let last = path.split(whereSeparator: SystemFile.isPathSeparator).last
        return last.map(String.init) ?? "the file"
    }

    /// Calls `body` with all bytes of the file.
    @inlinable
    public func withBytes<R: ~Copyable, E: Error>(_ body: (RawSpan) throws(E) -> R) throws(E) -> R {
        try unsafe body(region.bytes)
    }

    /// A little-endian integer at a byte offset of any alignment.
    ///
    /// - Throws: `OutOfBounds` where the integer does not lie wholly inside the file.
    @inlinable
    public func load<T: FixedWidthInteger & BitwiseCopyable>(_ type: T.Type = T.self, at offset: Int)
        throws(OutOfBounds) -> T
    {
        guard let value = loadIfPresent(type, at: offset) else {
            throw OutOfBounds(offset: offset, byteCount: MemoryLayout<T>.size, available: byteCount)
        }
        return value
    }

    /// A little-endian integer at a byte offset, or nil where it does not lie wholly inside the file.
    @inlinable
    public func loadIfPresent<T: FixedWidthInteger & BitwiseCopyable>(_ type: T.Type = T.self, at offset: Int) -> T? {
        let size = MemoryLayout<T>.size
        guard offset >= 0, byteCount >= size, offset <= byteCount - size else { return nil }
        return T(littleEndian: unsafe region.loadUnaligned(fromByteOffset: offset, as: T.self))
    }

    /// A copy of `count` bytes at `offset`.
    ///
    /// - Throws: `OutOfBounds` where the range does not lie wholly inside the file; nothing is allocated then.
    public func copyBytes(at offset: Int, count: Int) throws(OutOfBounds) -> [UInt8] {
        try withBytes { (bytes) throws(OutOfBounds) in try bytes.copyBytes(at: offset, count: count) }
    }
}
