import BinaryReading
import FileMapping

/// What stands behind the header of a dump whose pages a bitmap names: where the bits and the pages start, and what
/// the writer claims of their number.
public struct BitmapHeader: Hashable, Sendable {
    /// The two generations of the header.
    public enum Kind: Hashable, Sendable {
        /// Types 5 and 6, 64-bit fields (formats.md §2.3).
        case bitmap
        /// Type 2, from before Windows 8, 32-bit fields (formats.md §2.4).
        case summary
    }

    /// Which generation the fields were read as.
    public let kind: Kind
    /// `DumpOptions`: 1 kernel pages, 2 user pages.
    public let options: UInt32
    /// Where the first page starts in the file.
    public let firstPageOffset: Int
    /// Where the bits start in the file.
    public let bitmapOffset: Int
    /// Number of bits that the writer claims.
    public let claimedBitCount: UInt64
    /// Number of set bits that the writer claims.
    public let claimedPageCount: UInt64
    /// Number of bits that can be there: before the first page and in the file.
    public let bitCount: Int

    private init?(
        kind: Kind, file: MappedFile, firstPageOffset: UInt64, bitmapOffset: Int, claimedBitCount: UInt64,
        claimedPageCount: UInt64
    ) {
        guard let firstPageOffset = Int(exactly: firstPageOffset), firstPageOffset > bitmapOffset else { return nil }
        self.kind = kind
        options = HeaderFields(file: file).word(at: 0x2008) ?? 0
        self.firstPageOffset = firstPageOffset
        self.bitmapOffset = bitmapOffset
        self.claimedBitCount = claimedBitCount
        self.claimedPageCount = claimedPageCount
        let bytes = Swift.max(0, Swift.min(firstPageOffset, file.byteCount) - bitmapOffset)
        let limit = Swift.min(bytes.multipliedReportingOverflow(by: 8).partialValue, Int(PhysicalRun.pageLimit))
        bitCount = Swift.min(Int(clamping: claimedBitCount), Swift.max(0, limit))
    }

    /// Reads the 64-bit header of types 5 and 6; nil where its first page lies before the bits.
    static func bitmap(_ file: MappedFile) -> BitmapHeader? {
        guard let firstPage: UInt64 = file.loadIfPresent(at: 0x2020),
            let pages: UInt64 = file.loadIfPresent(at: 0x2028), let bits: UInt64 = file.loadIfPresent(at: 0x2030)
        else { return nil }
        return BitmapHeader(
            kind: .bitmap, file: file, firstPageOffset: firstPage, bitmapOffset: 0x2038, claimedBitCount: bits,
            claimedPageCount: pages)
    }

    /// Reads the 32-bit header of type 2. Where its bits start depends on how the header's pointer is aligned, which
    /// the sources disagree about: the reading whose set bits are as many as claimed is taken, in doubt the aligned one.
    static func summary(_ file: MappedFile) -> BitmapHeader? {
        guard let firstPage: UInt32 = file.loadIfPresent(at: 0x200C),
            let bits: UInt32 = file.loadIfPresent(at: 0x2010), let pages: UInt32 = file.loadIfPresent(at: 0x2014)
        else { return nil }
        let readings = [0x2028, 0x2024].compactMap { offset in
            BitmapHeader(
                kind: .summary, file: file, firstPageOffset: UInt64(firstPage), bitmapOffset: offset,
                claimedBitCount: UInt64(bits), claimedPageCount: UInt64(pages))
        }
        return readings.first { $0.countsAgree(in: file) } ?? readings.first
    }

    /// Physical memory as this header lays it out.
    func physicalMemory(in file: MappedFile) -> PhysicalMemory {
        PhysicalMemory(
            file: file, bitmapOffset: bitmapOffset, bitCount: bitCount, firstPageOffset: firstPageOffset)
    }

    /// Whether as many bits are set as the writer claims: strong evidence that this is the header it wrote.
    func countsAgree(in file: MappedFile) -> Bool {
        claimedPageCount > 0 && UInt64(bitCount) == claimedBitCount
            && physicalMemory(in: file).expectedPageCount == claimedPageCount
    }

    /// Whether the fields can be those of a header, without counting any bits.
    func hasPlausibleShape(in file: MappedFile) -> Bool {
        firstPageOffset % pageByteCount == 0 && firstPageOffset < file.byteCount
            && UInt64(bitCount) == claimedBitCount && claimedPageCount <= claimedBitCount
    }
}
