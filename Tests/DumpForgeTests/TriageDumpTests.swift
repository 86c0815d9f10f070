import DumpForge
import KernelProfiles
import Testing

@Suite("A forged triage dump")
struct TriageDumpTests {
    private let bytes: [UInt8]
    private let truth: ForgedTruth

    init() throws {
        let machine = try ForgedMachine(
            MachineCase(version: "10.0.19041.2006", scenario: .clean, isEncoded: true).options())
        bytes = try machine.dumpBytes(as: .triage)
        truth = machine.truth(for: .triage)
    }

    private func load(_ offset: Int, _ count: Int = 4) -> Int { Int(ForgedDumpReader.load(bytes, offset, count)) }

    @Test("its header says what it is and how large")
    func header() {
        #expect(load(0xF98) == 4)
        #expect(load(0x2004) == bytes.count)
        #expect(load(0xFA0, 8) == bytes.count)
        #expect(Array(bytes[load(0x2008)..<(load(0x2008) + 4)]) == Array("TRGD".utf8))
        #expect(load(0x200C) == 0x348)
        #expect(load(0x2010) == 0xF00)
        #expect(load(0x1038) & 0xFF == 0x7F)
    }

    @Test("its drivers are the machine's modules")
    func drivers() {
        let list = load(0x2030)
        let count = load(0x2034)
        #expect(count == truth.modules.count)
        #expect((load(0x2038) - list) / count == 0x90)
        for (number, module) in truth.modules.enumerated() {
            let entry = list + number * 0x90
            #expect(ForgedDumpReader.load(bytes, entry + 0x38, 8) == module.base)
            #expect(load(entry + 0x48) == Int(module.byteCount))
            let name = load(entry)
            let units = (0..<load(name)).map { UInt16(load(name + 4 + $0 * 2, 2)) }
            #expect(String(decoding: units, as: UTF16.self) == module.name)
        }
    }

    @Test("its copy of the debugger's data is plain, and its map covers the shared page")
    func blocks() {
        #expect(load(load(0x2070) + 0x10) == 0x4742_444B)
        #expect(ForgedDumpReader.load(bytes, load(0x2070) + 0x18, 8) == truth.dump.kernelBase)
        let map = load(0x2078)
        #expect(load(0x207C) == 4)
        #expect(ForgedDumpReader.load(bytes, map, 8) == 0xFFFF_F780_0000_0000)
        let shared = load(map + 8)
        #expect(load(shared + 0x26C) == 10)
        for index in 0..<load(0x207C) {
            #expect(load(map + index * 16 + 8) + load(map + index * 16 + 12) <= bytes.count)
        }
    }
}
