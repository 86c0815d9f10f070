public import BinaryReading

/// Runs of physical memory and where each lies in the file, ordered by page, without overlaps.
@usableFromInline
struct RunTable: Sendable {
    @usableFromInline
    struct Entry: Sendable {
        @usableFromInline let firstPage: UInt64
        @usableFromInline let endPage: UInt64
        /// Where the run starts in the file, whether or not the file reaches so far.
        @usableFromInline let fileOffset: Int
    }

    @usableFromInline let entries: [Entry]
    let pageCount: UInt64

    /// Lays `runs` one behind the other in the file, as dump writers do.
    ///
    /// Empty runs are passed over. A run that leaves the address space ends the list, since nothing is known about
    /// where those behind it lie; pages that are listed twice count once, for the run that starts lower.
    init(runs: [PhysicalRun], firstPageOffset: Int) {
        var laidOut: [Entry] = []
        laidOut.reserveCapacity(runs.count)
        var offset = firstPageOffset
        for run in runs where run.pageCount > 0 {
            guard let endPage = run.endPage else { break }
            laidOut.append(Entry(firstPage: run.firstPage.rawValue, endPage: endPage, fileOffset: offset))
            // A run has at most 2^40 pages, so only the sum can overflow.
            let (next, overflow) = offset.addingReportingOverflow(Int(run.pageCount) * pageByteCount)
            if overflow { break }
            offset = next
        }
        entries = Self.disjoint(laidOut)
        pageCount = entries.reduce(0) { $0 &+ ($1.endPage - $1.firstPage) }
    }

    private static func disjoint(_ entries: [Entry]) -> [Entry] {
        let sorted = entries.sorted { ($0.firstPage, $0.fileOffset) < ($1.firstPage, $1.fileOffset) }
        var result: [Entry] = []
        result.reserveCapacity(sorted.count)
        for entry in sorted {
            let covered = result.last?.endPage ?? 0
            guard covered > entry.firstPage else {
                result.append(entry)
                continue
            }
            guard covered < entry.endPage else { continue }
            let (offset, overflow) = entry.fileOffset.addingReportingOverflow(
                Int(covered - entry.firstPage) * pageByteCount)
            if !overflow { result.append(Entry(firstPage: covered, endPage: entry.endPage, fileOffset: offset)) }
        }
        return result
    }

    /// Where the page would lie in a file that is long enough; nil where no run has it.
    @inlinable
    func fileOffset(of page: UInt64) -> Int? {
        var low = 0
        var high = entries.count
        while low < high {
            let middle = (low &+ high) / 2
            if entries[middle].endPage <= page { low = middle &+ 1 } else { high = middle }
        }
        guard low < entries.count, entries[low].firstPage <= page else { return nil }
        let entry = entries[low]
        let (offset, overflow) = entry.fileOffset.addingReportingOverflow(
            Int(page &- entry.firstPage) &* pageByteCount)
        return overflow ? nil : offset
    }
}
