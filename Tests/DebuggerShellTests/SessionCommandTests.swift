import BinaryReading
import Testing

@testable import DebuggerShell

@Suite("commands about the session itself")
struct SessionCommandTests {
    private let machine: ShellFixture

    init() throws { machine = try ShellFixture.article.get() }

    @Test("echo, comments, radix, several commands in a line")
    func small() {
        #expect(machine.answer(".echo a b") == ["a b"])
        #expect(machine.answer(".echo \"a; b\"; .echo c") == ["a; b", "c"])
        #expect(machine.answer("* anything; .echo no").isEmpty)
        #expect(machine.answer("$$ anything; .echo yes") == ["yes"])
        #expect(
            machine.answers(["n 10", "? 10", "n"]) == [
                "base is 10", "Evaluate expression: 10 = 00000000`0000000a", "base is 10",
            ])
        #expect(machine.answer("q") == ["quit:"])
    }

    @Test("the last value is a pseudo-register")
    func lastValue() {
        #expect(machine.answers(["? 5", "? @$exp+1"]).last == "Evaluate expression: 6 = 00000000`00000006")
        #expect(machine.answers(["dq nt!SepLogonSessions L1", "? @$p"]).last?.contains(" = ffff") == true)
    }

    @Test(
        "user addresses are read through the page tables of the process that .process names (debugger-commands.md §3.5)"
    )
    func processContext() throws {
        let system = try #require(machine.truth.processes.first { $0.processID == 4 })
        #expect(machine.answer("? @$proc").first?.hasSuffix(VirtualAddress(system.address).debuggerText) == true)
        let field = try #require(machine.kernel.profile.structure(named: "_EPROCESS")?["Peb"])
        var shown = 0
        for process in machine.truth.processes where !process.exited {
            let address = VirtualAddress(process.address).debuggerText
            let block = "poi(\(address)+0x\(String(field.offset, radix: 16)))"
            let lines = machine.answers([
                "db \(block) L1", ".process /p \(address)", "db \(block) L1", "? @$proc", ".process",
            ])
            #expect(lines[1...2] == ["Implicit process is now \(address)", ".cache forcedecodeuser done"])
            #expect(lines[4].hasSuffix(address))
            #expect(lines[5] == "Implicit process is now \(VirtualAddress(system.address).debuggerText)")
            if lines[0].contains("??"), !lines[3].contains("??") { shown += 1 }
        }
        #expect(shown > 0)
        #expect(machine.answer(".process 1234").first?.contains("invalid page directories") == true)
    }

    @Test("registers of the crash, by name and all")
    func registers() throws {
        let context = try #require(machine.kernel.dump.header.context)
        #expect(machine.answer("? @rip").first?.hasSuffix(VirtualAddress(context.rip).debuggerText) == true)
        #expect(machine.answer("r rsp") == ["rsp=\(context.rsp.paddedHexDigits(16))"])
        #expect(machine.answer("r").first?.hasPrefix("rax=") == true)
        #expect(machine.answers(["r @$t3 = 0n10+1", "? @$t3*2"]) == ["Evaluate expression: 22 = 00000000`00000016"])
        #expect(machine.answer("r rip = 1").first == "Bad register error at 'rip'")
        #expect(machine.answer("? @$tpid") == ["Evaluate expression: 4 = 00000000`00000004"])
        #expect(
            machine.answer("? @eax").first?.hasSuffix(
                VirtualAddress(context.generalRegisters[0] & 0xFFFF_FFFF).debuggerText) == true)
    }

    @Test("every command has a help with its usage, which .help and -? show")
    func help() throws {
        let overview = machine.answer(".help")
        for command in CommandTable.standard.commands {
            #expect(!command.summary.isEmpty)
            #expect(!command.usage.isEmpty)
            let name = try #require(command.names.first)
            #expect(overview.contains { $0.split(separator: " ").first == name[...] }, "\(name)")
        }
        #expect(machine.answer("!grep -?") == machine.answer(".help !grep"))
        #expect(machine.answer(".help dt").first == "dt - Displays a type, memory as a type, or a list of structures.")
        #expect(machine.answer(".help nosuchword").first?.contains("nosuchword") == true)
    }

    @Test("no two commands have the same name")
    func names() {
        let names = CommandTable.standard.commands.flatMap(\.names)
        #expect(names.count == Set(names).count)
    }

    @Test("a command can be stopped, and the next one runs")
    func interruption() {
        let shell = DebuggerShell(over: machine.kernel)
        var count = 0
        let outcome = shell.run("db 0 L1000000") { _ in
            count += 1
            if count == 100 { shell.interruption.request() }
            return true
        }
        #expect(count == 100)
        #expect(outcome == .goesOn(succeeded: false))
        #expect(ShellFixture.answer(".echo on", shell) == ["on"])
    }

    @Test("completion of commands, symbols, types and fields")
    func completion() {
        let shell = DebuggerShell(over: machine.kernel)
        func candidates(_ line: String) -> [String] { shell.completion(of: line, at: line.count).candidates }
        #expect(candidates(".form") == [".formats"])
        #expect(candidates("!gr") == ["!grep"])
        #expect(candidates("!grep x !co") == ["!count"])
        #expect(candidates("x nt!SeTokenLeakT") == ["nt!SeTokenLeakTracking"])
        #expect(candidates("dp SepLogonS").contains("SepLogonSessions"))
        #expect(candidates("dt nt!_SEP_LOGON_SESSION_REF") == ["nt!_SEP_LOGON_SESSION_REFERENCES"])
        #expect(candidates("dt nt!_SEP_LOGON_SESSION_REFERENCES Acc") == ["AccountName"])
        #expect(candidates("dt nt!_SEP_LOGON_SESSION_REFERENCES AccountName.Bu") == ["AccountName.Buffer"])
        #expect(candidates("!fel -x \"dt nt!_SEP_TOKEN_DIAG") == ["nt!_SEP_TOKEN_DIAG_TRACK_ENTRY"])
        #expect(shell.completion(of: "? poi(nt!SepLog) + 1", at: 14).range == 6..<14)
        #expect(candidates("").contains("dt"))
    }
}
