import BinaryReading
import DumpForge
import Testing

@testable import DebuggerShell

/// `vertarget`, `.bugcheck`, `!di` and `lm` against the truth and the samples of `debugger-commands.md` §3, §4.3 and §10.2.
@Suite("the dump and its modules")
struct ObjectDumpTests {
    private let machine: ShellFixture

    init() throws { machine = try ShellFixture.article.get() }

    @Test("vertarget prints the lines of the debugger's own start")
    func target() throws {
        let dump = machine.truth.dump
        let lines = machine.answer("vertarget")
        let processors = dump.processors == 1 ? "UP" : "MP (\(dump.processors) procs)"
        #expect(lines[0] == "Windows 10 Kernel Version \(dump.build) \(processors) Free x64")
        #expect(lines[1].hasPrefix("Product: Server, suite: TerminalServer"))
        #expect(lines[2] == "Edition build lab: \(dump.buildLab)")
        #expect(lines[3] == "Machine Name:")
        #expect(
            lines[4].hasPrefix(
                "Kernel base = 0x\(VirtualAddress(dump.kernelBase).debuggerText) PsLoadedModuleList = 0xffff"))
        #expect(lines[5].hasPrefix("Debug session time: ") && lines[5].hasSuffix(" (UTC + 0:00)"))
        #expect(lines[5].contains(" \(dump.captured.prefix(4)) (UTC"))
        #expect(lines[6].hasPrefix("System Uptime: \(dump.uptimeSeconds / 86_400) days "))
        #expect(lines.count == 7)
    }

    @Test("lengths of time as the debugger and MEX write them (debugger-commands.md §3.1, §10)")
    func lengths() {
        #expect(DurationText.uptime(547_550_000) == "0 days 0:00:54.755")
        #expect(DurationText.uptime(16_966_410_000) == "0 days 0:28:16.641")
        #expect(DurationText.clock(531_320_000) == "00:00:53.132")
        #expect(MexTime.text(16_966_410_000) == "28m:16.641")
        #expect(MexTime.text(103_280_000) == "10s.328")
        #expect(MexTime.text(150_000) == "15ms")
        #expect(MexTime.text(16_752_180_000) == "27m:55.218")
    }

    @Test(".bugcheck and !di spell the code in capitals (debugger-commands.md §3.3, §10.2)")
    func bugCheck() {
        // What the forge writes: MANUALLY_INITIATED_CRASH's sibling 0x80 with the letters "ODT".
        #expect(
            machine.answer(".bugcheck") == [
                "Bugcheck code 00000080",
                "Arguments 00000000`004f4454 00000000`00000000 00000000`00000000 00000000`00000000",
            ])
        let lines = machine.answer("!dumpinfo")
        #expect(lines[0].hasPrefix("Computer Name: "))
        #expect(lines.contains("Bugcheck: 80 (4F4454, 0, 0, 0)"))
        #expect(lines.last?.hasPrefix("KernelMode Full Memory Dump Path: ") == true)
        #expect(!lines.contains("Machine Name:"))
        let verbose = machine.answer("!di -v")
        #expect(verbose.contains { $0.hasPrefix("System Start ") && ($0.hasSuffix(" AM") || $0.hasSuffix(" PM")) })
        #expect(verbose.contains { $0.hasPrefix("File size ") && $0.contains(",") })
    }

    @Test("lm lists every module; lmvm shows one; patterns, addresses and paths choose")
    func modules() throws {
        let lines = machine.answer("lm")
        #expect(lines[0] == "start             end                 module name")
        for module in machine.truth.modules {
            let start = VirtualAddress(module.base).debuggerText
            let end = VirtualAddress(module.base + UInt64(module.byteCount)).debuggerText
            let name = module.base == machine.truth.dump.kernelBase ? "nt" : String(module.name.prefix { $0 != "." })
            let row = lines.first { $0.hasPrefix("\(start) \(end)   \(name)") }
            #expect(row != nil, "\(module.name)")
        }
        let dump = machine.truth.dump
        let kernel = try #require(machine.answer("lm m nt").last)
        #expect(kernel.contains("   nt         (pdb symbols)          \(dump.pdbName)\\"))
        #expect(machine.answer("lm a \(VirtualAddress(dump.kernelBase + 0x1000).debuggerText)").last == kernel)
        let details = machine.answer("lmvm nt")
        #expect(details[1] == kernel)
        #expect(details.contains { $0.hasPrefix("    Image path: \\SystemRoot\\") })
        #expect(details.contains { $0.hasPrefix("    CheckSum:         ") && $0.count == 22 + 8 })
        #expect(details.contains { $0.hasPrefix("    ImageSize:        ") && $0.count == 22 + 8 })
        #expect(machine.answer("lm1m").contains("nt"))
        #expect(machine.answer("lm M *ntoskrnl*").last == kernel)
        #expect(machine.answer("lm m nothing").count == 1)
    }
}
