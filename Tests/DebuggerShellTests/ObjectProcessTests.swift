import BinaryReading
import DumpForge
import Testing

@testable import DebuggerShell

/// `!process`, `!tl`, `!session` and `!qwinsta` against the machine's truth and the formats of `debugger-commands.md` §8 and §10.
@Suite("processes and terminal sessions")
struct ObjectProcessTests {
    private let machine: ShellFixture

    init() throws { machine = try ShellFixture.article.get() }

    static func hex(_ number: some FixedWidthInteger & UnsignedInteger, _ width: Int = 16) -> String {
        number.paddedHexDigits(width)
    }

    /// The four lines of a process, from the truth; the environment block is left out.
    private static func isHeader(_ lines: ArraySlice<String>, of process: ForgedTruth.Process) -> Bool {
        guard lines.count == 4, let first = lines.first, let last = lines.last else { return false }
        let session = process.terminalSession == .max ? "none" : String(process.terminalSession)
        let identity = lines[lines.startIndex + 1]
        let memory = lines[lines.startIndex + 2]
        return first == "PROCESS \(hex(process.address))"
            && identity.hasSuffix("  ParentCid: \(hex(process.parent, 4))")
            && (identity.hasPrefix("    SessionId: \(session)  Cid: \(hex(process.processID, 4))    Peb: ")
                || identity.hasPrefix("    SessionId: none  Cid: \(hex(process.processID, 4))    Peb: "))
            && memory.hasPrefix("    DirBase: ") && memory.contains("  ObjectTable: ")
            && memory.hasSuffix("  HandleCount: \(padded(process.handles)).") && last == "    Image: \(process.image)"
    }

    private static func padded(_ count: Int) -> String {
        String(repeating: " ", count: max(0, 3 - String(count).count)) + String(count)
    }

    @Test("!process 0 0 heads each process with its four lines")
    func all() {
        let lines = machine.answer("!process 0 0")
        #expect(lines.first == "**** NT ACTIVE PROCESS DUMP ****")
        let heads = lines.indices.filter { lines[$0].hasPrefix("PROCESS ") }
        #expect(heads.count == machine.truth.processes.count)
        for process in machine.truth.processes {
            let place = heads.first { lines[$0] == "PROCESS \(Self.hex(process.address))" }
            #expect(place.map { Self.isHeader(lines[$0..<($0 + 4)], of: process) } == true, "\(process.image)")
            #expect(place.map { lines[$0 + 4] } == "")
        }
    }

    @Test("one process: by id, address, name; the spelling of numbers does not matter")
    func one() throws {
        let process = try #require(machine.truth.processes.first { $0.image == "lsass.exe" })
        let byID = machine.answer("!process \(String(process.processID, radix: 16)) 0")
        #expect(byID.first == "Searching for Process with Cid == \(String(process.processID, radix: 16))")
        #expect(Self.isHeader(byID.dropFirst(), of: process))
        #expect(machine.answer("!process 0n\(process.processID) 0") == byID)
        #expect(machine.answer("!process 0x\(String(process.processID, radix: 16)) 0") == byID)
        #expect(machine.answer("!PROCESS \(VirtualAddress(process.address).debuggerText) 0")[...] == byID.dropFirst())
        let byName = machine.answer("!process 0 0 LSASS.exe")
        #expect(byName == byID.dropFirst() + [""])
    }

