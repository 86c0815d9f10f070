import Foundation
import Testing

@Suite("Shared dumps", .enabled(if: SharedDumps.isAvailable))
struct TruthTests {
    @Test("the analysis agrees with the truth file", arguments: SharedDumps.names)
    func truth(name: String) throws {
        try SharedDumps.withDump(name) { path in
            let analysis = Scratch.file("\(name).json")
            defer { try? FileManager.default.removeItem(atPath: analysis) }
            let run = try Program.run("analyze", path, "--format", "json", "--output", analysis)
            try #require(run.status == 0, "\(run.errorText)")
            // Every aspect, and tokens from every source: the pool is searched where the count of tokens does not close.
            let check = try SharedDumps.check(analysis, against: SharedDumps.truth(name), [])
            #expect(check.status == 0, "\(check.text)\(check.errorText)")
        }
    }
}
