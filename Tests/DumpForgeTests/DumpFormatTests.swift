import DumpForge
import KernelProfiles
import Testing

@Suite("What a forged dump's header says")
struct DumpFormatTests {
    private func machine(
        _ version: String = "10.0.17763.5933", scenario: ForgeScenario = .clean, runs: Int = 3, seed: UInt64 = 3
    ) throws -> ForgedMachine {
        var options = ForgeOptions(
            scenario: scenario, profile: try #require(BuiltInProfiles.profile(version: version)), seed: seed)
        options.physicalRuns = runs
        return try ForgedMachine(options)
    }

    private func load(_ bytes: [UInt8], _ offset: Int, _ count: Int = 8) -> UInt64 {
        ForgedDumpReader.load(bytes, offset, count)
    }

    @Test(
        "the common fields",
        arguments: [ForgedDumpType.full, .bitmapFull, .bitmapKernel, .rangeKernel, .rangeUser, .rangeFull])
    func commonFields(_ type: ForgedDumpType) throws {
        let machine = try machine()
        let bytes = try machine.dumpBytes(as: type)
        let truth = machine.truth(for: type)
        #expect(load(bytes, 0, 4) == 0x4547_4150)
        #expect(load(bytes, 4, 4) == 0x3436_5544)
        #expect(load(bytes, 8, 4) == 0xF)
        #expect(load(bytes, 0x0C, 4) == 17763)
        #expect(load(bytes, 0x10) == truth.dump.directoryTableBase)
        #expect(load(bytes, 0x30, 4) == 0x8664)
        #expect(load(bytes, 0x34, 4) == 2)
        #expect(load(bytes, 0x3C, 4) == 0x4547_4150)
        #expect(load(bytes, 0x378, 4) == 0x10_005F)
        #expect(load(bytes, 0xF00, 4) == 0x8000_0003)
        #expect(load(bytes, 0xF98, 4) == UInt64(type.rawValue))
        #expect(load(bytes, 0xFA0) == UInt64(bytes.count))
        #expect(load(bytes, 0xFB0, 4) == 0x4547_4150)
        #expect(load(bytes, 0x1050, 4) == 0)
        #expect(load(bytes, 0x1058, 4) == 0x4547_4150)
    }

    @Test("type 1: the runs account for the file")
    func full() throws {
        let bytes = try machine().dumpBytes(as: .full)
        let count = Int(load(bytes, 0x88, 4))
        let pages = (0..<count).reduce(UInt64(0)) { $0 + load(bytes, 0xA0 + $1 * 16) }
        #expect(load(bytes, 0x90) == pages)
        #expect(UInt64(bytes.count) == 0x2000 + pages * 0x1000)
    }

    @Test("more runs than the header has room for: the number of pages stays true")
    func manyRuns() throws {
        let bytes = try machine(runs: 60).dumpBytes(as: .full)
        #expect(load(bytes, 0x88, 4) == 42)
        let shown = (0..<42).reduce(UInt64(0)) { $0 + load(bytes, 0xA0 + $1 * 16) }
        #expect(shown < load(bytes, 0x90))
        #expect(UInt64(bytes.count) == 0x2000 + load(bytes, 0x90) * 0x1000)
    }

    @Test("types 5 and 6: bitmap and pages agree", arguments: [ForgedDumpType.bitmapFull, .bitmapKernel])
    func bitmap(_ type: ForgedDumpType) throws {
        let bytes = try machine().dumpBytes(as: type)
        #expect(Array(bytes[0x2000..<0x2008]) == Array((type == .bitmapFull ? "FDMPDUMP" : "SDMPDUMP").utf8))
        #expect(bytes[0x88..<0x344].allSatisfy { $0 == 0 })
        let first = load(bytes, 0x2020)
        let bits = Int(load(bytes, 0x2030))
        let present = bytes[0x2038..<(0x2038 + (bits + 7) / 8)].reduce(0) { $0 + $1.nonzeroBitCount }
        #expect(first % 0x1000 == 0)
        #expect(load(bytes, 0x2028) == UInt64(present))
        #expect(UInt64(bytes.count) == first + UInt64(present) * 0x1000)
    }

    @Test("type 2: 32-bit fields, before Windows 8 alone")
    func summary() throws {
        let bytes = try machine("6.1.7601.17514").dumpBytes(as: .summary)
        #expect(Array(bytes[0x2000..<0x2008]) == Array("SDMPDUMP".utf8))
        let first = load(bytes, 0x200C, 4)
        let bits = Int(load(bytes, 0x2010, 4))
        let present = bytes[0x2028..<(0x2028 + (bits + 7) / 8)].reduce(0) { $0 + $1.nonzeroBitCount }
        #expect(load(bytes, 0x2014, 4) == UInt64(present))
        #expect(load(bytes, 0x2018, 4) == UInt64(bits))
        #expect(UInt64(bytes.count) == first + UInt64(present) * 0x1000)
        #expect(load(bytes, 0x88, 4) == 0x4547_4150)
        let newer = try machine()
        #expect(throws: ForgeError.self) { try newer.dumpBytes(as: .summary) }
    }

    @Test(
        "types 8, 9 and 10: ranges and a zero entry", arguments: [ForgedDumpType.rangeKernel, .rangeUser, .rangeFull])
    func ranges(_ type: ForgedDumpType) throws {
        let bytes = try machine().dumpBytes(as: type)
        #expect(load(bytes, 0x2000, 4) == 0x40)
        #expect(Array(bytes[0x2004..<0x200C]) == Array("RDMPDUMP".utf8))
        let metadata = load(bytes, 0x2010)
        let count = Int(load(bytes, 0x2020, 4))
        #expect(metadata == 0x10 + UInt64(count + 1) * 16)
        #expect(load(bytes, 0x2018) == 0x2020 + metadata)
        let pages = (0..<count).reduce(UInt64(0)) { $0 + load(bytes, 0x2038 + $1 * 16) }
        #expect(load(bytes, 0x2028) == pages)
        #expect(load(bytes, 0x2030 + count * 16) == 0)
        #expect(UInt64(bytes.count) == load(bytes, 0x2018) + pages * 0x1000)
    }

    @Test("the same seed gives the same bytes, another seed others", arguments: ForgeScenario.allCases)
    func determinism(_ scenario: ForgeScenario) throws {
        let first = try machine(scenario: scenario).dumpBytes(as: .bitmapFull)
        #expect(try machine(scenario: scenario).dumpBytes(as: .bitmapFull) == first)
        #expect(try machine(scenario: scenario, seed: 4).dumpBytes(as: .bitmapFull) != first)
    }
}
