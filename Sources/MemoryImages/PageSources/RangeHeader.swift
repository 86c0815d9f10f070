import BinaryReading
import FileMapping

/// What stands behind the header of a dump that a debugger wrote as ranges (`RDMP`, formats.md §2.5).
public struct RangeHeader: Hashable, Sendable {
    /// Where the first page starts in the file; it need not be aligned.
    public let firstPageOffset: Int
    /// The ranges that were read.
    public let ranges: [PhysicalRun]
    /// Number of ranges that the writer claims; known to be that only in type 0xA.
    public let claimedRangeCount: UInt32
    /// Number of pages that the writer claims; known to be that only in type 0xA.
    public let claimedPageCount: UInt64
    /// Whether the ranges that were read are as many, and have as many pages, as claimed.
    public let agrees: Bool

    /// Where the ranges start.
    private static let rangesOffset = 0x2030

    /// Reads the header; nil where its first page lies before the ranges.
    init?(_ file: MappedFile) {
        guard let firstPage: UInt64 = file.loadIfPresent(at: 0x2018), let offset = Int(exactly: firstPage),
            offset >= Self.rangesOffset, let count: UInt32 = file.loadIfPresent(at: 0x2020),
            let pages: UInt64 = file.loadIfPresent(at: 0x2028)
        else { return nil }
        // The size of the metadata at 0x2010 counts the sixteen bytes before the ranges, so it would name one range
        // too many; where the pages start bounds the list without that doubt.
        let capacity = (Swift.min(offset, file.byteCount) - Self.rangesOffset) / PhysicalMemoryDescriptor.runByteCount
        let limit = Int(count) > 0 ? Swift.min(Int(count), capacity) : capacity
        let claimed = Self.read(file, atMost: limit)
        firstPageOffset = offset
        claimedRangeCount = count
        claimedPageCount = pages
        agrees = claimed.count == Int(count) && claimed.reduce(0) { $0 &+ $1.pageCount } == pages
        ranges = agrees ? claimed : Self.read(file, atMost: capacity)
    }

    /// Ranges from the first one on, until the empty one that ends the list, or one that cannot be.
    private static func read(_ file: MappedFile, atMost limit: Int) -> [PhysicalRun] {
        var ranges: [PhysicalRun] = []
        for index in 0..<Swift.max(0, limit) {
            let position = rangesOffset + index * PhysicalMemoryDescriptor.runByteCount
            guard let first: UInt64 = file.loadIfPresent(at: position),
                let count: UInt64 = file.loadIfPresent(at: position + 8)
            else { break }
            let range = PhysicalRun(firstPage: PageFrameNumber(first), pageCount: count)
            guard range.endPage != nil else { break }
            ranges.append(range)
        }
        return ranges
    }

    /// Physical memory as this header lays it out.
    func physicalMemory(in file: MappedFile) -> PhysicalMemory {
        PhysicalMemory(file: file, runs: ranges, firstPageOffset: firstPageOffset)
    }
}
