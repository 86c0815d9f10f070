import BinaryReading
import FileMapping

extension CrashDump {
    /// What a page list claims against what it lists.
    static func warnings(of layout: Layout, _ memory: PhysicalMemory) -> [DumpWarning] {
        switch layout {
        case .runs(let descriptor): warnings(of: descriptor)
        case .bitmap(let bitmap): warnings(of: bitmap, listedPageCount: memory.expectedPageCount)
        case .ranges(let ranges): warnings(of: ranges)
        }
    }

    private static func warnings(of descriptor: PhysicalMemoryDescriptor) -> [DumpWarning] {
        var warnings: [DumpWarning] = []
        if UInt64(descriptor.runCount) > UInt64(Swift.max(descriptor.runs.count, 43)) {
            warnings.append(.runCountImpossible(claimed: descriptor.runCount))
        }
        let damaged = damagedRuns(descriptor.runs)
        if !damaged.isEmpty { warnings.append(.runsDamaged(damaged)) }
        let listed = descriptor.listedPageCount
        if descriptor.isCut, let total = descriptor.pageCount {
            warnings.append(.runListCut(listedPages: listed, totalPages: total))
        } else if let claimed = descriptor.pageCount, claimed != listed {
            warnings.append(.pageCountMismatch(claimed: claimed, listed: listed))
        }
        return warnings
    }

    private static func warnings(of bitmap: BitmapHeader, listedPageCount: UInt64) -> [DumpWarning] {
        var warnings: [DumpWarning] = []
        if bitmap.claimedBitCount != UInt64(bitmap.bitCount) {
            warnings.append(.bitmapCut(claimedBits: bitmap.claimedBitCount, readBits: UInt64(bitmap.bitCount)))
        }
        if bitmap.claimedPageCount != listedPageCount {
            warnings.append(.pageCountMismatch(claimed: bitmap.claimedPageCount, listed: listedPageCount))
        }
        if bitmap.firstPageOffset % pageByteCount != 0 {
            warnings.append(.firstPageUnaligned(fileOffset: bitmap.firstPageOffset))
        }
        return warnings
    }

    private static func warnings(of ranges: RangeHeader) -> [DumpWarning] {
        var warnings: [DumpWarning] = []
        let listed = ranges.ranges.reduce(0) { $0 &+ $1.pageCount }
        if ranges.claimedRangeCount != UInt32(clamping: ranges.ranges.count) {
            warnings.append(.rangeCountMismatch(claimed: ranges.claimedRangeCount, listed: ranges.ranges.count))
        }
        if ranges.claimedPageCount != listed {
            warnings.append(.pageCountMismatch(claimed: ranges.claimedPageCount, listed: listed))
        }
        let damaged = damagedRuns(ranges.ranges)
        if !damaged.isEmpty { warnings.append(.runsDamaged(damaged)) }
        return warnings
    }

    /// Runs that are empty, leave the address space, or do not start behind all before them.
    private static func damagedRuns(_ runs: [PhysicalRun]) -> [PhysicalRun] {
        var end: UInt64 = 0
        return runs.filter { run in
            guard let runEnd = run.endPage, run.firstPage.rawValue >= end else { return true }
            end = runEnd
            return false
        }
    }

    /// What the header and the file's size say of the pages.
    static func warnings(of header: DumpHeader, _ memory: PhysicalMemory) -> [DumpWarning] {
        var warnings: [DumpWarning] = []
        let missing = memory.expectedPageCount - memory.presentPageCount
        if missing > 0 {
            warnings.append(.truncated(missingPages: missing, expectedPages: memory.expectedPageCount))
        }
        if header.attributes?.contains(.insufficientDumpFileSize) ?? false {
            warnings.append(.insufficientDumpFileSize)
        }
        if let required = header.requiredDumpSpace, missing == 0, required > UInt64(memory.file.byteCount) {
            warnings.append(.shorterThanRequired(required: required, byteCount: memory.file.byteCount))
        }
        if let status = header.writerStatus, status != 0 { warnings.append(.writerStatus(status)) }
        return warnings
    }
}
