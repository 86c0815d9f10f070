import Foundation
import Testing

/// Runs without a kernel's symbols against runs with them.
@Suite("Kernels without symbols")
struct InferredTests {
    /// What only symbols can tell, and what says that there were none.
    private static let symbolKeys: Set<String> = ["stack", "symbol", "displacement", "symbolSource", "inference"]

    private func object(_ run: Run) throws -> [String: Any] {
        try #require(run.status == 0, "\(run.errorText)")
        return try #require(try JSONSerialization.jsonObject(with: run.output) as? [String: Any])
    }

    private func analyze(_ path: String, hiding hidden: String? = nil) throws -> Run {
        try Program.run(
            "analyze", path, "--format", "json", "--quiet",
            environment: hidden.map { ["LOGONLEAK_HIDE_PROFILE": $0] } ?? [:])
    }

    /// GUID and age of the kernel in a dump, as a symbol store writes them.
    private func key(_ analysis: [String: Any]) throws -> String {
        let kernel = try #require(analysis["kernel"] as? [String: Any])
        let pdb = try #require(kernel["pdb"] as? [String: Any])
        let guid = try #require(pdb["guid"] as? String)
        return guid + String(try #require(pdb["age"] as? Int), radix: 16).uppercased()
    }

    private func withoutSymbols(_ value: Any) -> Any {
        if let object = value as? [String: Any] {
            return object.filter { !Self.symbolKeys.contains($0.key) }.mapValues(withoutSymbols)
        }
        return (value as? [Any])?.map(withoutSymbols) ?? value
    }

    private func text(_ value: Any?) throws -> String {
        let value = withoutSymbols(value ?? NSNull())
        return String(
            decoding: try JSONSerialization.data(withJSONObject: [value], options: .sortedKeys), as: UTF8.self)
    }

    /// All that does not rest on names of functions must be the same.
    private func expectSameAnswer(_ path: String) throws {
        var known = try object(try analyze(path))
        var inferred = try object(try analyze(path, hiding: try key(known)))
        let kernel = try #require(inferred["kernel"] as? [String: Any])
        #expect(kernel["symbolSource"] as? String == "inferred")
        let inference = try #require(kernel["inference"] as? [String: Any])
        #expect(["certain", "likely"].contains(inference["confidence"] as? String))
        #expect((inference["missing"] as? [String])?.isEmpty == true)
        let facts = try #require(inference["facts"] as? [[String: Any]]).compactMap { $0["name"] as? String }
        #expect(facts.contains("layouts") && facts.contains("SepLogonSessions"))
        for key in ["known", "inferred"] {
            var dump = try #require((key == "known" ? known : inferred)["dump"] as? [String: Any])
            dump["version"] = nil
            if key == "known" { known["dump"] = dump } else { inferred["dump"] = dump }
        }
        #expect(Set(known.keys) == Set(inferred.keys))
        for key in known.keys.sorted() {
            let (left, right) = (try text(known[key]), try text(inferred[key]))
            #expect(left == right, "\(key) differs")
        }
    }

    /// `ts-7601` has no other revision with its layouts; `big-17763` is the same kernel and story as `grabber-17763`, at scale.
    private static let names = SharedDumps.names.filter { !["ts-7601", "big-17763"].contains($0) }

    @Test("the same answer with the kernel's profile hidden", .enabled(if: SharedDumps.isAvailable), arguments: names)
    func sharedDumps(name: String) throws {
        try SharedDumps.withDump(name) { try expectSameAnswer($0) }
    }

    @Test("7601: sizes in KDBG that no other revision has end in 69", .enabled(if: SharedDumps.isAvailable))
    func windows7() throws {
        try SharedDumps.withDump("ts-7601") { path in
            let key = try key(try object(try analyze(path)))
            let run = try analyze(path, hiding: key)
            #expect(run.status == 69)
            #expect(run.errorText.contains("KDBG") && run.errorText.contains("--symbols"), "\(run.errorText)")
        }
    }

    @Test("the JSON agrees with its schema", .enabled(if: PythonEnvironment.hasSchemaValidator)) func schema() throws {
        let run = try analyze(try ForgedDumps.dump().path, hiding: "10.0.17763.5933")
        let schemas = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appending(path: "Sources/LeakReports/Schema").path
        let document = try ForgedDumps.file(Array(run.output), "inferred.json")
        let check = try PythonEnvironment.run(script: "validate.py", [schemas, "analysis-1", document])
        #expect(check.status == 0, "\(check.text)\(check.errorText)")
    }

    @Test("the text names what was borrowed, found and checked") func words() throws {
        let dump = try ForgedDumps.dump().path
        let hidden = ["LOGONLEAK_HIDE_PROFILE": "10.0.17763.5933"]
        let analysis = try Program.run("analyze", dump, environment: hidden)
        #expect(analysis.status == 0)
        for words in [
            "without symbols: layouts of 10.0.17763.", "SepLogonSessions = 0xfffff", "handles lead to objects",
        ] {
            #expect(analysis.text.contains(words), "\(words)")
        }
        let information = try Program.run("info", dump, environment: hidden)
        #expect(information.status == 0 && information.text.contains("nobody: the layouts are those of 10.0.17763."))
        let document = try Program.run("info", dump, "--format", "json", environment: hidden)
        #expect(
            document.text.contains("\"symbolSource\": \"inferred\"")
                || document.text.contains("\"symbolSource\":\"inferred\""))
    }
}
