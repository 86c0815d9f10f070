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
    /// Built-in profiles that are treated as if they were not there.
    let hidden: HiddenProfiles
    /// Whether they are only cut, each number at another page border.
    let isCutting: Bool

    /// One mutation by its number.
    func mutation(_ number: Int) -> Mutation {
        let subject = subjects[number % subjects.count]
        return isCutting
            ? Mutation(of: subject, number: number, cutInTurn: number / subjects.count)
            : Mutation(of: subject, seed: seed, number: number)
    }

    /// Makes a mutation and analyses it.
    func run(_ number: Int) -> MutationOutcome {
        let mutation = mutation(number)
        let file = MappedFile(bytes: mutation.bytes)
        let start = ContinuousClock.now
        let isAnalysed = analyse(file, number)
        let time = ContinuousClock.now - start
        return MutationOutcome(
            number: number, isAnalysed: isAnalysed,
            microseconds: Int(time.components.seconds) * 1_000_000
                + Int(time.components.attoseconds / 1_000_000_000_000))
    }

    /// The whole way from the file to the reports, those of less use now and then; false where the dump is refused.
    private func analyse(_ file: MappedFile, _ number: Int) -> Bool {
        let tool = ToolIdentity(name: "mutate-dumps", version: "0")
        do {
            let kernel = try Kernel(in: try CrashDump(file: file), hiding: hidden)
            let snapshot = try Snapshot(reading: kernel, scan: number % 16 < 8 ? .auto : .pool)
            let analysis = Analysis(of: snapshot)
            var byteCount = 0
            JSONReport.write(analysis, tool: tool) { byteCount += $0.count }
            if number % 16 == 1 { JSONReport.writeLines(analysis, tool: tool) { byteCount += $0.count } }
            if number % 16 == 2 {
                for subject in TableReport.Subject.allCases {
                    TableReport(subject, of: analysis).writeCSV { byteCount += $0.count }
                }
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
