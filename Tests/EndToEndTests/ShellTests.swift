import Foundation
import Testing

@Suite("logonleak shell")
struct ShellTests {
    private static let pipeline =
        "!count -q !grep AccountName !fel -x \"dt nt!_SEP_LOGON_SESSION_REFERENCES @#Line -l Next\" !cut -f 2 dps poi(nt!SepLogonSessions)"

    @Test("-c answers its lines and nothing else; the status says whether all were answered")
    func commands() throws {
        let dump = try ForgedDumps.dump()
        let run = try Program.run("shell", dump.path, "-c", "? 1+1; .echo two", "-c", ".echo three")
        #expect(run.status == 0, "\(run.errorText)")
        #expect(run.text == "Evaluate expression: 2 = 00000000`00000002\ntwo\nthree\n")
        #expect(run.errorText.isEmpty)

        let failing = try Program.run("shell", dump.path, "-c", "dt nt!_NO_SUCH_TYPE", "-c", ".echo on")
        #expect(failing.status == 65)
        #expect(failing.text.hasPrefix("Symbol nt!_NO_SUCH_TYPE not found.\n"))
        #expect(failing.text.hasSuffix("\non\n"))
        #expect(failing.errorText.contains("one line was not answered"))
    }

    @Test("--script answers the lines of a file; q ends it")
    func script() throws {
        let dump = try ForgedDumps.dump()
        let script = try ForgedDumps.file(
            Array("* a comment; .echo no\n.echo one\n\nq\n.echo never\n".utf8), "lines.txt")
        let run = try Program.run("shell", dump.path, "--script", script)
        #expect(run.status == 0, "\(run.errorText)")
        #expect(run.text == "one\nquit:\n")
        #expect(try Program.run("shell", dump.path, "--script", "/no/such/file").status == 66)
    }

    @Test("the article's pipeline counts the sessions of a forged dump; its answer goes to a file as well")
    func pipeline() throws {
        let dump = try ForgedDumps.dump()
        let file = Scratch.file("answer.txt")
        let run = try Program.run("shell", dump.path, "-c", Self.pipeline, "--output", file)
        #expect(run.status == 0, "\(run.errorText)")
        let sessions = dump.truth.logonSessions.filter { !$0.isOffChain && !$0.isMissing }
        #expect(try String(contentsOfFile: file, encoding: .utf8) == "\(sessions.count)\n")
    }

    @Test("colours only where they are asked for")
    func colours() throws {
        let dump = try ForgedDumps.dump()
        let plain = try Program.run("shell", dump.path, "-c", "foo")
        #expect(!plain.text.contains("\u{1B}"))
        let coloured = try Program.run("shell", dump.path, "-c", "foo", "--color", "always")
        #expect(coloured.text.contains("\u{1B}["))
    }

    @Test("a log holds prompts, commands and answers")
    func log() throws {
        let dump = try ForgedDumps.dump()
        let file = Scratch.file("shell.log")
        let run = try Program.run(
            "shell", dump.path, "-c", ".logopen \(file)", "-c", ".echo kept", "-c", ".logclose", "-c", ".echo after")
        #expect(run.status == 0, "\(run.errorText)")
        let lines = try String(contentsOfFile: file, encoding: .utf8).split(separator: "\n")
        #expect(lines.contains { $0.hasSuffix("kd> .echo kept") })
        #expect(lines.contains("kept"))
        #expect(lines.last?.hasPrefix("Closing open log file ") == true)
    }

    @Test("a real terminal: editing, completion, history, Ctrl-C", .timeLimit(.minutes(15)))
    func terminal() throws {
        guard let python = programInPath("python3") else {
            print("skipped: the terminal test, because there is no python3")
            return
        }
        let script = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Scripts/shell_terminal.py")
        let run = try Run(python, [script.path, Program.url.path, try ForgedDumps.dump(.clean).path])
        #expect(run.status == 0, "\(run.text)\(run.errorText)")
    }
}

@Suite("the shell over the shared dumps", .enabled(if: SharedDumps.isAvailable))
struct SharedDumpShellTests {
    private static let undamaged = SharedDumps.names.filter { !$0.hasPrefix("corrupt") && !$0.hasPrefix("big") }

    @Test("the article's pipeline counts the sessions on the chains", arguments: undamaged)
    func pipeline(name: String) throws {
        try SharedDumps.withDump(name) { path in
            let line =
                "!count -q !grep AccountName !fel -x \"dt nt!_SEP_LOGON_SESSION_REFERENCES @#Line -l Next\" !cut -f 2 dps poi(nt!SepLogonSessions)"
            let run = try Program.run("shell", path, "-c", line)
            #expect(run.status == 0, "\(run.text)\(run.errorText)")
            let truth = try SharedDumps.truthObject(name)
            let sessions = truth["logonSessions"] as? [[String: Any]] ?? []
            let chained = sessions.filter { $0["offChain"] as? Bool != true && $0["missing"] as? Bool != true }
            #expect(run.text == "\(chained.count)\n")
            if name.hasPrefix("article") { #expect(chained.count == 380) }
        }
    }
}
