import Foundation
import Testing

/// What the documents show and name must be what is there.
@Suite("Documentation")
struct DocumentationTests {
    private static let documents = ["README.md", "CONTRIBUTING.md", "CHANGELOG.md"] + articles("Documentation")

    @Test("the README shows the first screen of the demo")
    func demo() throws {
        let output = try output(of: ["demo", "--quiet", "--color", "never"])
        let screen = output.split(separator: "\n", omittingEmptySubsequences: false).prefix { $0 != "Findings" }
        let shown = try block("text", of: "README.md")
        #expect(
            shown == screen.joined(separator: "\n").trimmingCharacters(in: .newlines),
            "`.ci/update-readme` brings it up to date")
    }

    @Test("the README shows the example program, which is built with the tests")
    func program() throws {
        let lines = try PackageFolder.text(of: "Snippets/WalkSessions.swift").split(
            separator: "\n", omittingEmptySubsequences: false)
        let program = lines.drop { !$0.hasPrefix("import ") }.joined(separator: "\n")
        #expect(
            try block("swift", of: "README.md") == program.trimmingCharacters(in: .newlines),
            "`.ci/update-readme` brings it up to date")
    }

    @Test("links lead to files that exist", arguments: documents)
    func links(document: String) throws {
        let folder = document.contains("/") ? "Documentation/" : ""
        for match in try PackageFolder.text(of: document).matches(of: /\]\(([^)#:]+)(?:#[^)]*)?\)/) {
            #expect(PackageFolder.contains(folder + match.1), "\(document) links to \(match.1)")
        }
    }

    @Test("files and folders that the documents name exist", arguments: documents)
    func names(document: String) throws {
        for match in try PackageFolder.text(of: document).matches(of: /`((?:[\w+-]+\/)+[\w+.-]*)`/) {
            let name = String(match.1)
            if name.last?.isNumber == true { continue }  // the name of a JSON form: `logonleak/analysis/1`
            #expect(
                PackageFolder.contains(name) || PackageFolder.contains("Sources/\(name)"), "\(document) names \(name)")
        }
    }

    @Test("every library room has a catalogue")
    func catalogues() throws {
        let manifest = try PackageFolder.text(of: "Package.swift")
        for match in manifest.matches(of: /\.library\(name: "(\w+)"/) {
            #expect(PackageFolder.contains("Sources/\(match.1)/\(match.1).docc/\(match.1).md"))
        }
    }

    private static func articles(_ folder: String) -> [String] {
        let names = try? FileManager.default.contentsOfDirectory(
            atPath: PackageFolder.root.appending(path: folder).path)
        return (names ?? []).filter { $0.hasSuffix(".md") }.sorted().map { "\(folder)/\($0)" }
    }

    /// The first fenced block of a language in a document.
    private func block(_ language: String, of document: String) throws -> String {
        let lines = try PackageFolder.text(of: document).split(separator: "\n", omittingEmptySubsequences: false)
        let start = try #require(lines.firstIndex(of: "```\(language)"))
        return lines[(start + 1)...].prefix { $0 != "```" }.joined(separator: "\n")
    }

    /// Standard output of the program, built beside the tests.
    private func output(of arguments: [String]) throws -> String {
        let process = Process()
        process.executableURL = URL(filePath: CommandLine.arguments[0]).deletingLastPathComponent()
            .appending(path: "logonleak")
        process.arguments = arguments
        let pipe = Pipe()
        process.standardOutput = pipe
        try process.run()
        let output = try pipe.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        try #require(process.terminationStatus == 0)
        return String(decoding: output, as: UTF8.self)
    }
}
