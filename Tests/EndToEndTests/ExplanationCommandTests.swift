import Foundation
import Testing

/// `explain`, `compare`, `handles` and `--redact` from the command line.
@Suite("Explain, compare, handles, redact")
struct ExplanationCommandTests {
    private func json(_ run: Run) throws -> [String: Any] {
        try #require(try JSONSerialization.jsonObject(with: run.output) as? [String: Any])
    }

    @Test("explain shows who holds a leaked session") func explain() throws {
        let dump = try ForgedDumps.dump().path
        let analysis = try json(Program.run("analyze", dump, "--format", "json"))
        let sessions = try #require(analysis["logonSessions"] as? [[String: Any]])
        let leaked = try #require(sessions.first { $0["state"] as? String == "leaked" }?["luid"] as? String)
        let text = try Program.run("explain", dump, leaked)
        #expect(text.status == 0)
        #expect(text.text.hasPrefix("logon session \(leaked) "))
        #expect(text.text.contains("in ") && text.text.contains("RyansTokenGrabber.exe"))
        let drawing = try Program.run("explain", dump, leaked, "--format", "dot")
        #expect(drawing.text.hasPrefix("digraph"))
        let object = try json(Program.run("explain", dump, leaked, "--format", "json"))
        #expect(object["schema"] as? String == "logonleak/explanation/1")
        #expect((object["found"] as? [Any])?.count == 1)
    }

    @Test("what is not found: one line and 65; an empty array and 0 in JSON") func nothing() throws {
        let dump = try ForgedDumps.dump().path
        for format in ["text", "dot"] {
            let run = try Program.run("explain", dump, "0x7fffffff", "--format", format)
            #expect(run.status == 65)
            #expect(run.output.isEmpty)
            #expect(run.errorText.split(separator: "\n").count == 1)
        }
        let run = try Program.run("explain", dump, "0x7fffffff", "--format", "json")
        #expect(run.status == 0)
        #expect((try json(run)["found"] as? [Any])?.isEmpty == true)
        let handles = try Program.run("handles", dump, "--process", "99999")
        #expect(handles.status == 65)
        #expect(handles.errorText.split(separator: "\n").count == 1)
        #expect(try Program.run("handles", dump, "--process", "99999", "--format", "json").status == 0)
    }

    @Test("compare says what grew, and what it cannot compare") func compare() throws {
        let few = try ForgedDumps.dump(ForgedDumps.Recipe(sessions: 24)).path
        let same = try json(Program.run("compare", few, few, "--format", "json"))
        #expect(same["comparable"] as? Bool == true)
        #expect((same["holders"] as? [Any])?.isEmpty == true)
        let other = try ForgedDumps.dump(.clean).path
        let text = try Program.run("compare", few, other)
        #expect(text.status == 0)
        #expect(text.text.hasPrefix("NOT COMPARABLE"))
    }

    @Test("the key is its owner's alone, is used again, and no other file is touched") func key() throws {
        let dump = try ForgedDumps.dump().path
        let key = Scratch.file("key.json")
        let first = try Program.run("sessions", dump, "--redact-key", key)
        #expect(first.status == 0)
        let mode = try FileManager.default.attributesOfItem(atPath: key)[.posixPermissions] as? Int
        #expect(mode == 0o600)
        let kept = try Data(contentsOf: URL(filePath: key))
        let second = try Program.run("sessions", dump, "--redact-key", key)
        #expect(second.output == first.output)
        #expect(try Data(contentsOf: URL(filePath: key)) == kept)
        #expect(try Program.run("sessions", dump, "--redact").output == first.output)
        let foreign = try ForgedDumps.file(Array(#"{"schema": "something/else"}"#.utf8), "foreign.json")
        let refused = try Program.run("sessions", dump, "--redact-key", foreign)
        #expect(refused.status == 65)
        #expect(try String(contentsOfFile: foreign, encoding: .utf8) == #"{"schema": "something/else"}"#)
    }
}

/// The same against truth files.
@Suite("Handles and redaction of the shared dumps", .enabled(if: SharedDumps.isAvailable))
struct SharedHandleTests {
    static let names = ["zombies-22000", "mixed-18362", "uac-19041", "kernelref-22000", "silo-17763"]
        .filter(SharedDumps.names.contains)

    private func object(_ data: Data) throws -> [String: Any] {
        try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
    }

    private func hex(_ value: Any?) -> UInt64? { (value as? String).flatMap { UInt64($0.dropFirst(2), radix: 16) } }

    private func truth(_ name: String) throws -> [String: Any] {
        try object(Data(contentsOf: URL(filePath: SharedDumps.truth(name))))
    }

    /// The truth files tell the access of handles to tokens only.
    @Test("every handle to a token, a process or a thread, those to tokens with their access", arguments: names)
    func handles(name: String) throws {
        var expected: Set<[UInt64?]> = []
        let truth = try truth(name)
        for token in truth["tokens"] as? [[String: Any]] ?? [] {
            for pin in token["pins"] as? [[String: Any]] ?? [] where pin["kind"] as? String == "handle" {
                let owner = pin["kernelHandle"] as? Bool == true ? 4 : pin["pid"] as? UInt64
                expected.insert([1, owner, hex(pin["handle"]), hex(pin["access"])])
            }
        }
        for process in truth["processes"] as? [[String: Any]] ?? [] {
            for pin in process["heldBy"] as? [[String: Any]] ?? [] {
                let kind: UInt64? = ["processHandle": 2, "threadHandle": 3][pin["kind"] as? String ?? ""]
                guard let kind else { continue }
                expected.insert([kind, pin["pid"] as? UInt64, hex(pin["handle"]), nil])
            }
        }
        try SharedDumps.withDump(name) { path in
            let output = try object(Program.run("handles", path, "--format", "json").output)
            let kinds: [String: UInt64] = ["token": 1, "process": 2, "thread": 3]
            let found = (output["handles"] as? [[String: Any]] ?? []).map { row in
                let kind = kinds[row["type"] as? String ?? ""]
                return [kind, row["pid"] as? UInt64, hex(row["handle"]), kind == 1 ? hex(row["access"]) : nil]
            }
            #expect(Set(found) == expected)
        }
    }

    @Test("no account, domain, computer or domain SID of the truth is left", arguments: names)
    func redaction(name: String) throws {
        let truth = try truth(name)
        var secrets: Set<String> = []
        for session in truth["logonSessions"] as? [[String: Any]] ?? [] {
            guard let kind = session["kind"] as? String, !["system", "windowManager", "fontDriver"].contains(kind)
            else {
                continue
            }
            for key in ["account", "authority"] {
                if let name = session[key] as? String, name.count > 3, name != "NT AUTHORITY" { secrets.insert(name) }
            }
        }
        for token in truth["tokens"] as? [[String: Any]] ?? [] {
            let parts = (token["user"] as? String ?? "").split(separator: "-")
            if parts.count == 8, parts[3] == "21" { secrets.insert(parts[4...6].joined(separator: "-")) }
        }
        #expect(!secrets.isEmpty)
        try SharedDumps.withDump(name) { path in
            let commands = [
                ["analyze", path, "--format", "json"], ["analyze", path], ["handles", path, "--format", "csv"],
                ["compare", path, path, "--format", "json"], ["explain", path, "4", "--format", "dot"],
                ["tokens", path],
            ]
            for command in commands {
                let text = try Run(Program.url, command + ["--redact"]).text
                #expect(!text.isEmpty)
                for secret in secrets { #expect(text.range(of: secret, options: .caseInsensitive) == nil, "\(secret)") }
            }
        }
    }
}
