import BinaryReading
import FileMapping
import MemoryImages
import Testing

/// The header's fields and its fill pattern (formats.md §1).
@Suite("Dump headers")
struct HeaderTests {
    @Test("fields that a writer set")
    func setFields() throws {
        var bytes = DumpBytes.full([(1, 2)])
        bytes.put("made by hand\0", at: 0xFB0)
        bytes.put(UInt32(2), at: 0x1048)
        bytes.put(UInt64(0xFFFF_FA80_0000_0000), at: 0x18)
        let header = try bytes.open().header
        #expect(header.majorVersion == 0xF)
        #expect(header.buildNumber == 19041)
        #expect(header.directoryTableBase == PhysicalAddress(0x1AD000), "the low twelve bits are no address")
        #expect(header.pfnDatabase == VirtualAddress(0xFFFF_FA80_0000_0000))
        #expect(header.loadedModuleList == VirtualAddress(0xFFFF_F803_1B0F_3C10))
        #expect(header.activeProcessHead == VirtualAddress(0xFFFF_F803_1B0F_1E60))
        #expect(header.machine == .amd64)
        #expect(header.processorCount == 8)
        #expect(header.bugCheck == BugCheck(code: 0x9F, parameters: [0x1111, 0x2222, 0x3333, 0x4444]))
        #expect(header.debuggerDataBlock == VirtualAddress(0xFFFF_F803_1AF0_0B20))
        #expect(header.dumpType == .full)
        #expect(header.requiredDumpSpace == 0x4000)
        #expect(header.systemTime?.description == "2024-05-01T10:12:15Z")
        #expect(header.comment == "made by hand")
        #expect(header.uptimeSeconds == 1_609_758)
        #expect(header.productType == 3)
        #expect(header.suiteMask == 0x110)
        #expect(header.writerStatus == 2)
        #expect(header.attributes == [])
        #expect(header.bootID == 22)
        #expect(header.physicalMemory?.runs == [PhysicalRun(firstPage: PageFrameNumber(1), pageCount: 2)])
    }

    @Test("the fill pattern means: not set")
    func fill() throws {
        var bytes = DumpBytes.full([(1, 2)])
        for (offset, count) in [
            (0x10, 8), (0x18, 8), (0x20, 8), (0x28, 8), (0x34, 4), (0x38, 4), (0x80, 8), (0xF00, 4), (0xFA0, 16),
            (0x1030, 0x28),
        ] {
            for index in stride(from: 0, to: count, by: 4) { bytes.put("PAGE", at: offset + index) }
        }
        let header = try bytes.open().header
        #expect(header.directoryTableBase == nil)
        #expect(header.pfnDatabase == nil)
        #expect(header.loadedModuleList == nil)
        #expect(header.activeProcessHead == nil)
        #expect(header.processorCount == nil)
        #expect(header.bugCheck == nil)
        #expect(header.userVersion == nil)
        #expect(header.debuggerDataBlock == nil)
        #expect(header.exception == nil)
        #expect(header.context == nil)
        #expect(header.requiredDumpSpace == nil)
        #expect(header.systemTime == nil)
        #expect(header.comment == nil)
        #expect(header.systemUpTime == nil)
        #expect(header.uptimeSeconds == nil)
        #expect(header.miniDumpFields == nil)
        #expect(header.secondaryDataState == nil)
        #expect(header.productType == nil)
        #expect(header.suiteMask == nil)
        #expect(header.writerStatus == nil)
        #expect(header.secondaryVersion == nil)
        #expect(header.attributes == nil)
        #expect(header.bootID == nil)
    }

    @Test("filled attributes do not make a dump encrypted, although that bit is set in the fill")
    func filledAttributes() throws {
        #expect(UInt32(0x4547_4150) & DumpAttributes.encrypted.rawValue != 0)
        var bytes = DumpBytes.bitmap(bitCount: 64, pages: [1])
        bytes.put("PAGE", at: 0x1050)
        let dump = try bytes.open()
        #expect(!dump.header.isEncrypted)
        #expect(!dump.header.isLiveDump)
        #expect(dump.warnings.isEmpty)
    }

    @Test("runs are not read where the type keeps fill or zeros in their place", arguments: [true, false])
    func runsOfBitmapDumps(isFilled: Bool) throws {
        var bytes = DumpBytes.bitmap(bitCount: 64, pages: [1, 7])
        if isFilled { for offset in stride(from: 0x88, to: 0x344, by: 4) { bytes.put("PAGE", at: offset) } }
        let dump = try bytes.open()
        #expect(dump.walkedPages == [1, 7])
        #expect(dump.warnings.isEmpty)
        #expect(dump.header.physicalMemory == nil)
    }

    @Test("sane runs in the header of a bitmap dump are no page list")
    func runsBesideBitmap() throws {
        var bytes = DumpBytes.bitmap(bitCount: 64, pages: [1, 7])
        bytes.putRuns([(1, 100)])
        let dump = try bytes.open()
        #expect(dump.walkedPages == [1, 7])
    }

