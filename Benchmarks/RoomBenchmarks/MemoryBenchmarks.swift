import AddressTranslation
import Benchmark
import BinaryReading
import DumpForge

/// Looking up physical pages, translating addresses and loading words; one iteration is every page or object of the machine once.
func measureMemory(dumpType: ForgedDumpType, index: String) {
    Benchmark("pages: look up, \(index)") { benchmark, reads in
        for _ in benchmark.scaledIterations {
            for page in reads.pages { blackHole(reads.dump.dump.physicalMemory.fileOffset(of: page)) }
        }
    } setup: {
        try ScatteredReads(dumpType: dumpType)
    }

    Benchmark("addresses: translate, \(index)") { benchmark, reads in
        for _ in benchmark.scaledIterations {
            for address in reads.addresses { blackHole(try? reads.dump.kernel.addressSpace.translate(address)) }
        }
    } setup: {
        try ScatteredReads(dumpType: dumpType)
    }

    Benchmark("addresses: load through the TLB, \(index)") { benchmark, reads in
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
        pages = dump.scatteredPages()
        addresses = try dump.scatteredAddresses()
    }
}
