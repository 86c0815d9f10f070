import BinaryReading
import Testing

@testable import DebuggerShell

@Suite("filters, read from right to left")
struct PipeTests {
    private let machine: ShellFixture
    private let array: String

    init() throws {
        machine = try ShellFixture.article.get()
        let row = try #require(machine.answer("dp nt!SepLogonSessions L1").first)
        array = String(row.suffix(17))
    }

    @Test("the article's pipeline counts the sessions on the chains (figure 16)")
    func sessionCount() {
        let line =
            "!count -q !grep AccountName !fel -x \"dt nt!_SEP_LOGON_SESSION_REFERENCES @#Line -l Next\" !cut -f 2 dps \(array)"
        #expect(machine.answer(line) == ["\(machine.chainedSessions.count)"])
        #expect(
            machine.answer(line.replacing("!fel", with: "!mex.foreachline")) == ["\(machine.chainedSessions.count)"])
    }

    @Test("one list of the table (figure 15)")
    func oneList() {
        let lines = machine.answer(
            "!grep AccountName dt nt!_SEP_LOGON_SESSION_REFERENCES* \(array) -l Next")
        let expected = machine.chainedSessions.filter { $0.bucket == 0 }.map(\.account).sorted()
        let shown = lines.compactMap { $0.split(separator: "\"").dropFirst().first.map(String.init) }
        #expect(shown.sorted() == expected.filter { !$0.isEmpty })
        #expect(lines.allSatisfy { $0.hasPrefix("   +0x038 AccountName      : _UNICODE_STRING \"") })
    }

    @Test("the second field of each line (figure 17)")
    func cut() {
        let rows = machine.answer("dps \(array)")
        #expect(machine.answer("!cut -f 2 dps \(array)") == rows.map { String($0.suffix(17)) })
        #expect(machine.answer("!cut -f 1,2 dps \(array) L1") == ["\(array) \(rows[0].suffix(17))"])
        #expect(machine.answer("!cut -d ` -f 1 dps \(array) L1") == [String(array.prefix(8))])
        #expect(machine.answer("!cut -c 1-8 dps \(array) L1") == [String(array.prefix(8))])
    }

    @Test("grep ignores case, takes its pattern literally, and has context, inversion and an end")
    func grep() {
        let lines = "!fel -x \".echo @#Field1\" !fel -x \".echo @#Line\" .echo"
        #expect(machine.answer("!grep a.c .echo xABCx").isEmpty)
        #expect(machine.answer("!grep abc .echo xABCx") == ["xABCx"])
        #expect(machine.answer("!grep -case abc .echo xABCx").isEmpty)
        #expect(machine.answer("!grep -r a.c .echo xABCx") == ["xABCx"])
        #expect(machine.answer("!grep -v abc .echo xABCx").isEmpty)
        #expect(machine.answer("\(lines) a b") == ["a"])
        let type = machine.answer("dt nt!_TOKEN")
        let index = type.firstIndex { $0.contains("SessionId ") } ?? 0
        #expect(machine.answer("!grep -A 2 \"SessionId \" dt nt!_TOKEN") == Array(type[index...(index + 2)]))
        #expect(machine.answer("!grep -B 1 \"SessionId \" dt nt!_TOKEN") == Array(type[(index - 1)...index]))
        #expect(machine.answer("!grep -until TokenLock + dt nt!_TOKEN") == Array(type[..<5]))
    }

    @Test("head, tail, sort, unique, count")
    func counting() {
        let type = machine.answer("dt nt!_TOKEN")
        #expect(machine.answer("!head -n 3 dt nt!_TOKEN") == Array(type.prefix(3)))
        #expect(machine.answer("!head 3 dt nt!_TOKEN") == Array(type.prefix(3)))
        #expect(machine.answer("!head dt nt!_TOKEN") == Array(type.prefix(10)))
        #expect(machine.answer("!tail -n 2 dt nt!_TOKEN") == Array(type.suffix(2)))
        #expect(machine.answer("!tail 0 dt nt!_TOKEN").isEmpty)
        #expect(machine.answer("!sort -r dt nt!_TOKEN") == type.sorted().reversed())
        #expect(machine.answer("!sort -n -r !cut -f 2 dps \(array)").count == 16)
        #expect(machine.answer("!count -q dt nt!_TOKEN") == ["\(type.count)"])
        #expect(machine.answer("!count dt nt!_TOKEN") == type + ["Count: \(type.count)"])
        #expect(machine.answer("!unique !fel -x \".echo a\" !head 3 dt nt!_TOKEN") == ["     3 a"])
        #expect(machine.answer("!ul -q !fel -x \".echo a\" !head 3 dt nt!_TOKEN") == ["a"])
        #expect(machine.answer("!head 1 !head 5 dt nt!_TOKEN") == Array(type.prefix(1)))
    }

    @Test("a failure inside a loop does not end it")
    func loopFailures() {
        let answer = machine.answer("!fel -x \"dt nt!_NO_TYPE @#Line\" !head 2 dps \(array)")
        #expect(answer.filter { $0 == "Symbol nt!_NO_TYPE not found." }.count == 2)
    }

    @Test("filters without a command, options without values, and filters of filters without end are answered")
    func refusals() {
        #expect(machine.answer("!count").first?.hasPrefix("A filter takes") == true)
        #expect(machine.answer("!cut dps \(array)").first?.hasPrefix("dps: not an option") != nil)
        #expect(machine.answer("!grep -A x y dps").first?.hasPrefix("-A: not an option") == true)
        let deep = String(repeating: "!count ", count: 300) + ".echo a"
        #expect(machine.answer(deep).last?.contains("nested") == true)
    }

    @Test("captured text carries neither links nor our remarks")
    func captured() {
        let shell = DebuggerShell(over: machine.kernel)
        var links = 0
        shell.run("dt nt!_TOKEN", wantsLinks: true) {
            links += $0.links.count
            return true
        }
        #expect(links > 5)
        var captured = 0
        shell.run("!grep + dt nt!_TOKEN", wantsLinks: true) {
            captured += $0.links.count
            return true
        }
        #expect(captured == 0)
    }
}
