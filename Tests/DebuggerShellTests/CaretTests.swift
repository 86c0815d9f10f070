import Testing

@testable import DebuggerShell

@Suite("what the shell says of lines that it cannot answer")
struct CaretTests {
    private let machine: ShellFixture

    init() throws { machine = try ShellFixture.article.get() }

    @Test("an unknown command has a caret under its first character, counted from the start of the prompt")
    func unknownCommand() {
        let shell = DebuggerShell(over: machine.kernel)
        let blanks = String(repeating: " ", count: shell.prompt.count)
        #expect(ShellFixture.answer("foo", shell) == ["\(blanks)^ Syntax error in 'foo'"])
        #expect(ShellFixture.answer(".echo a; foo", shell) == ["a", "\(blanks)         ^ Syntax error in 'foo'"])
        #expect(ShellFixture.answer("? 1+1)", shell) == ["\(blanks)     ^ Extra character error in '? 1+1)'"])
    }

    @Test("an unknown extension's command")
    func unknownExtension() {
        #expect(machine.answer("!foo") == ["foo is not extension gallery command", "No export foo found"])
    }

    @Test(
        "commands that are not here say what comes nearest",
        arguments: ["k", ".printf \"a\"", "!analyze -v", "dx 1", "?? 1", "bp nt!X", "g"])
    func missing(_ line: String) {
        let answer = machine.answer(line)
        #expect(answer.count == 1)
        #expect(answer.first?.contains(" is not here: ") == true)
    }

    @Test("an unknown type names the profile and the way to others (issue: what a built-in profile lacks)")
    func unknownType() {
        let answer = machine.answer("dt nt!_NO_SUCH_TYPE")
        #expect(answer.first == "Symbol nt!_NO_SUCH_TYPE not found.")
        #expect(answer.last?.contains("--symbols") == true)
        #expect(answer.last?.contains("10.0.14393.6343") == true)
    }

    @Test(
        "an unknown field, an unreadable first node and address 0 find no members",
        arguments: [
            "dt nt!_TOKEN 0 NoSuchField", "dt nt!_SEP_LOGON_SESSION_REFERENCES 0 -l Next",
            "dt nt!_SEP_LOGON_SESSION_REFERENCES 1000 -l Next", "dt nt!_SEP_LOGON_SESSION_REFERENCES* 0 -l Next",
        ])
    func unknownField(_ line: String) {
        #expect(machine.answer(line) == ["Cannot find specified field members."])
    }

    @Test("an extension that is not there")
    func loading() {
        #expect(machine.answer(".load mex").first?.hasPrefix("Mex External ") == true)
        #expect(machine.answer(".load c:\\debuggers\\winext\\mex.dll").first?.hasPrefix("Mex External ") == true)
        let answer = machine.answer(".load sync")
        #expect(
            answer.prefix(3) == [
                "The call to LoadLibrary(sync) failed, Win32 error 0n2",
                "    \"The system cannot find the file specified.\"",
                "Please check your debugger configuration and/or network access.",
            ])
    }

    @Test("a line that is too long is refused")
    func longLine() {
        let answer = machine.answer(".echo " + String(repeating: "x", count: 5000))
        #expect(answer.count == 1)
        #expect(answer.first?.contains("4096") == true)
    }
}
