import FileMapping
import KernelObjects
import KernelSymbols
import LeakAnalysis
import LeakReports
import MemoryImages

/// All mutations of one seed.
struct MutationSeries {
    let seed: UInt64
    /// The dumps that are spoilt, in turn.
    let subjects: [MutationSubject]

    /// One mutation by its number.
    func mutation(_ number: Int) -> Mutation {
        Mutation(of: subjects[number % subjects.count], seed: seed, number: number)
    }

    /// Makes a mutation and analyses it.
    func run(_ number: Int) -> MutationOutcome {
        let mutation = mutation(number)
        let file = MappedFile(bytes: mutation.bytes)
        let start = ContinuousClock.now
        let isAnalysed = Self.analyse(file)
        let time = ContinuousClock.now - start
        return MutationOutcome(
            number: number, isAnalysed: isAnalysed,
            microseconds: Int(time.components.seconds) * 1_000_000
                + Int(time.components.attoseconds / 1_000_000_000_000))
    }

    /// The whole way from the file to every report; false where the dump is refused.
    private static func analyse(_ file: MappedFile) -> Bool {
        let tool = ToolIdentity(name: "mutate-dumps", version: "0")
        do {
            let analysis = Analysis(of: try Snapshot(reading: try Kernel(in: try CrashDump(file: file))))
            var byteCount = 0
            JSONReport.write(analysis, tool: tool) { byteCount += $0.count }
            JSONReport.writeLines(analysis, tool: tool) { byteCount += $0.count }
            for subject in TableReport.Subject.allCases {
                TableReport(subject, of: analysis).writeCSV { byteCount += $0.count }
            }
            byteCount += TextReport.render(analysis, style: TextStyle(width: 100, color: true)).utf8.count
            return byteCount > 0
        } catch {
            return "\(error)".isEmpty
        }
    }
}

/// What became of one mutation.
struct MutationOutcome {
    let number: Int
    let isAnalysed: Bool
    let microseconds: Int

    /// A line for the parent process.
    func line(peakMemory: Int) -> String {
        "\(number) \(isAnalysed ? "analysed" : "refused") \(microseconds) \(peakMemory)"
    }
}
