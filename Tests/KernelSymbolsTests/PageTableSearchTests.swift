import AddressTranslation
import BinaryReading
import DumpForge
import KernelProfiles
import KernelSymbols
import Testing

/// A header's CR3 may be anything (`formats.md` §9 number 15).
@Suite("Finding the page tables")
struct PageTableSearchTests {
    @Test(
        "a destroyed CR3 is found again by the table that maps itself",
        arguments: [0, HeaderField.unset, 0x1000, 0xFFFF_FFFF_FFFF_FFFF, 0x7FFF_FFFF_F000])
    func destroyed(value: UInt64) throws {
        var dump = try ForgedDump()
        dump.put(value, at: HeaderField.directoryTableBase)
        try expectKernelHalf(of: dump)
    }

    @Test("with four and with five levels", arguments: [4, 5])
    func levels(count: Int) throws {
        var dump = try ForgedDump("10.0.20348.2529") { $0.pageTableLevels = count }
        #expect(try dump.kernel().addressSpace.levels.rawValue == count)
        dump.put(0, at: HeaderField.directoryTableBase)
        #expect(try dump.kernel().addressSpace.levels.rawValue == count)
        try expectKernelHalf(of: dump)
    }

    /// Every process has the kernel's half: whichever root is found, the kernel's objects are seen through it.
    private func expectKernelHalf(of dump: ForgedDump) throws {
        let kernel = try dump.kernel()
        #expect(kernel.base.rawValue == dump.truth.dump.kernelBase)
        let memory = VirtualMemory(kernel.addressSpace)
        let offset = try #require(dump.profile.structure(named: "_EPROCESS")?["UniqueProcessId"]?.offset)
        for process in dump.truth.processes {
            let number = try memory.load(UInt64.self, at: VirtualAddress(process.address) + offset)
            #expect(number == UInt64(process.processID))
        }
    }

    @Test("low bits of CR3 are no part of the address") func lowBits() throws {
        var dump = try ForgedDump()
        dump.put(dump.truth.dump.directoryTableBase | 0x002, at: HeaderField.directoryTableBase)
        #expect(
            try dump.kernel().addressSpace.directoryTableBase.rawValue == dump.truth.dump.directoryTableBase)
    }

    @Test("the user's table is taken instead of the header's") func override() throws {
        var dump = try ForgedDump()
        dump.put(0, at: HeaderField.directoryTableBase)
        let own = dump.truth.dump.directoryTableBase
        let kernel = try dump.kernel(overrides: Kernel.Overrides(directoryTableBase: own))
        #expect(kernel.addressSpace.directoryTableBase.rawValue == own)
    }

    @Test("a table of the user's that makes no sense is refused, not replaced") func wrongOverride() throws {
        let dump = try ForgedDump()
        let error = #expect(throws: KernelError.self) {
            _ = try dump.kernel(overrides: Kernel.Overrides(directoryTableBase: 0x1000))
        }
        guard case .noPageTables(0x1000) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(error?.advice.joined().contains("--dtb") == true)
    }
}
