import BinaryReading
public import FileMapping

extension PhysicalMemory {
    /// An integer at a byte offset of the file that ``fileOffset(of:)`` gave, or nil where the file does not reach.
    @inlinable
    public func loadIfPresent<T: FixedWidthInteger & BitwiseCopyable>(_ type: T.Type = T.self, atFileOffset offset: Int)
        -> T?
    {
        file.loadIfPresent(T.self, at: offset)
    }

    /// Calls `body` with bytes inside the mapped file, or answers nil where the file does not reach.
    @inlinable
    public func withBytes<R>(atFileOffset offset: Int, count: Int, _ body: (RawSpan) -> R) -> R? {
        file.withBytes { (bytes: RawSpan) -> R? in
            guard offset >= 0, count >= 0, offset <= bytes.byteCount, count <= bytes.byteCount - offset else {
                return nil
            }
            return body(bytes.extracting(offset..<(offset + count)))
        }
    }
}

extension PhysicalMemory {
    /// Lets go of all pages of the file; see `MappedFile.releasePages()`.
    public func releasePages() { file.releasePages() }
}

extension CrashDump {
    /// The file's path as it was given; empty for bytes in memory.
    public var path: String { file.path }
}