    @Test("registers and exception")
    func contextAndException() throws {
        var bytes = DumpBytes.full([(1, 1)])
        bytes.put(UInt32(0x10001F), at: 0x348 + 0x30)
        bytes.put(UInt16(0x10), at: 0x348 + 0x38)
        bytes.put(UInt16(0x18), at: 0x348 + 0x42)
        bytes.put(UInt32(0x286), at: 0x348 + 0x44)
        bytes.put(UInt64(0xA), at: 0x348 + 0x78)
        bytes.put(UInt64(0xFFFF_8000_1234_5678), at: 0x348 + 0x98)
        bytes.put(UInt64(0xF), at: 0x348 + 0xF0)
        bytes.put(UInt64(0xFFFF_F803_1AC0_0010), at: 0x348 + 0xF8)
        bytes.put(UInt32(0xC000_0005), at: 0xF00)
        bytes.put(UInt32(1), at: 0xF04)
        bytes.put(UInt64(0xFFFF_F803_1AC0_0010), at: 0xF10)
        bytes.put(UInt32(2), at: 0xF18)
        bytes.put(UInt64(0x1), at: 0xF20)
        bytes.put(UInt64(0x18), at: 0xF28)
        let header = try bytes.open().header
        let context = try #require(header.context)
        #expect(context.rip == 0xFFFF_F803_1AC0_0010)
        #expect(context.rsp == 0xFFFF_8000_1234_5678)
        #expect(context.generalRegisters[0] == 0xA)
        #expect(context.generalRegisters[15] == 0xF)
        #expect(context.segmentSelectors == [0x10, 0, 0, 0, 0, 0x18])
        #expect(context.eflags == 0x286)
        let exception = try #require(header.exception)
        #expect(exception.code == 0xC000_0005)
        #expect(exception.flags == 1)
        #expect(exception.address == 0xFFFF_F803_1AC0_0010)
        #expect(exception.information == [1, 0x18])
    }

    @Test("an exception with an absurd number of parameters keeps fifteen")
    func absurdParameterCount() throws {
        var bytes = DumpBytes.full([(1, 1)])
        bytes.put(UInt32(0xC000_0005), at: 0xF00)
        bytes.put(UInt32.max, at: 0xF18)
        #expect(try bytes.open().header.exception?.information.count == 15)
    }

    @Test("what the header says of a dump's completeness")
    func completenessWarnings() throws {
        var bytes = DumpBytes.bitmap(bitCount: 64, pages: [1, 7])
        bytes.put(UInt32(0x14), at: 0x1050)
        bytes.put(UInt32(1), at: 0x1048)
        bytes.put(UInt64(0x10000), at: 0xFA0)
        let dump = try bytes.open()
        #expect(dump.header.isLiveDump)
        #expect(
            dump.warnings == [
                .insufficientDumpFileSize, .shorterThanRequired(required: 0x10000, byteCount: 0x5000), .writerStatus(1),
            ])
    }

    @Test("the file may be longer than its pages: secondary data follows them")
    func secondaryData() throws {
        var bytes = DumpBytes.bitmap(bitCount: 64, pages: [1, 7])
        bytes.put(UInt64(bytes.bytes.count + 100), at: 0xFA0)
        bytes.bytes += [UInt8](repeating: 7, count: 100)
        let dump = try bytes.open()
        #expect(dump.warnings.isEmpty)
        #expect(dump.physicalMemory.presentPageCount == 2)
    }

    @Test("a 32-bit header is read and the dump refused")
    func header32() throws {
        var bytes = DumpBytes(type: 0, signature: "PAGEDUMP", headerByteCount: 0x1000)
        bytes.put(UInt32(0xF), at: 0x08)
        bytes.put(UInt32(7601), at: 0x0C)
        bytes.put(UInt32(0x185000), at: 0x10)
        bytes.put(UInt32(0x14C), at: 0x20)
        bytes.put(UInt32(2), at: 0x24)
        bytes.put(UInt32(0xD1), at: 0x28)
        for index in 0..<4 { bytes.put(UInt32(index), at: 0x2C + 4 * index) }
        bytes.put(UInt8(1), at: 0x5C)
        bytes.put(UInt32(0x3FF8F), at: 0x68)
        bytes.put(UInt32(1), at: 0xF88)
        bytes.put(UInt64(72_000_000_000), at: 0xFB8)
        bytes.put(UInt64(133_590_319_350_000_000), at: 0xFC0)
        guard case .kernelDump32(let header) = bytes.refusal?.reason else {
            Issue.record("opened, or refused for another reason")
            return
        }
        #expect(header.buildNumber == 7601)
        #expect(header.directoryTableBase == PhysicalAddress(0x185000))
        #expect(header.machine == .i386)
        #expect(header.processorCount == 2)
        #expect(header.bugCheck == BugCheck(code: 0xD1, parameters: [0, 1, 2, 3]))
        #expect(header.usesPhysicalAddressExtension == true)
        #expect(header.pageCount == 0x3FF8F)
        #expect(header.dumpType == .full)
        #expect(header.uptimeSeconds == 7200)
        #expect(header.systemTime?.description == "2024-05-01T10:12:15Z")
        #expect(header.comment == nil)
        #expect(header.attributes == nil)
    }
}
