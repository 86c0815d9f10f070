import Foundation
import LeakAnalysis
import LeakReports
import LeakTestSupport
import Testing

/// Every JSON report against the project's own schemas, by Python's `jsonschema`; skipped with a message where that cannot be had.
@Suite("JSON schemas") struct SchemaTests {
    static let tool = ToolIdentity(name: "logonleak", version: "0.0.0")

    private static let validator = """
        import json, pathlib, sys
        try:
            from jsonschema import Draft202012Validator
            from referencing import Registry, Resource
        except ImportError:
            print("no jsonschema")
            sys.exit(77)
        folder, name, document = pathlib.Path(sys.argv[1]), sys.argv[2], sys.argv[3]
        schemas = [json.loads(path.read_text()) for path in sorted(folder.glob("*.schema.json"))]
        registry = Registry().with_resources([(s["$id"], Resource.from_contents(s)) for s in schemas])
        for s in schemas:
            Draft202012Validator.check_schema(s)
        schema = next(s for s in schemas if s["$id"] == "urn:logonleak:schema:" + name)
        errors = list(Draft202012Validator(schema, registry=registry).iter_errors(json.load(open(document, encoding="utf-8"))))
        for error in errors[:5]:
            print(error.json_path, error.message[:300])
        sys.exit(1 if errors else 0)
        """

    /// Errors that the validator names; nil where there is no validator.
    private func errors(in document: [UInt8], schema: String) throws -> String? {
        let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appending(path: "Sources/LeakReports/Schema")
        let file = FileManager.default.temporaryDirectory.appending(path: "logonleak-\(UUID().uuidString).json")
        try Data(document).write(to: file)
        defer { try? FileManager.default.removeItem(at: file) }
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = ["python3", "-c", Self.validator, folder.path, schema, file.path]
        let pipe = Pipe()
        process.standardOutput = pipe
        process.standardError = pipe
        do { try process.run() } catch { return nil }
        let output = String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        if [77, 127].contains(process.terminationStatus) { return nil }
        return process.terminationStatus == 0 ? "" : output + "status \(process.terminationStatus)"
    }

    func expectValid(_ document: [UInt8], schema: String) throws {
        guard let errors = try errors(in: document, schema: schema) else {
            print("skipped: no python3 with jsonschema at hand, \(schema) was not checked")
            return
        }
        #expect(errors == "", "\(schema)")
    }

    @Test("whole analyses", arguments: ReportMachine.Name.allCases)
    func analyses(_ name: ReportMachine.Name) throws {
        var output: [UInt8] = []
        JSONReport.write(name.analysis, tool: Self.tool) { output += $0 }
        try expectValid(output, schema: "analysis-1")
    }

    @Test("slices", arguments: TableReport.Subject.allCases)
    func slices(_ subject: TableReport.Subject) throws {
        for name in [ReportMachine.Name.hostile, .empty] {
            var output: [UInt8] = []
            TableReport(subject, of: name.analysis).writeJSON(tool: Self.tool) { output += $0 }
            try expectValid(output, schema: subject.rawValue + "-1")
        }
    }

    @Test("information") func information() throws {
        var output: [UInt8] = []
        ReportMachine.information.writeJSON(tool: Self.tool) { output += $0 }
        try expectValid(output, schema: "info-1")
    }

    /// The stream form holds the same elements: put together again it is the whole analysis.
    @Test("the stream form", arguments: ReportMachine.Name.allCases)
    func lines(_ name: ReportMachine.Name) throws {
        var output: [UInt8] = []
        JSONReport.writeLines(name.analysis, tool: Self.tool) { output += $0 }
        var whole: [String: Any] = [:]
        var arrays: [String: [Any]] = [
            "logonSession": [], "terminalSession": [], "token": [], "process": [], "module": [], "gap": [],
        ]
        let plural = ["process": "processes"]
        for line in output.split(separator: UInt8(ascii: "\n")) {
            let object = try JSONSerialization.jsonObject(with: Data(line)) as? [String: Any]
            let type = object?["type"] as? String ?? ""
            let content = try #require(object?[type] as? [String: Any])
            if type == "analysis" { whole = content } else { arrays[type]?.append(content) }
        }
        for (type, elements) in arrays { whole[plural[type] ?? type + "s"] = elements }
        var direct: [UInt8] = []
        JSONReport.write(name.analysis, tool: Self.tool) { direct += $0 }
        let expected = try JSONSerialization.jsonObject(with: Data(direct))
        let together = try JSONSerialization.data(withJSONObject: whole, options: .sortedKeys)
        #expect(try together == JSONSerialization.data(withJSONObject: expected, options: .sortedKeys))
    }
}