    @Test("a process that is not there is no end of the shell, and the answer says what helps")
    func missing() {
        #expect(
            machine.answer("!process 0n3 0").prefix(2) == [
                "Searching for Process with Cid == 3", "No process has the Cid 3.",
            ])
        #expect(machine.answer("!process ffffe00000000123 0").first == "ffffe00000000123 is not a process object.")
        #expect(machine.answer("!process 0 0 nobody.exe") == ["No process has the image nobody.exe."])
        #expect(machine.answer("!process nt!Nothing") == ["Couldn't resolve error at 'nt!Nothing'"])
    }

    @Test("flag 1 adds times and memory, values in column 39; flags 2 and 4 add threads")
    func details() throws {
        let process = try #require(machine.truth.processes.first { $0.image == "lsass.exe" })
        let lines = machine.answer("!process \(Self.hex(process.address)) 1")
        let names = [
            "Token", "ElapsedTime", "UserTime", "KernelTime", "QuotaPoolUsage[PagedPool]",
            "QuotaPoolUsage[NonPagedPool]", "PeakWorkingSetSize", "VirtualSize", "PeakVirtualSize", "PageFaultCount",
            "MemoryPriority", "BasePriority", "CommitCharge",
        ]
        for name in names {
            let line = lines.first { $0.hasPrefix("    \(name) ") }
            #expect(line.map { Array($0).prefix(38).last == " " && Array($0).dropFirst(38).first != " " } == true)
        }
        #expect(lines.contains { $0 == "    Token" + String(repeating: " ", count: 29) + Self.hex(process.token) })
        let addressSpace = try #require(lines.first { $0.hasPrefix("    VadRoot ") })
        #expect(addressSpace.hasSuffix(". Modified 0. Locked 0."))
        let threads = machine.answer("!process \(Self.hex(process.address)) 4").filter {
            $0.hasPrefix("        THREAD ")
        }
        #expect(threads.count == process.threads)
        #expect(
            threads.allSatisfy { $0.contains("  Cid \(Self.hex(process.processID, 4)).") && $0.contains("  Teb: ") })
        let waits = machine.answer("!process \(Self.hex(process.address)) 2")
        #expect(waits.count { $0.hasPrefix("        THREAD ") } == process.threads)
        let impersonating = waits.count {
            $0.hasPrefix("        Not impersonating") || $0.hasPrefix("        Impersonation token:  ")
        }
        #expect(impersonating == process.threads)
    }

    @Test("!tl is a table with rules as wide as its cells, and finds processes by name, number and session")
    func taskList() throws {
        let lines = machine.answer("!tl")
        let running = machine.truth.processes.filter { !$0.exited }
        #expect(lines.first?.hasPrefix("PID ") == true)
        #expect(lines[1].allSatisfy { $0 == "=" || $0 == " " })
        for process in running {
            let address = Self.hex(process.address)
            let row = lines.first { $0.contains(" \(address) ") }
            #expect(row?.hasPrefix("0x\(String(process.processID, radix: 16)) ") == true)
            #expect(row?.contains(" 0n\(process.processID) ") == true)
            #expect(row?.contains(" \(process.image)") == true)
        }
        let process = try #require(running.first { $0.image == "lsass.exe" })
        let one = [
            "PID"
                + String(
                    repeating: " ", count: "0x\(String(process.processID, radix: 16)) 0n\(process.processID)".count - 2)
                + "Address          Name",
            lines[1],
            "0x\(String(process.processID, radix: 16)) 0n\(process.processID) \(Self.hex(process.address)) lsass.exe",
        ]
        for word in ["0x\(String(process.processID, radix: 16))", "0n\(process.processID)", "LSASS"] {
            let answer = machine.answer("!mex.tasklist \(word)")
            #expect(answer.first == one[0])
            #expect(answer.dropFirst(2).first == one[2])
        }
        let inOne = machine.answer("!tl -s 1").filter { $0.hasPrefix("0x") }
        #expect(inOne.count == running.count { $0.terminalSession == 1 })
        #expect(machine.answer("!tl -nothing").count == 2)
    }

    @Test("!session and !qwinsta show the live sessions and the leaked ones between them")
    func terminalSessions() throws {
        let live = machine.truth.terminalSessions.filter(\.isLive).map(\.id).sorted()
        let leaked = machine.truth.terminalSessions.filter {
            !$0.isLive && ($0.pinnedByTokens > 0 || $0.pinnedByExitedProcesses > 0)
        }
        let lines = machine.answer("!session")
        #expect(lines[0] == "Sessions on machine: \(live.count)")
        #expect(lines[1] == "Valid Sessions: " + live.map(String.init).joined(separator: " "))
        #expect(lines[2] == "Current Session 0")
        let chosen = try #require(live.last)
        let entered = machine.answers(["!session -s \(String(chosen, radix: 16))", "? @$proc"])
        #expect(entered[0] == lines[0])
        #expect(entered[1].hasPrefix("Implicit process is now ffff"))
        #expect(entered[3] == "Using session \(chosen)l")
        let members = machine.truth.processes.filter { $0.terminalSession == chosen && !$0.exited }
        #expect(members.contains { entered[4].hasSuffix(VirtualAddress($0.address).debuggerText) })

        let rows = machine.answer("!qwinsta")
        #expect(rows[0] == " SESSIONNAME       USERNAME                 ID  STATE   TYPE        DEVICE")
        #expect(rows[1] == " services                                    0  Disc")
        for session in leaked { #expect(rows.contains { $0.hasSuffix(" \(session.id)  Leaked") }) }
        #expect(rows.count { $0.hasSuffix("  Leaked") } == leaked.count)
        #expect(rows.count { $0.hasSuffix("  Live") } == live.count { $0 != 0 })
    }
}
