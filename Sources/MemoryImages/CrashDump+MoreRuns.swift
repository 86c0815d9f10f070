import BinaryReading

/// Runs that were found in the kernel's memory do not continue those of the header.
public struct RunListMismatch: Error, Hashable, Sendable, CustomStringConvertible {
    /// What does not agree.
    public enum Reason: Hashable, Sendable {
        /// The dump does not list its pages as runs, or the header has all of them.
        case notNeeded
        /// A run is not as the header has it.
        case run(index: Int)
        /// The runs have another number of pages than the header says in all.
        case pageCount(claimed: UInt64, found: UInt64)
        /// A run that the header has no room for is empty, out of order, or leaves the address space.
        case damaged(index: Int)
    }

    /// What does not agree.
    public let reason: Reason

    /// Names what does not agree.
    public init(reason: Reason) { self.reason = reason }

    /// One line for people.
    public var description: String {
        switch reason {
        case .notNeeded: "the header already lists all runs of memory"
        case .run(let index): "run \(index) of the kernel's list is not the one in the header"
        case .pageCount(let claimed, let found): "the kernel's list has \(found) pages, the header says \(claimed)"
        case .damaged(let index): "run \(index) of the kernel's list cannot be one"
        }
    }
}

extension CrashDump {
    /// The same dump with all runs of physical memory, where the header had only room for the first 42: the pages
    /// behind them are in the file, and the kernel's own list (`MmPhysicalMemoryBlock`) tells their addresses.
    ///
    /// - Parameter runs: The kernel's list, from its first run on.
    /// - Throws: `RunListMismatch` where the list does not begin with the header's runs, or does not have as many pages
    ///   as the header says in all.
    public func extended(withRuns runs: [PhysicalRun]) throws(RunListMismatch) -> CrashDump {
        guard case .runs(let descriptor) = layout, descriptor.isCut, let total = descriptor.pageCount else {
            throw RunListMismatch(reason: .notNeeded)
        }
        for (index, run) in descriptor.runs.enumerated() {
            guard index < runs.count, runs[index] == run else { throw RunListMismatch(reason: .run(index: index)) }
        }
        var end: UInt64 = 0
        for (index, run) in runs.enumerated() {
            guard run.firstPage.rawValue >= end, let runEnd = run.endPage else {
                throw RunListMismatch(reason: .damaged(index: index))
            }
            end = runEnd
        }
        let whole = PhysicalMemoryDescriptor(runs: runs)
        guard whole.listedPageCount == total else {
            throw RunListMismatch(reason: .pageCount(claimed: total, found: whole.listedPageCount))
        }
        return CrashDump(file: file, header: header, layout: .runs(whole), warnings: [])
    }
}
