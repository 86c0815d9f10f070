import BinaryReading
import FileMapping
import MemoryImages
import Testing

/// Small dumps (formats.md §2.6), laid out by hand.
@Suite("Triage dumps")
struct TriageDumpTests {
    private static let kernelBase: UInt64 = 0xFFFF_F803_1AA0_0000
    private static let driverBase: UInt64 = 0xFFFF_F803_1C00_0000
    private static let stackTop: UInt64 = 0xFFFF_8A0F_1234_5000

    static var sample: DumpBytes { sample(stride: 0x90) }

    /// A dump with two drivers whose list entries have `stride` bytes.
    static func sample(stride: Int, poolGap: Int = 0) -> DumpBytes {
        var dump = DumpBytes(type: 4)
        dump.put(UInt32(0xFFF), at: 0x1038)
        dump.zero(0x2000..<0x4000)
        let driverList = 0x2800
        let pool = driverList + 2 * stride + poolGap
        let fields: [(Int, UInt32)] = [
            (0x00, 1), (0x04, 0x4000), (0x08, 0x3FFC), (0x0C, 0x348), (0x10, 0xF00), (0x18, 0x2100), (0x20, 0x2200),
            (0x24, 0x2400), (0x28, 0x2600), (0x2C, 0x40), (0x30, UInt32(driverList)), (0x34, 2), (0x38, UInt32(pool)),
            (0x3C, 0x80), (0x40, UInt32(pool + 0x20)), (0x44, 0), (0x68, 0x3000), (0x6C, 0x100), (0x70, 0x2700),
            (0x74, 0x40), (0x78, 0x3200), (0x7C, 3),
        ]
        for (offset, value) in fields { dump.put(value, at: 0x2000 + offset) }
        dump.put(stackTop, at: 0x2048)
        dump.put(UInt64(0xFFFF_8A0F_0000_1000), at: 0x2060)
        dump.put("TRGD", at: 0x3FFC)
        for (index, driver) in [(kernelBase, UInt32(0x1046000)), (driverBase, 0x80000)].enumerated() {
            let entry = driverList + index * stride
            dump.put(UInt32(pool + 0x20 * index), at: entry)
            dump.put(driver.0, at: entry + 0x38)
            dump.put(driver.1, at: entry + 0x48)
            dump.put(UInt32(0xC0FFEE), at: entry + 0x80)
            dump.put(UInt32(0x5F00_0000 + index), at: entry + 0x88)
        }
        dump.putPoolString("ntoskrnl.exe", at: pool)
        dump.putPoolString("tcpip.sys", at: pool + 0x20)
        putUnloaded(in: &dump)
        let stack = [kernelBase + 0x3F5210, 0x1234, driverBase + 0x1A20, 0, driverBase + 0x80000, kernelBase]
        for (index, word) in stack.enumerated() { dump.put(word, at: 0x2600 + 8 * index) }
        // Two blocks that follow each other in memory, and one alone.
        let blocks: [(UInt64, UInt32, UInt32)] = [
            (0xFFFF_8A0F_2000_0000, 0x3300, 0x10), (0xFFFF_8A0F_2000_0010, 0x3400, 0x10),
            (0xFFFF_8A0F_3000_0000, 0x3500, 0x20),
        ]
        for (index, block) in blocks.enumerated() {
            dump.put(block.0, at: 0x3200 + 16 * index)
            dump.put(block.1, at: 0x3208 + 16 * index)
            dump.put(block.2, at: 0x320C + 16 * index)
            for offset in 0..<Int(block.2) { dump.put(UInt8(16 * (index + 1) + offset), at: Int(block.1) + offset) }
        }
        return dump
    }

    private static func putUnloaded(in dump: inout DumpBytes) {
        dump.put(UInt64(1), at: 0x2100)
        dump.put(UInt16(16), at: 0x2108)
        for (index, unit) in "dump_sto.sys".utf16.enumerated() { dump.put(unit, at: 0x2118 + 2 * index) }
        dump.put(UInt64(0xFFFF_F803_1D00_0000), at: 0x2130)
        dump.put(UInt64(0xFFFF_F803_1D01_0000), at: 0x2138)
    }

