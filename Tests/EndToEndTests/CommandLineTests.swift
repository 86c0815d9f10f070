import Foundation
import Testing

@Suite("Help, usage and completions")
struct CommandLineTests {
    static let commands = [
        "analyze", "info", "sessions", "tokens", "processes", "modules", "terminals", "explain", "compare", "handles",
        "shell", "capture", "forge", "demo",
    ]
    private static let tables = ["sessions", "tokens", "processes", "modules", "terminals"]

    @Test("every command's help shows how it is used", arguments: commands)
    func help(_ command: String) throws {
        let run = try Program.run(command, "--help")
        #expect(run.status == 0)
        #expect(run.text.contains("EXAMPLES"))
        #expect(run.text.components(separatedBy: "logonleak \(command) ").count >= 2)
        #expect(run.text.contains("USAGE: logonleak \(command)"))
        #expect(run.errorText.isEmpty)
    }

    @Test("the program's own help names commands and exit statuses") func rootHelp() throws {
        let run = try Program.run("--help")
        #expect(run.status == 0)
        for command in Self.commands { #expect(run.text.contains("  \(command) "), "\(command)") }
        for status in ["64", "65", "66", "69", "70", "73", "74", "130"] { #expect(run.text.contains(status)) }
        #expect(try Program.run().text.contains("USAGE"))
        #expect(try Program.run("--version").text.contains("."))
    }

    @Test(
        "wrong arguments end with status 64",
        arguments: [
            ["analyze"], ["info"], ["nonsense"], ["analyze", "x.dmp", "--format", "xml"],
            ["analyze", "x.dmp", "--nonsense"],
            ["sessions", "x.dmp", "--format", "jsonl"], ["analyze", "x.dmp", "--color", "sometimes"],
            ["analyze", "x.dmp", "--dtb", "zz"], ["forge", "nonsense", "--output", "x"], ["forge", "clean"],
            ["forge", "clean", "--type", "77", "--output", "x"],
            ["forge", "clean", "--sessions", "0", "--output", "x"],
            ["forge", "clean", "--kernel", "1.2.3", "--output", "/dev/null/x"], ["analyze", "x.dmp", "y.dmp"],
            ["explain", "x.dmp"], ["explain", "x.dmp", "0x3e7", "--limit", "-1"], ["compare", "x.dmp"],
            ["handles", "x.dmp", "--type", "file"],
        ])
    func usage(_ arguments: [String]) throws {
        let run = try Run(Program.url, arguments)
        #expect(run.status == 64, "\(run.errorText)")
        #expect(!run.errorText.isEmpty)
        #expect(run.output.isEmpty)
    }

    @Test("completion scripts", arguments: ["bash", "zsh", "fish"])
    func completions(_ shell: String) throws {
        let run = try Program.run("--generate-completion-script", shell)
        #expect(run.status == 0)
        for command in Self.commands { #expect(run.text.contains(command)) }
        guard let program = programInPath(shell) else { return }
        let script = try ForgedDumps.file(Array(run.output), "completion")
        let check = try Run(program, ["-n", script])
        #expect(check.status == 0, "\(check.errorText)")
    }

    @Test("every form of every table", arguments: tables, ["text", "json", "csv"])
    func tableForms(_ command: String, _ format: String) throws {
        let dump = try ForgedDumps.dump()
        let run = try Program.run(command, dump.path, "--format", format)
        #expect(run.status == 0, "\(run.errorText)")
        #expect(run.errorText.isEmpty)
        switch format {
        case "json":
            let object = try JSONSerialization.jsonObject(with: run.output) as? [String: Any]
            #expect(object?["schema"] as? String == "logonleak/\(command)/1")
        case "csv":
            let lines = run.text.components(separatedBy: "\r\n").filter { !$0.isEmpty }
            let columns = lines.first?.split(separator: ",").count ?? 0
            #expect(columns > 2 && lines.count > 1)
        default: #expect(run.text.split(separator: "\n").count > 1)
        }
    }

    @Test("rows of the tables are those of the truth") func tableRows() throws {
        let dump = try ForgedDumps.dump()
        func rows(_ command: String, _ key: String) throws -> Int? {
            let run = try Program.run(command, dump.path, "--format", "json")
            let object = try JSONSerialization.jsonObject(with: run.output) as? [String: Any]
            // The truth does not list the modules that were unloaded.
            return (object?[key] as? [[String: Any]])?.count { $0["loaded"] as? Bool != false }
        }
        #expect(try rows("sessions", "logonSessions") == dump.truth.counts.logonSessions)
        #expect(try rows("tokens", "tokens") == dump.truth.counts.tokens)
        #expect(try rows("processes", "processes") == dump.truth.counts.processes)
        #expect(try rows("modules", "modules") == dump.truth.modules.count)
        #expect(try rows("terminals", "terminalSessions") == dump.truth.terminalSessions.count)
    }

    @Test("the stream form: an object a line, each with its type") func lines() throws {
        let dump = try ForgedDumps.dump()
        let run = try Program.run("analyze", dump.path, "--format", "jsonl")
        #expect(run.status == 0)
        var counts: [String: Int] = [:]
        for line in run.text.split(separator: "\n") {
            let object = try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any]
            counts[object?["type"] as? String ?? "", default: 0] += 1
        }
        #expect(counts["analysis"] == 1)
        #expect(counts["token"] == dump.truth.counts.tokens)
        #expect(counts["logonSession"] == dump.truth.counts.logonSessions)
        #expect(counts["process"] == dump.truth.counts.processes)
    }
}
