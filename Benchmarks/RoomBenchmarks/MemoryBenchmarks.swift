import AddressTranslation
import Benchmark
import BinaryReading
import DumpForge

/// Looking up physical pages, translating addresses and loading words; one iteration is 10,000 of them, in an order without pattern.
func measureMemory(dumpType: ForgedDumpType, index: String) {
    Benchmark("pages: look up 10,000, \(index)") { benchmark, reads in
        for _ in benchmark.scaledIterations {
            for page in reads.pages { blackHole(reads.dump.dump.physicalMemory.fileOffset(of: page)) }
        }
    } setup: {
        try ScatteredReads(dumpType: dumpType)
    }

    Benchmark("addresses: translate 10,000, \(index)") { benchmark, reads in
        for _ in benchmark.scaledIterations {
            for address in reads.addresses { blackHole(try? reads.dump.kernel.addressSpace.translate(address)) }
        }
    } setup: {
        try ScatteredReads(dumpType: dumpType)
    }

    Benchmark("addresses: load 10,000 words through a reader of pages, \(index)") { benchmark, reads in
        let memory = VirtualMemory(reads.dump.kernel.addressSpace)
        benchmark.startMeasurement()
        for _ in benchmark.scaledIterations {
            for address in reads.addresses { blackHole(try? memory.load(UInt64.self, at: address)) }
        }
    } setup: {
        try ScatteredReads(dumpType: dumpType)
    }
}

private struct ScatteredReads {
    let dump: ForgedDump
    let pages: [PageFrameNumber]
    let addresses: [VirtualAddress]

    init(dumpType: ForgedDumpType) throws {
        dump = try ForgedDump(sessions: 3_800, as: dumpType)
        pages = Self.repeated(dump.scatteredPages())
        addresses = Self.repeated(try dump.scatteredAddresses())
    }

    /// Exactly 10,000 of them: cut, or taken again from the start.
    private static func repeated<Element>(_ elements: [Element]) -> [Element] {
        (0..<10_000).map { elements[$0 % elements.count] }
    }
}
