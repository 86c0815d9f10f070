import BinaryReading
import Testing

@testable import DebuggerShell

/// Formats as `debugger-commands.md` shows them; values as the truth of a forged machine says.
@Suite("memory and symbol commands")
struct MemoryCommandTests {
    private let machine: ShellFixture
    private let tracking: String
    private let sessions: String

    init() throws {
        machine = try ShellFixture.article.get()
        tracking = try Self.address(of: "SeTokenLeakTracking", machine)
        sessions = try Self.address(of: "SepLogonSessions", machine)
    }

    private static func address(of symbol: String, _ machine: ShellFixture) throws -> String {
        let rva = try #require(machine.kernel.profile.symbol(named: symbol)).rva
        return VirtualAddress(machine.truth.dump.kernelBase + UInt64(rva)).debuggerText
    }

    @Test("db and dd of the tracking flag (figures 10 and 11)")
    func leakTracking() throws {
        #expect(
            machine.answer("x nt!SeTokenLeakTracking") == ["\(tracking) nt!SeTokenLeakTracking = <no type information>"]
        )
        let blanks = String(repeating: " ", count: 47)
        #expect(machine.answer("db nt!SeTokenLeakTracking L1") == ["\(tracking)  01\(blanks)."])
        #expect(machine.answer("dd SeTokenLeakTracking l1") == ["\(tracking)  00000001"])
        #expect(machine.answer("DB NT!setokenleaktracking l1") == ["\(tracking)  01\(blanks)."])
    }

    @Test("dp and dps of the session table (figures 12 and 13)")
    func sessionTable() throws {
        let line = try #require(machine.answer("dp nt!SepLogonSessions L1").first)
        let parts = line.split(separator: " ")
        #expect(parts.first.map(String.init) == sessions)
        let array = String(try #require(parts.last))
        let rows = machine.answer("dps \(array)")
        #expect(rows.count == 16)
        #expect(machine.answer("dps 0x\(array) L10") == rows)
        let heads = Set(machine.chainedSessions.map { VirtualAddress($0.address).debuggerText })
        for (index, row) in rows.enumerated() {
            let address = VirtualAddress(try #require(UInt64(hexText: array)) + UInt64(8 * index)).debuggerText
            let value = String(row.suffix(17))
            #expect(row == "\(address)  \(value)")
            #expect(heads.contains(value) || value == "00000000`00000000")
        }
    }

    @Test("a display goes on where the last one ended, and d repeats its kind")
    func continuation() {
        let shell = DebuggerShell(over: machine.kernel)
        let first = ShellFixture.answer("dq nt!SepLogonSessions L2", shell)
        let second = ShellFixture.answer("dq", shell)
        #expect(second.count == 8)
        #expect(ShellFixture.answer("dq nt!SepLogonSessions L12", shell) == first + second)
        #expect(ShellFixture.answer("d nt!SepLogonSessions L2", shell) == first)
        _ = ShellFixture.answer("dq nt!SepLogonSessions L2", shell)
        #expect(ShellFixture.answer("", shell) == second)
    }

    @Test("memory that cannot be read shows question marks (debugger-commands.md §5)")
    func unreadable() {
        #expect(
            machine.answer("db 90 L10") == [
                "00000000`00000090  ?? ?? ?? ?? ?? ?? ?? ??-?? ?? ?? ?? ?? ?? ?? ??  ????????????????"
            ])
        #expect(machine.answer("dq 90 L2") == ["00000000`00000090  ????????`???????? ????????`????????"])
        #expect(machine.answer("dd 90 L1") == ["00000000`00000090  ????????"])
        #expect(machine.answer("dps 90 L1") == ["00000000`00000090  ????????`????????"])
        #expect(machine.answer("da 90") == ["00000000`00000090  \"????????\""])
    }

    @Test("pointers into the kernel carry their symbols")
    func symbols() throws {
        let base = VirtualAddress(machine.truth.dump.kernelBase)
        let function = try #require(machine.kernel.profile.function(named: "SepDuplicateToken"))
        let inside = (base + Int(function.rva) + 0x3E2).debuggerText
        #expect(
            machine.answer("u \(inside) L1").first == "nt!SepDuplicateToken+0x3e2:")
        let near = machine.answer("ln nt!SepDuplicateToken")
        #expect(
            near.first?.hasPrefix("(\((base + Int(function.rva)).debuggerText))   nt!SepDuplicateToken   |  (") == true)
        #expect(near.dropFirst() == ["Exact matches:", "    nt!SepDuplicateToken (<no parameter info>)"])
        #expect(machine.answer("ln \(inside)").first?.contains("nt!SepDuplicateToken+0x3e2   |  (") == true)
        #expect(machine.answer("ln 1234") == [""])
    }

    @Test("x with a pattern lists what fits and says that the profile is not everything")
    func patterns() {
        let lines = machine.answer("x nt!SepTokenLeak*")
        #expect(lines.dropLast().allSatisfy { $0.contains(" nt!SepTokenLeak") })
        #expect(lines.last?.contains("--symbols") == true)
        #expect(machine.answer("x nt!NoSuchSymbolAtAll").isEmpty)
        #expect(machine.answer("!count -q x nt!SepTokenLeak*") == ["\(lines.count - 1)"])
    }

    @Test("the evaluator's answer (debugger-commands.md §2.5)")
    func evaluation() {
        #expect(machine.answer("? 0n1033") == ["Evaluate expression: 1033 = 00000000`00000409"])
        #expect(
            machine.answer("? fffff8a0`00004c5c & ffffffff`fffffff0") == [
                "Evaluate expression: -8108898235312 = fffff8a0`00004c50"
            ])
        #expect(machine.answer("? 80000000") == ["Evaluate expression: -2147483648 = ffffffff`80000000"])
    }

    @Test(".formats (debugger-commands.md §2.6; times are UTC here)")
    func formats() {
        #expect(
            machine.answer(".formats 57724231h") == [
                "Evaluate expression:", "  Hex:     00000000`57724231", "  Decimal: 1467105841",
                "  Decimal (unsigned) : 1467105841", "  Octal:   0000000000012734441061",
                "  Binary:  00000000 00000000 00000000 00000000 01010111 01110010 01000010 00110001",
                "  Chars:   ....WrB1", "  Time:    Tue Jun 28 09:24:01 2016",
                "  Float:   low 2.66366e+014 high 0", "  Double:  7.24847e-315",
            ])
    }

    @Test("text of a known account is found by s and shown by du")
    func search() throws {
        let session = try #require(machine.chainedSessions.first { $0.account.utf8.count > 6 })
        let place = VirtualAddress(session.address)
        let line = try #require(machine.answer("dt nt!_SEP_LOGON_SESSION_REFERENCES \(place) AccountName.Buffer").last)
        let buffer = try #require(line.split(separator: " ").first { $0.hasPrefix("0xffff") })
        let found = machine.answer("s -[1]u \(buffer)-10 L40 \"\(session.account)\"")
        #expect(found.contains(String(buffer.dropFirst(2))))
    }

    @Test("da shows a name up to its NUL; dc and dw keep their columns")
    func texts() throws {
        let system = try #require(machine.truth.processes.first { $0.processID == 4 })
        let offset = try #require(machine.kernel.profile.structure(named: "_EPROCESS")?["ImageFileName"]).offset
        let place = VirtualAddress(system.address) + offset
        #expect(machine.answer("da \(place)") == ["\(place.debuggerText)  \"System\""])
        #expect(
            machine.answer("dc \(place) L1") == [
                "\(place.debuggerText)  74737953\(String(repeating: " ", count: 29))Syst"
            ])
        #expect(machine.answer("dw \(place) L3") == ["\(place.debuggerText)  7953 7473 6d65"])
        #expect(machine.answer("db \(place) L6").first?.hasPrefix("\(place.debuggerText)  53 79 73 74 65 6d ") == true)
        #expect(
            machine.answer("db \(place) L9").first?.hasPrefix("\(place.debuggerText)  53 79 73 74 65 6d 00 00-00 ")
                == true)
        #expect(machine.answer("dd /c2 \(place) L4").count == 2)
    }

    @Test("dps names the calls that led to a token's creation")
    func namedPointers() throws {
        let token = try #require(machine.truth.tokens.first { $0.creator?.kernelFrames.count ?? 0 > 1 && $0.isListed })
        let frames = try #require(token.creator).kernelFrames
        let offset = try #require(machine.kernel.profile.structure(named: "_TOKEN")?["DiagnosticInfo"]).offset
        let trace = "poi(\(VirtualAddress(token.address + UInt64(offset))))+28"
        let rows = machine.answer("dps \(trace) L\(frames.count)")
        for (row, frame) in zip(rows, frames) {
            #expect(row.hasSuffix("  \(VirtualAddress(frame.address).debuggerText) \(frame.symbol)"))
        }
        #expect(machine.answer("dqs \(trace) L\(frames.count)") == rows)
    }

    @Test("the path of symbols and a reload say where symbols come from (debugger-commands.md §3.5)")
    func symbolPath() {
        #expect(machine.answer(".sympath").first?.hasPrefix("Symbol search path is: ") == true)
        let lines = machine.answer(".reload")
        #expect(lines.first == "Loading Kernel Symbols")
        #expect(lines[1].count == min(64, lines[1].count) && lines[1].allSatisfy { $0 == "." })
        #expect(lines.contains("Loading User Symbols"))
        #expect(lines.contains("Loading unloaded module list"))
    }
}
