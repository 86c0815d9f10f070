/// The contents of the machine's pages, in the order in which they came to be.
///
/// A page is named by its slot; where it lies in physical memory is decided when all pages are known.
struct PageArena {
    private static let pagesPerChunk = 256
    private var chunks: [[UInt8]] = []
    /// Number of pages.
    private(set) var count = 0

    /// Adds a page of zeros and returns its slot.
    mutating func append() -> Int {
        if count % Self.pagesPerChunk == 0 {
            chunks.append([UInt8](repeating: 0, count: Self.pagesPerChunk * 4096))
        }
        count += 1
        return count - 1
    }

    /// Writes the low `byteCount` bytes of a value into one page.
    mutating func store(_ value: UInt64, byteCount: Int, slot: Int, offset: Int) {
        let chunk = slot / Self.pagesPerChunk
        let start = slot % Self.pagesPerChunk * 4096 + offset
        for index in 0..<byteCount {
            chunks[chunk][start + index] = UInt8(truncatingIfNeeded: value >> UInt64(8 * index))
        }
    }

    /// Writes bytes into one page.
    mutating func store(_ bytes: ArraySlice<UInt8>, slot: Int, offset: Int) {
        let start = slot % Self.pagesPerChunk * 4096 + offset
        unsafe chunks[slot / Self.pagesPerChunk].withUnsafeMutableBytes { target in
            unsafe bytes.withUnsafeBytes { source in
                unsafe UnsafeMutableRawBufferPointer(rebasing: target[start..<(start + source.count)])
                    .copyMemory(from: source)
            }
        }
    }

    /// Reads up to eight bytes of one page.
    func load(byteCount: Int, slot: Int, offset: Int) -> UInt64 {
        let start = slot % Self.pagesPerChunk * 4096 + offset
        var value: UInt64 = 0
        for index in 0..<byteCount {
            value |= UInt64(chunks[slot / Self.pagesPerChunk][start + index]) << UInt64(8 * index)
        }
        return value
    }

    /// The 4096 bytes of one page.
    func page(_ slot: Int) -> ArraySlice<UInt8> {
        let start = slot % Self.pagesPerChunk * 4096
        return chunks[slot / Self.pagesPerChunk][start..<(start + 4096)]
    }
}
