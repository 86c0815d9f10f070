import BinaryReading
import DumpForge
import Testing

@testable import DebuggerShell

/// The commands on the kernel's objects over machines whose memory was spoilt, and with addresses that lead nowhere.
@Suite("objects of damaged machines")
struct ObjectDamageTests {
    private static let damaged = Result {
        try ShellFixture(.corrupt, "10.0.19041.2006", as: .bitmapKernel) { $0.logonSessions = 24 }
    }

    private static let places = [
        "", "0", "1", "-1", "10", "fffffffffffffff0", "ffffffffffffffff", "8000000000000000", "7fffffffffff",
        "ffff800000000000", "ffffffff80000000", "@$proc", "@$thread", "nt", "nt!SepLogonSessions",
        "poi(nt!SepLogonSessions)", "poi(poi(nt!SepLogonSessions))", "poi(@$proc)", "nosuch", "(", "-z", "/s",
    ]

    private static let names =
        (CommandTable.objectCommands + CommandTable.dumpCommands + CommandTable.leakCommands).compactMap(\.names.first)

    @Test("every command answers, whatever it is given", arguments: names)
    func anything(name: String) throws {
        let machine = try Self.damaged.get()
        let shell = DebuggerShell(over: machine.kernel)
        for first in Self.places {
            for second in ["", "f", "4", "ffffffffffffffff"] {
                for third in ["", "0 Token", "@$proc"] where third.isEmpty || !second.isEmpty {
                    var left = 300
                    shell.run([name, first, second, third].filter { !$0.isEmpty }.joined(separator: " ")) { _ in
                        left -= 1
                        return left > 0
                    }
                }
            }
        }
        #expect(ShellFixture.answer("? 1", shell) == ["Evaluate expression: 1 = 00000000`00000001"])
    }

    @Test("every object that the truth knows, also the spoilt ones, gets an answer")
    func everyObject() throws {
        let machine = try Self.damaged.get()
        let shell = DebuggerShell(over: machine.kernel)
        func lines(_ command: String, _ address: UInt64) -> [String] {
            ShellFixture.answer("\(command) \(VirtualAddress(address).debuggerText)", shell)
        }
        for token in machine.truth.tokens {
            #expect(!lines("!token", token.address).isEmpty)
            #expect(!lines("!object", token.address).isEmpty)
            #expect(!lines("!pool", token.address).isEmpty)
        }
        for process in machine.truth.processes { #expect(!lines("!process", process.address).isEmpty) }
        for session in machine.truth.logonSessions {
            #expect(!lines("!explain", session.address).isEmpty)
            #expect(!lines("!pool", session.address).isEmpty)
        }
    }

    @Test("names that cannot be read are said to be so, and never printed as empty")
    func unreadableNames() throws {
        let machine = try Self.damaged.get()
        let lines = machine.answer("!logonsession 0 2")
        let spoilt = machine.truth.logonSessions.filter {
            $0.damaged.contains { $0.contains("account") } && !$0.isMissing
        }
        let unreadable = lines.count { $0 == "   Account     = (the names cannot be read)" }
        #expect(unreadable <= machine.truth.logonSessions.count { !$0.damaged.isEmpty })
        #expect(spoilt.isEmpty || unreadable > 0)
        #expect(!lines.contains("   Account     = "))
    }

    @Test("Ctrl-C stops a long answer and not the shell")
    func interruption() throws {
        let machine = try ShellFixture.article.get()
        let interruption = Interruption()
        let shell = DebuggerShell(over: machine.kernel, interruption: interruption)
        for command in ["!process 0 7", "!handle 0 f 0", "!handle 0 0 0 Token", "!logonsession 0 4", "!token -n"] {
            let whole = ShellFixture.answer(command, shell).count
            var taken = 0
            shell.run(command) { _ in
                taken += 1
                if taken == 5 { interruption.request() }
                return true
            }
            #expect(taken < whole, "\(command)")
        }
        #expect(ShellFixture.answer("? 1", shell).count == 1)
    }
}
