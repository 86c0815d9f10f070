import ArgumentParser
import LeakAnalysis
import LeakReports

struct ExplainCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "explain",
        abstract: "Shows everything that keeps one logon session, token or process alive, as a tree.",
        discussion: """
            WHAT can be the LUID of a logon session in hex (0x1a2b3c, 0:1a2b3c), the kernel address of a session, token or process \
            (ffffb808`3ea02650), a process id (2228, 0x8b4), or a token id in hex. Digits alone are a process id first. Where a number \
            fits more than one of these, the first in this order is shown and the others are named.

            A session shows its tokens; a token its handles, processes, threads, trust links and the kernel's references; an exited \
            process its handles and threads. A process shows what it keeps as well.

            EXAMPLES
              logonleak explain MEMORY.DMP 0x1a2b3c
              logonleak explain MEMORY.DMP 2228 --limit 0
              logonleak explain MEMORY.DMP 0x1a2b3c --format dot | dot -Tsvg > session.svg
            """)

    enum Format: String, ExpressibleByArgument, CaseIterable {
        case text, json, dot
    }

    @OptionGroup var input: DumpOptions

    @Argument(help: ArgumentHelp("LUID, address, process id or token id.", valueName: "what"))
    var subject: String

    @Option(name: [.short, .long], help: "Form of the result: text, json, dot (a drawing for Graphviz).")
    var format: Format = .text

    @Option(help: ArgumentHelp("Most children that one node shows; 0 shows all.", valueName: "number"))
    var limit = 100

    @OptionGroup var redaction: RedactionOptions

    @OptionGroup var result: OutputOptions

    func validate() throws {
        guard limit >= 0 else { throw ValidationError("--limit takes 0 or a positive number.") }
    }

    func run() throws {
        try reportingFailures {
            let analysis = try redaction.analyze(input.opening)
            let limits =
                limit == 0 ? Explanation.Limits(children: .max, nodes: .max) : Explanation.Limits(children: limit)
            let explanation = Explanation(of: subject, in: analysis, limits: limits)
            let report = ExplanationReport(explanation, of: analysis)
            switch format {
            case .json: try result.write { report.writeJSON(tool: tool, to: $0) }
            case .text:
                try requireFound(explanation)
                try result.write(report.render(style: result.style))
            case .dot:
                try requireFound(explanation)
                try result.write(report.renderDOT())
            }
        }
    }

    private func requireFound(_ explanation: Explanation) throws(Failure) {
        guard explanation.found.isEmpty else { return }
        throw Failure(
            status: .inputRefused,
            summary: "\(input.dump) has no logon session, token or process \(subject.terminalSafe)")
    }
}