    private static func open(_ bytes: DumpBytes) throws -> TriageDump {
        guard case .triageDump(let dump) = try #require(bytes.refusal).reason else {
            throw Unexpected()
        }
        return dump
    }

    private struct Unexpected: Error {}

    @Test("header, drivers, unloaded drivers, options")
    func parts() throws {
        let dump = try Self.open(Self.sample)
        #expect(dump.header.bugCheck?.code == 0x9F)
        #expect(dump.header.processorCount == 8)
        #expect(dump.servicePackBuild == 1)
        #expect(dump.claimedByteCount == 0x4000)
        #expect(dump.hasEndMark)
        #expect(!dump.isDriverListCut)
        #expect(dump.drivers.map(\.name) == ["ntoskrnl.exe", "tcpip.sys"])
        #expect(dump.drivers.map(\.base) == [VirtualAddress(Self.kernelBase), VirtualAddress(Self.driverBase)])
        #expect(dump.drivers.map(\.byteCount) == [0x1046000, 0x80000])
        #expect(dump.drivers.map(\.timeDateStamp) == [0x5F00_0000, 0x5F00_0001])
        #expect(dump.drivers.map(\.checkSum) == [0xC0FFEE, 0xC0FFEE])
        #expect(dump.brokenDriver == "tcpip.sys")
        #expect(dump.unloadedDrivers == dump.unloadedDrivers.filter { $0.name == "dump_sto" })
        #expect(dump.unloadedDrivers.map(\.start) == [VirtualAddress(0xFFFF_F803_1D00_0000)])
        #expect(dump.unloadedDrivers.map(\.end) == [VirtualAddress(0xFFFF_F803_1D01_0000)])
    }

    @Test("copies end where the next part starts")
    func copies() throws {
        let dump = try Self.open(Self.sample)
        #expect(dump.processCopy == 0x2200..<0x2400)
        #expect(dump.threadCopy == 0x2400..<0x2600)
        #expect(dump.debuggerData == 0x2700..<0x2740)
        #expect(dump.processorControlBlockCopy == nil)
        #expect(dump.memoryInformation == nil)
    }

    @Test(
        "the size of a driver entry is derived, also where other bytes stand before the string pool",
        arguments: [0x90, 0x98, 0xA0, 0xA8])
    func driverStride(stride: Int) throws {
        #expect(try Self.open(Self.sample(stride: stride)).drivers.map(\.name) == ["ntoskrnl.exe", "tcpip.sys"])
        guard stride != 0xA0 else { return }
        let dump = try Self.open(Self.sample(stride: stride, poolGap: 0x200))
        #expect(dump.drivers.map(\.name) == ["ntoskrnl.exe", "tcpip.sys"])
    }

    @Test("words of the stack that point into a driver")
    func stack() throws {
        let dump = try Self.open(Self.sample)
        #expect(dump.callStack?.address == VirtualAddress(Self.stackTop))
        #expect(dump.callStack?.byteCount == 0x40)
        #expect(dump.stackFrames.map(\.location.description) == ["nt+0x3f5210", "tcpip+0x1a20", "nt+0x0"])
        #expect(dump.stackFrames.map(\.stackAddress) == [0, 16, 40].map { VirtualAddress(Self.stackTop + $0) })
        #expect(dump.stackFrames.first?.value == VirtualAddress(Self.kernelBase + 0x3F5210))
    }

    @Test("virtual memory: blocks, across neighbours, the stack and the data page")
    func memory() throws {
        let memory = try Self.open(Self.sample).memory
        #expect(memory.bytes(at: VirtualAddress(0xFFFF_8A0F_2000_0004), count: 2) == [0x14, 0x15])
        #expect(memory.bytes(at: VirtualAddress(0xFFFF_8A0F_2000_000E), count: 4) == [0x1E, 0x1F, 0x20, 0x21])
        #expect(memory.bytes(at: VirtualAddress(0xFFFF_8A0F_2000_001E), count: 4) == nil)
        #expect(memory.bytes(at: VirtualAddress(0xFFFF_8A0F_3000_001F), count: 1) == [0x4F])
        #expect(memory.bytes(at: VirtualAddress(0xFFFF_8A0F_3000_0020), count: 1) == nil)
        #expect(memory.bytes(at: VirtualAddress(0xFFFF_8A0F_1FFF_FFFF), count: 1) == nil)
        #expect(memory.bytes(at: VirtualAddress(0xFFFF_8A0F_0000_10FF), count: 1) == [0])
        #expect(memory.bytes(at: VirtualAddress(Self.stackTop + 8), count: 2) == [0x34, 0x12])
        #expect(memory.bytes(at: VirtualAddress(UInt64.max), count: 2) == nil)
    }

    @Test("parts that the header does not call valid are left out")
    func invalidParts() throws {
        var bytes = Self.sample
        bytes.put(UInt32(0x1), at: 0x1038)
        let dump = try Self.open(bytes)
        #expect(dump.drivers.isEmpty)
        #expect(dump.processCopy == nil)
        #expect(dump.callStack == nil)
        #expect(dump.debuggerData == nil)
        #expect(dump.memory.blocks.isEmpty)
        #expect(dump.brokenDriver == nil)
    }

    @Test("wild offsets and counts give empty parts", arguments: [0x7FFF_FFFF, 0xFFFF_FFFF, 0x3FFF] as [UInt32])
    func wildFields(value: UInt32) throws {
        for offset in stride(from: 0x2008, to: 0x2080, by: 4) {
            var bytes = Self.sample
            bytes.put(value, at: offset)
            let dump = try Self.open(bytes)
            #expect(dump.drivers.count <= 0x4000 / 0x8C)
            #expect(dump.stackFrames.count <= 0x4000 / 8)
        }
    }

    @Test("a dump without its end mark, and one cut behind the header")
    func cut() throws {
        var bytes = Self.sample
        bytes.bytes.removeLast(8)
        #expect(try !Self.open(bytes).hasEndMark)
        bytes.bytes.removeLast(bytes.bytes.count - 0x2000)
        let dump = try Self.open(bytes)
        #expect(dump.drivers.isEmpty)
        #expect(dump.header.buildNumber == 19041)
    }
}
