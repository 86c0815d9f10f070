import BinaryReading
import FileMapping

/// The bytes of one stream in one piece: a part of the mapped file where its blocks follow each other, else a copy.
struct StreamBytes: Sendable {
    private let file: MappedFile
    private let start: Int
    /// Number of bytes.
    let count: Int

    /// A part of a file; what lies outside it is left out.
    init(file: MappedFile, start: Int, count: Int) {
        self.file = file
        self.start = Swift.min(Swift.max(0, start), file.byteCount)
        self.count = Swift.min(Swift.max(0, count), file.byteCount - self.start)
    }

    /// A copy.
    init(_ bytes: [UInt8]) { self.init(file: MappedFile(bytes: bytes), start: 0, count: bytes.count) }

    /// Calls `body` with all bytes.
    func withBytes<R: ~Copyable, E: Error>(_ body: (RawSpan) throws(E) -> R) throws(E) -> R {
        try file.withBytes { (bytes) throws(E) in try body(bytes.extracting(start..<(start + count))) }
    }

    /// A little-endian integer, or nil where it does not lie wholly inside the stream.
    func load<T: FixedWidthInteger & BitwiseCopyable>(_ type: T.Type = T.self, at offset: Int) -> T? {
        guard offset >= 0, offset <= count - MemoryLayout<T>.size else { return nil }
        return file.loadIfPresent(type, at: start + offset)
    }

    /// A part of the stream, cut where the stream ends.
    func part(_ range: Range<Int>) -> StreamBytes {
        let lower = Swift.min(Swift.max(0, range.lowerBound), count)
        let upper = Swift.min(Swift.max(lower, range.upperBound), count)
        return StreamBytes(file: file, start: start + lower, count: upper - lower)
    }
}

extension RawSpan {
    /// Where a text that begins at `offset` ends: at its first zero byte, or at `limit` where there is none.
    func endOfText(at offset: Int, limit: Int) -> Int {
        let limit = Swift.min(limit, byteCount)
        var position = offset
        while position < limit, loadIfPresent(UInt8.self, at: position) != 0 { position += 1 }
        return Swift.max(offset, position)
    }

    /// The UTF-8 text of a range that lies inside; bytes that are no UTF-8 become U+FFFD.
    func text(_ range: Range<Int>) -> String {
        guard range.lowerBound >= 0, range.upperBound <= byteCount else { return "" }
        return unsafe extracting(range).withUnsafeBytes { unsafe String(decoding: $0, as: UTF8.self) }
    }

    /// Whether a range holds exactly these bytes.
    func equals(_ range: Range<Int>, _ bytes: RawSpan) -> Bool {
        guard range.count == bytes.byteCount, range.lowerBound >= 0, range.upperBound <= byteCount else { return false }
        return unsafe extracting(range).withUnsafeBytes { left in
            unsafe bytes.withUnsafeBytes { right in unsafe left.elementsEqual(right) }
        }
    }

    /// Whether a range holds exactly these bytes.
    func equals(_ range: Range<Int>, _ bytes: [UInt8]) -> Bool {
        guard range.count == bytes.count, range.lowerBound >= 0, range.upperBound <= byteCount else { return false }
        return unsafe extracting(range).withUnsafeBytes { unsafe $0.elementsEqual(bytes) }
    }
}
