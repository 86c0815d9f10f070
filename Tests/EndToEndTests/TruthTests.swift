import Foundation
import Testing

/// What the shared dumps must show with the sources that are read so far.
private struct Expectation: Sendable {
    static let sources = "tokenList,primaryToken,impersonation,sessionCache,trustLink"
    static let always = ["dump", "sessions", "counts", "tokens", "creators", "frames", "processes"]
    static let withTracking = ["states", "terminals", "verdict"]

    /// The aspects of a dump that must be right. Without tracking, tokens that only handles reach are not seen yet; in the damaged dump
    /// neither; and the hoard is one of handles.
    static func aspects(of name: String, isTracking: Bool) -> [String] {
        if name == "corrupt-19041" { return ["dump", "sessions", "counts", "processes"] }
        let aspects = always + (isTracking ? withTracking : [])
        return name == "hoard-17763" ? aspects.filter { $0 != "verdict" } : aspects
    }
}

@Suite("Shared dumps", .enabled(if: SharedDumps.isAvailable))
struct TruthTests {
    @Test("the analysis agrees with the truth file", arguments: SharedDumps.names)
    func truth(name: String) throws {
        try SharedDumps.withDump(name) { path in
            let analysis = Scratch.file("\(name).json")
            defer { try? FileManager.default.removeItem(atPath: analysis) }
            let run = try Program.run("analyze", path, "--format", "json", "--output", analysis)
            try #require(run.status == 0, "\(run.errorText)")
            let aspects = Expectation.aspects(of: name, isTracking: try isTracking(analysis))
            let check = try SharedDumps.check(
                analysis, against: SharedDumps.truth(name),
                ["--aspects", aspects.joined(separator: ","), "--sources", Expectation.sources])
            #expect(check.status == 0, "\(check.text)\(check.errorText)")
        }
    }

    /// Whether the analysis says that tracking was on; the aspect `dump` holds that against the truth.
    private func isTracking(_ analysis: String) throws -> Bool {
        let text = try Data(contentsOf: URL(filePath: analysis)).prefix(8192)
        return String(decoding: text, as: UTF8.self).contains(#""enabled":true"#)
    }
}
