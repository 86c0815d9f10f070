import Foundation
import Testing

/// The guide types lines at the shell and shows the answers: they must be what the shell answers today.
@Suite("the guide through the article")
struct GuideTests {
    private static let scenarios = ["leak.dmp": "article", "grabber.dmp": "grabber", "clean.dmp": "clean"]
    private static let advice: Comment = "`.ci/update-guide` brings Documentation/TheArticle.md up to date"

    /// A line that was typed, and what stands below it.
    private struct Exchange: Equatable {
        let line: String
        var answer: [String] = []
    }

    private static func guide() throws -> [Substring] {
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        let text = try String(contentsOf: root.appending(path: "Documentation/TheArticle.md"), encoding: .utf8)
        return text.split(separator: "\n", omittingEmptySubsequences: false)
    }

    private static func typedLine(_ line: some StringProtocol) -> String? {
        guard let range = line.firstRange(of: "kd> "), line[..<range.lowerBound].allSatisfy({ "0: ".contains($0) })
        else { return nil }
        return String(line[range.upperBound...])
    }

    /// What the guide shows for one dump.
    private static func shown(for dump: String) throws -> [Exchange] {
        var exchanges: [Exchange] = []
        var isInside = false
        for line in try guide() {
            if line.hasPrefix("```") {
                isInside = line == "```text \(dump)"
            } else if isInside {
                if let typed = typedLine(line) {
                    exchanges.append(Exchange(line: typed))
                } else if !exchanges.isEmpty {
                    exchanges[exchanges.count - 1].answer.append(String(line))
                }
            }
        }
        return exchanges
    }

    /// What the shell answers when these lines are typed.
    private static func answered(_ lines: [String], dump: String, in folder: URL) throws -> [Exchange] {
        let run = try Run(
            Program.url, ["shell", dump, "--quiet"], input: lines.joined(separator: "\n") + "\n", in: folder)
        var exchanges: [Exchange] = []
        for line in run.text.split(separator: "\n", omittingEmptySubsequences: false) {
            if let typed = typedLine(line), exchanges.count < lines.count, typed == lines[exchanges.count] {
                exchanges.append(Exchange(line: typed))
            } else if !exchanges.isEmpty, typedLine(line) == nil {
                exchanges[exchanges.count - 1].answer.append(trimmedEnd(line))
            }
        }
        // Behind the last line end stands nothing.
        if exchanges.last?.answer.last == "" { exchanges[exchanges.count - 1].answer.removeLast() }
        return exchanges
    }

    private static func trimmedEnd(_ line: Substring) -> String {
        var line = line
        while line.last == " " { line.removeLast() }
        return String(line)
    }

    @Test("every answer in it is the shell's", arguments: scenarios.keys.sorted())
    func answers(dump: String) throws {
        let shown = try Self.shown(for: dump)
        #expect(!shown.isEmpty)
        let folder = URL(filePath: Scratch.file(dump)).deletingLastPathComponent()
        let made = try Run(
            Program.url, ["demo", "--scenario", Self.scenarios[dump] ?? "", "--quiet", "--keep", dump], in: folder)
        try #require(made.status == 0, "\(made.errorText)")
        let answered = try Self.answered(shown.map(\.line), dump: dump, in: folder)
        #expect(answered.map(\.line) == shown.map(\.line), Self.advice)
        for (shown, answered) in zip(shown, answered) {
            if shown.answer.last == "…" {
                let visible = shown.answer.dropLast()
                #expect(Array(answered.answer.prefix(visible.count)) == Array(visible), Self.advice)
                #expect(answered.answer.count > visible.count, Self.advice)
            } else {
                #expect(answered.answer == shown.answer, Self.advice)
            }
        }
    }
}
