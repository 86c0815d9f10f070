import BinaryReading
import DumpForge
import KernelSymbols
import Testing

/// The ladder of `formats.md` §4.1: each way to the kernel, where those above it are destroyed.
@Suite("Finding the kernel")
struct KernelSearchTests {
    private func expectFound(_ dump: ForgedDump, by source: Kernel.BaseSource) throws {
        let kernel = try dump.kernel()
        #expect(kernel.baseSource == source)
        #expect(kernel.base.rawValue == dump.truth.dump.kernelBase)
        #expect(kernel.identity.guid.symbolServerText == dump.truth.dump.pdbGUID)
        #expect(kernel.identity.age == dump.truth.dump.pdbAge)
        #expect(kernel.addressSpace.directoryTableBase.rawValue == dump.truth.dump.directoryTableBase)
        #expect(kernel.profile.version == dump.truth.dump.version)
    }

    @Test("by the module list that the header names") func moduleList() throws {
        try expectFound(try ForgedDump(), by: .moduleList)
    }

    @Test("by KDBG, where the module list is not set", arguments: [0, HeaderField.unset, 0xFFFF_F800_DEAD_0000])
    func debuggerData(list: UInt64) throws {
        var dump = try ForgedDump()
        dump.put(list, at: HeaderField.loadedModuleList)
        try expectFound(dump, by: .debuggerData)
    }

    @Test("by walking back from an encoded KDBG") func encodedDebuggerData() throws {
        var dump = try ForgedDump { $0.encodedDebuggerData = true }
        dump.put(0, at: HeaderField.loadedModuleList)
        try expectFound(dump, by: .walkBack)
    }

    @Test("by walking back from where the processor was", arguments: [false, true])
    func processorContext(hasContext: Bool) throws {
        var dump = try ForgedDump()
        dump.put(0, at: HeaderField.loadedModuleList)
        dump.put(0, at: HeaderField.debuggerData)
        dump.put(0, at: hasContext ? HeaderField.exceptionAddress : HeaderField.instructionPointer)
        try expectFound(dump, by: .walkBack)
    }

    @Test("by looking at every page, where the header names nothing", arguments: [false, true])
    func scan(hasLargePages: Bool) throws {
        var dump = try ForgedDump { $0.largeKernelPages = hasLargePages }
        for field in [
            HeaderField.loadedModuleList, HeaderField.debuggerData, HeaderField.instructionPointer,
            HeaderField.exceptionAddress,
        ] {
            dump.put(0, at: field)
        }
        try expectFound(dump, by: .scan)
    }

    @Test("lists that lead elsewhere are not believed") func wildList() throws {
        var dump = try ForgedDump()
        let elsewhere = try #require(dump.truth.processes.first?.address)
        dump.put(elsewhere, at: HeaderField.loadedModuleList)
        dump.put(elsewhere, at: HeaderField.debuggerData)
        try expectFound(dump, by: .walkBack)
    }

    @Test("by the address that the user names") func override() throws {
        let dump = try ForgedDump()
        let base = VirtualAddress(dump.truth.dump.kernelBase)
        let kernel = try dump.kernel(overrides: Kernel.Overrides(base: base))
        #expect(kernel.baseSource == .override)
        #expect(kernel.base == base)
    }

    @Test("an address without an image is refused") func wrongOverride() throws {
        let dump = try ForgedDump()
        let base = VirtualAddress(dump.truth.dump.kernelBase + 0x1000)
        let error = #expect(throws: KernelError.self) {
            _ = try dump.kernel(overrides: Kernel.Overrides(base: base))
        }
        guard case .noIdentity(base) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(error?.advice.joined().contains("--kernel-base") == true)
    }

    @Test("a dump whose kernel image is gone says so") func noImage() throws {
        var dump = try ForgedDump()
        dump.put(0, at: try dump.fileOffset(of: dump.truth.dump.kernelBase))
        let error = #expect(throws: KernelError.self) { _ = try dump.kernel() }
        guard case .noKernelImage = error else {
            Issue.record("\(String(describing: error))")
            return
        }
    }
}
