import ArgumentParser
import LeakAnalysis
import LeakReports

struct AnalyzeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "analyze",
        abstract: "Says whether logon sessions leaked, who holds them, who made their tokens, and what to do.",
        discussion: """
            The first screen is the answer: is there a leak, how big, who holds it, who made it, what frees how much, how old, do the \
            counts add up, what was missing. Findings with advice and the sessions follow.

            EXAMPLES
              logonleak analyze MEMORY.DMP
              logonleak analyze MEMORY.DMP --format json --output leak.json
              logonleak analyze MEMORY.DMP --exit-code --quiet > /dev/null || echo "something leaks"
            """)

    enum Format: String, ExpressibleByArgument, CaseIterable {
        case text, json, jsonl
    }

    @OptionGroup var input: DumpOptions

    @Option(name: [.short, .long], help: "Form of the result: text, json (one object), jsonl (one object a line).")
    var format: Format = .text

    @OptionGroup var redaction: RedactionOptions

    @OptionGroup var result: OutputOptions

    @Flag(help: "Let the verdict set the exit status: 1 leak, 2 suspect, 3 incomplete.")
    var exitCode = false

    func run() throws {
        try reportingFailures {
            let analysis = try redaction.analyze(input.opening)
            switch format {
            case .text: try result.write(TextReport.render(analysis, style: result.style))
            case .json: try result.write { JSONReport.write(analysis, tool: tool, to: $0) }
            case .jsonl: try result.write { JSONReport.writeLines(analysis, tool: tool, to: $0) }
            }
            let status = exitCode ? Self.status(of: analysis.verdict.state) : .done
            withExtendedLifetime(analysis) { endProgram(status: status.rawValue) }
        }
    }

    private static func status(of state: Verdict.State) -> ExitStatus {
        switch state {
        case .leak: .leak
        case .suspect: .suspect
        case .incomplete: .incomplete
        case .clean: .done
        }
    }
}
