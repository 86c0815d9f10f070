import DumpForge
import Foundation
import LeakTestSupport
import Testing

/// What the program prints as JSON, against the project's schemas.
@Suite("JSON against its schemas", .enabled(if: PythonEnvironment.hasSchemaValidator))
struct SchemaTests {
    private static let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appending(path: "Sources/LeakReports/Schema").path

    private func validate(_ documents: [Data], schema: String) throws {
        let files = try documents.map { try ForgedDumps.file(Array($0), "document.json") }
        let run = try PythonEnvironment.run(script: "validate.py", [Self.folder, schema] + files)
        #expect(run.status == 0, "\(run.text)\(run.errorText)")
    }

    private func output(_ arguments: [String]) throws -> Data {
        let run = try Run(Program.url, arguments + ["--format", "json", "--quiet"])
        #expect(run.status == 0, "\(run.errorText)")
        return run.output
    }

    @Test("analyses of every scenario") func analyses() throws {
        let recipes =
            ForgeScenario.allCases.map { ForgedDumps.Recipe(scenario: $0, version: "10.0.19041.2006", sessions: 40) }
            + [.leak, .clean, .init(version: "6.1.7601", type: .full), .init(version: "6.3.9600", type: .rangeFull)]
        try validate(
            recipes.map { try output(["analyze", try ForgedDumps.dump($0).path]) }, schema: "analysis-1")
    }

    @Test("analyses of dumps by other hands", .enabled(if: SharedDumps.isAvailable)) func sharedDumps() throws {
        let names = ["corrupt-19041", "mixed-18362", "silo-17763", "ts-7601", "zombies-9600"]
        let chosen = names.filter { SharedDumps.names.contains($0) }
        try validate(
            chosen.map { try SharedDumps.withDump($0) { try output(["analyze", $0]) } }, schema: "analysis-1")
    }

    @Test("tables", arguments: ["sessions", "tokens", "processes", "modules", "terminals"])
    func tables(_ command: String) throws {
        try validate([try output([command, try ForgedDumps.dump().path])], schema: "\(command)-1")
    }

    @Test("capture guides") func captureGuides() throws {
        let documents = try [[], ["kvm"], ["live"]].map { platform in
            let run = try Run(Program.url, ["capture"] + platform + ["--format", "json"])
            #expect(run.status == 0, "\(run.errorText)")
            return run.output
        }
        try validate(documents, schema: "capture-1")
    }

    @Test("symbol paths, manifests and what is fetched") func symbolPaths() throws {
        let dump = try ForgedDumps.dump().path
        let path = "srv*/nowhere*https://host.invalid/x;cache*;%UNSET%"
        try validate(
            [
                try output(["symbols", "path", "--symbols", path]),
                try output(["symbols", "path", dump, "--symbols", path]),
            ], schema: "symbols-path-1")
        let manifests = [["symbols", "manifest", dump], ["symbols", "manifest", dump, "--all"]]
        try validate(try manifests.map(output), schema: "symbols-manifest-1")
        guard SymbolServer.isAvailable else { return }
        let server = try SymbolServer()
        let missing = try server.fetch("store", options: ["--format", "json"])
        let place = "ntkrnlmp.pdb/\(SmallProgramDatabase().key)/ntkrnlmp.pdb"
        try server.put(SmallProgramDatabase().bytes, place)
        let found = try SymbolServer(process: server.process).fetch(
            from: server.address("store"), options: ["--format", "json"])
        try validate([missing.output, found.output], schema: "symbols-fetch-1")
    }

    @Test("information, also of files that cannot be analysed") func information() throws {
        let paths = [
            try ForgedDumps.dump().path, try ForgedDumps.dump(.clean).path,
            try ForgedDumps.dump(.init(scenario: .clean, type: .triage, sessions: nil)).path,
            try ForgedDumps.file(Array("MDMP0000".utf8), "user.dmp"),
            try ForgedDumps.spoilt { $0.put(0xAA64, byteCount: 4, at: 0x30) },
        ]
        try validate(paths.map { try output(["info", $0]) }, schema: "info-1")
    }
}
