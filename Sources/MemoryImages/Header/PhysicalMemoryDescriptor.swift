import BinaryReading

/// A list of runs of physical memory as Windows keeps it (`PHYSICAL_MEMORY_DESCRIPTOR64`, formats.md §1.3): in a dump's
/// header, where only 42 runs have room, and whole in the kernel's own memory, at `MmPhysicalMemoryBlock`.
public struct PhysicalMemoryDescriptor: Hashable, Sendable {
    /// Number of runs that the descriptor claims.
    public let runCount: UInt32
    /// Number of pages that the descriptor claims for all runs together, listed or not; nil where it was not set.
    public let pageCount: UInt64?
    /// The runs that were read: as many as there was room for.
    public let runs: [PhysicalRun]

    /// Bytes before the first run.
    public static let headByteCount = 16
    /// Bytes of a run.
    public static let runByteCount = 16
    /// Runs for which a dump's header has room.
    static let headerCapacity = 42

    /// Reads the descriptor of a dump's header. The kernel fills 42 runs; some writers use the bytes behind them for
    /// one more, which is believed where all 43 have as many pages as claimed.
    init?(headerBytes bytes: RawSpan) {
        if let all = Self(bytes: bytes, at: 0x88, capacity: Self.headerCapacity + 1), all.runs.count == all.runCount,
            all.pageCount == all.listedPageCount
        {
            self = all
        } else {
            self.init(bytes: bytes, at: 0x88, capacity: Self.headerCapacity)
        }
    }

    /// A descriptor that claims just what it lists.
    init(runs: [PhysicalRun]) {
        runCount = UInt32(clamping: runs.count)
        pageCount = runs.reduce(0) { $0 &+ $1.pageCount }
        self.runs = runs
    }

    /// Reads a descriptor of at most `capacity` runs at an offset.
    ///
    /// - Returns: nil where its first bytes do not lie inside, or no run was set.
    public init?(bytes: RawSpan, at offset: Int, capacity: Int) {
        guard let count: UInt32 = bytes.loadIfPresent(at: offset), count > 0, count != HeaderFields.fill32,
            let pages: UInt64 = bytes.loadIfPresent(at: offset + 8)
        else { return nil }
        runCount = count
        pageCount = pages == HeaderFields.fill64 ? nil : pages
        var runs: [PhysicalRun] = []
        for index in 0..<Swift.min(Int(count), Swift.max(0, capacity)) {
            let position = offset + Self.headByteCount + index * Self.runByteCount
            guard let first: UInt64 = bytes.loadIfPresent(at: position),
                let length: UInt64 = bytes.loadIfPresent(at: position + 8)
            else { break }
            runs.append(PhysicalRun(firstPage: PageFrameNumber(first), pageCount: length))
        }
        self.runs = runs
    }

    /// Number of pages in the runs that were read.
    public var listedPageCount: UInt64 { runs.reduce(0) { $0 &+ $1.pageCount } }

    /// Whether the header had no room for all runs: pages follow in the file whose addresses it does not tell.
    public var isCut: Bool {
        guard runs.count >= Self.headerCapacity, let pageCount else { return false }
        return listedPageCount < pageCount
    }

    /// Whether at least one run is a run, and the first of them: what a header without runs has there is fill or zeros.
    var isPlausible: Bool {
        runCount <= 0x2B && runs.first?.endPage != nil
    }
}
