import ArgumentParser
import LeakAnalysis
import LeakReports

struct CompareCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "compare",
        abstract: "Says what came, what went and what grew between two dumps of one boot.",
        discussion: """
            Logon sessions, tokens, handles and exited processes, by holder and by creation stack, with rates per hour. Dumps of \
            different boots, machines or kernels are listed too, but the first lines say that they are not comparable.

            EXAMPLES
              logonleak compare MONDAY.DMP TUESDAY.DMP
              logonleak compare MONDAY.DMP TUESDAY.DMP --format json --output growth.json
            """)

    enum Format: String, ExpressibleByArgument, CaseIterable {
        case text, json
    }

    @Argument(help: "The older dump.", completion: .file(extensions: ["dmp", "DMP"]))
    var old: String

    @Argument(help: "The newer dump.", completion: .file(extensions: ["dmp", "DMP"]))
    var new: String

    @OptionGroup var reading: ReadingOptions

    @Option(name: [.short, .long], help: "Form of the result: text, json.")
    var format: Format = .text

    @OptionGroup var redaction: RedactionOptions

    @OptionGroup var result: OutputOptions

    func run() throws {
        try reportingFailures {
            let (before, after) = try redaction.analyze(reading.opening(old), reading.opening(new))
            let report = ComparisonReport(Comparison(from: before, to: after))
            switch format {
            case .text: try result.write(report.render(style: result.style))
            case .json: try result.write { report.writeJSON(tool: tool, to: $0) }
            }
        }
    }
}
