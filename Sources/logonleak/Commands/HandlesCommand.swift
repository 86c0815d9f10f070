public import ArgumentParser
import LeakAnalysis
public import LeakReports

struct HandlesCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "handles",
        abstract: "Lists every handle to a token, a process or a thread, and counts all others by type.",
        discussion: """
            EXAMPLES
              logonleak handles MEMORY.DMP --type token
              logonleak handles MEMORY.DMP --process 2228
              logonleak handles MEMORY.DMP --format csv --output handles.csv
            """)

    @OptionGroup var input: DumpOptions

    @Option(help: ArgumentHelp("Only the handles of the process with this id.", valueName: "pid"))
    var process: UInt64?

    @Option(help: "Only handles of this type: token, process, thread.")
    var type: HandleReport.Subject?

    @Option(name: [.short, .long], help: "Form of the result: text, json, csv.")
    var format: TableOptions.Format = .text

    @OptionGroup var redaction: RedactionOptions

    @OptionGroup var result: OutputOptions

    func run() throws {
        try reportingFailures {
            let analysis = try redaction.analyze(input.opening)
            let report = HandleReport(of: analysis, processID: process, subject: type)
            switch format {
            case .text:
                if report.isEmpty, let process {
                    throw Failure(
                        status: .inputRefused, summary: "\(input.dump) has no process \(process) with a handle table")
                }
                try result.write { report.render(style: result.tableStyle, to: $0) }
            case .json: try result.write { report.writeJSON(tool: tool, to: $0) }
            case .csv: try result.write { report.writeCSV(to: $0) }
            }
        }
    }
}

extension HandleReport.Subject: ExpressibleByArgument {}
