import Foundation
import Testing

@Suite("Mutations of dumps")
struct MutationTests {
    private static let program = Program.url.deletingLastPathComponent().appending(path: "mutate-dumps")

    @Test("some hundreds of spoilt dumps are analysed or refused", .timeLimit(.minutes(15))) func mutations() throws {
        let run = try Run(Self.program, ["--count", "240", "--seed", "20", "--jobs", "2"])
        #expect(run.status == 0, "\(run.text)\(run.errorText)")
        #expect(run.text.hasPrefix("240 mutations: "), "\(run.text)")
        #expect(run.text.contains(" 0 failed"))
    }

    @Test("spoilt dumps of a kernel that nobody has symbols for", .timeLimit(.minutes(15))) func inferred() throws {
        let run = try Run(Self.program, ["--count", "90", "--seed", "21", "--jobs", "2", "--hide", "10.0.17763.5933"])
        #expect(run.status == 0, "\(run.text)\(run.errorText)")
        #expect(run.text.contains(" 0 failed"))
    }

    @Test("dumps cut at page borders", .timeLimit(.minutes(15))) func cuts() throws {
        let run = try Run(Self.program, ["--cuts", "--count", "60", "--jobs", "2"])
        #expect(run.status == 0, "\(run.text)\(run.errorText)")
    }

    @Test("a mutation by its number is always the same") func reproducible() throws {
        let files = [Scratch.file("one.dmp"), Scratch.file("two.dmp")]
        let runs = try files.map { try Run(Self.program, ["write", "--first", "17", "--output", $0]) }
        #expect(runs[0].status == 0 && runs[0].output == runs[1].output)
        #expect(try Data(contentsOf: URL(filePath: files[0])) == (try Data(contentsOf: URL(filePath: files[1]))))
    }
}
