public import BinaryReading

/// Consecutive pages of physical memory, as a dump lists them.
public struct PhysicalRun: Hashable, Sendable, CustomStringConvertible {
    /// The first page.
    public let firstPage: PageFrameNumber
    /// Number of pages.
    public let pageCount: UInt64

    /// Makes a run of `pageCount` pages from `firstPage` on.
    public init(firstPage: PageFrameNumber, pageCount: UInt64) {
        self.firstPage = firstPage
        self.pageCount = pageCount
    }

    /// The page after the last one, or nil where the run is empty or leaves the 52 bits of a physical address.
    var endPage: UInt64? {
        guard pageCount > 0, firstPage.rawValue < Self.pageLimit, pageCount <= Self.pageLimit - firstPage.rawValue
        else {
            return nil
        }
        return firstPage.rawValue + pageCount
    }

    /// Page frame numbers have at most 40 bits (formats.md §1.3).
    static let pageLimit: UInt64 = 1 << 40

    /// First page and number of pages: `0x100 +155`.
    public var description: String { "\(firstPage) +\(pageCount)" }
}

/// Consecutive pages of physical memory that are wholly in the file.
public struct PresentRun: Hashable, Sendable {
    /// The first page.
    public let firstPage: PageFrameNumber
    /// Where the first page starts in the file; the others follow it.
    public let fileOffset: Int
    /// Number of pages.
    public let pageCount: UInt64
}

/// Whether a page of physical memory can be read from a dump.
public enum PageAvailability: Hashable, Sendable {
    /// The page starts at this offset of the file.
    case present(fileOffset: Int)
    /// The dump does not list the page: its writer left it out, or the machine has no such page.
    case notInDump
    /// The dump lists the page, but the file ends before it: it was cut short.
    case beyondEndOfFile
}
