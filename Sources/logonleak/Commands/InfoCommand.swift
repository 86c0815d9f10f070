import ArgumentParser
import KernelSymbols
import LeakReports
import MemoryImages

struct InfoCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "info",
        abstract: "Says what a file is, what it holds and whether it can be analysed.",
        discussion: """
            Also of files that cannot be analysed: triage dumps with their drivers and stack, dumps of other processors, encrypted or \
            unfinished dumps, and foreign formats by name.

            EXAMPLES
              logonleak info MEMORY.DMP
              logonleak info 110124-7890-01.dmp --format json
            """)

    enum Format: String, ExpressibleByArgument, CaseIterable {
        case text, json
    }

    @OptionGroup var input: DumpOptions

    @Option(name: [.short, .long], help: "Form of the result: text, json.")
    var format: Format = .text

    @OptionGroup var result: OutputOptions

    func run() throws {
        try reportingFailures {
            let report = try report()
            switch format {
            case .text: try result.write(report.render(style: result.style))
            case .json: try result.write { report.writeJSON(tool: tool, to: $0) }
            }
        }
    }

    private func report() throws(Failure) -> InformationReport {
        let file = try input.opening.mapFile()
        let crashDump: CrashDump
        do { crashDump = try CrashDump(file: file) } catch { return InformationReport(of: error, file: file) }
        do {
            return InformationReport(of: crashDump, kernel: try input.opening.kernel(in: crashDump))
        } catch {
            return InformationReport(of: crashDump, failure: error)
        }
    }
}
