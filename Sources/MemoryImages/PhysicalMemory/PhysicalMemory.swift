public import BinaryReading
public import FileMapping

/// A machine's physical memory as a file holds it: which 4 KiB page lies where.
///
/// Nothing is kept per page: runs are searched by halving, a bitmap is counted from the nearest of its blocks.
public struct PhysicalMemory: Sendable {
    @usableFromInline
    enum Index: Sendable {
        case runs(RunTable)
        case bitmap(PageBitmap)
    }

    /// The file that holds the pages.
    public let file: MappedFile
    /// Number of pages that the dump lists, whether or not the file reaches so far.
    public let expectedPageCount: UInt64
    /// Number of listed pages that lie wholly in the file.
    public let presentPageCount: UInt64
    /// The highest page that the dump lists.
    public let highestPage: PageFrameNumber?
    @usableFromInline let index: Index

    /// Memory of runs whose pages follow each other in the file, in the order of the list, without gaps.
    ///
    /// Runs that cannot be (empty, beyond 2^40 pages, overlapping) are left out or clipped; see `RunTable`.
    ///
    /// - Parameters:
    ///   - file: The file that holds the pages.
    ///   - runs: The runs in file order.
    ///   - firstPageOffset: Where the first page of the first run starts; it need not be aligned.
    public init(file: MappedFile, runs: [PhysicalRun], firstPageOffset: Int) {
        let table = RunTable(runs: runs, firstPageOffset: Swift.max(0, firstPageOffset))
        self.file = file
        index = .runs(table)
        expectedPageCount = table.pageCount
        highestPage = table.entries.last.map { PageFrameNumber($0.endPage - 1) }
        presentPageCount = table.entries.reduce(0) { sum, entry in
            sum &+ Self.pagesInFile(file, from: entry.fileOffset, atMost: entry.endPage - entry.firstPage)
        }
    }

    /// Memory of a bitmap whose set bits name the pages that follow each other from `firstPageOffset` on.
    ///
    /// - Parameters:
    ///   - file: The file that holds bitmap and pages.
    ///   - bitmapOffset: Where the bitmap starts; the lowest bit of its first byte is page 0.
    ///   - bitCount: Number of bits; bits that are not in the file count as clear.
    ///   - firstPageOffset: Where the first page starts.
    public init(file: MappedFile, bitmapOffset: Int, bitCount: Int, firstPageOffset: Int) {
        let bitmap = PageBitmap(
            file: file, bitmapOffset: Swift.max(0, bitmapOffset), bitCount: bitCount,
            firstPageOffset: Swift.max(0, firstPageOffset))
        self.file = file
        index = .bitmap(bitmap)
        expectedPageCount = bitmap.setBitCount
        highestPage = bitmap.highestPage.map { PageFrameNumber($0) }
        presentPageCount = Self.pagesInFile(file, from: bitmap.firstPageOffset, atMost: bitmap.setBitCount)
    }

    /// Where a page starts in the file; nil where the dump does not list it or the file ends before its last byte.
    @inlinable
    public func fileOffset(of page: PageFrameNumber) -> Int? {
        guard let offset = listedOffset(of: page), offset <= file.byteCount &- pageByteCount else { return nil }
        return offset
    }

    /// Whether a page can be read, and if not, whether the dump lacks it or the file was cut short.
    public func availability(of page: PageFrameNumber) -> PageAvailability {
        guard let offset = listedOffset(of: page) else { return .notInDump }
        return offset <= file.byteCount &- pageByteCount ? .present(fileOffset: offset) : .beyondEndOfFile
    }

    /// The pages that can be read, in ascending order, as runs that are also consecutive in the file.
    public var presentRuns: PresentRuns { PresentRuns(memory: self) }

    @inlinable
    func listedOffset(of page: PageFrameNumber) -> Int? {
        switch index {
        case .runs(let table): table.fileOffset(of: page.rawValue)
        case .bitmap(let bitmap): bitmap.fileOffset(of: page.rawValue, in: file)
        }
    }

    /// How many of `count` consecutive pages lie wholly in the file.
    static func pagesInFile(_ file: MappedFile, from offset: Int, atMost count: UInt64) -> UInt64 {
        guard offset < file.byteCount else { return 0 }
        return Swift.min(count, UInt64((file.byteCount - offset) / pageByteCount))
    }
}
