import ArgumentParser
import LeakReports

/// What the commands that print one list of the analysis have in common.
struct TableOptions: ParsableArguments {
    enum Format: String, ExpressibleByArgument, CaseIterable {
        case text, json, csv
    }

    @OptionGroup var input: DumpOptions

    @Option(name: [.short, .long], help: "Form of the result: text, json, csv.")
    var format: Format = .text

    @OptionGroup var redaction: RedactionOptions

    @OptionGroup var result: OutputOptions

    func write(_ subject: TableReport.Subject) throws(Failure) {
        let report = TableReport(subject, of: try redaction.analyze(input.opening))
        switch format {
        case .text: try result.write(report.render(style: result.tableStyle))
        case .json: try result.write { report.writeJSON(tool: tool, to: $0) }
        case .csv: try result.write { report.writeCSV(to: $0) }
        }
    }
}

/// A command that prints one list of the analysis.
protocol TableCommand: ParsableCommand {
    static var subject: TableReport.Subject { get }
    var options: TableOptions { get }
}

extension TableCommand {
    func run() throws { try reportingFailures { try options.write(Self.subject) } }

    static func table(_ abstract: String) -> CommandConfiguration {
        CommandConfiguration(
            commandName: subject.rawValue, abstract: abstract,
            discussion: """
                EXAMPLES
                  logonleak \(subject.rawValue) MEMORY.DMP
                  logonleak \(subject.rawValue) MEMORY.DMP --format csv --output \(subject.rawValue).csv
                """)
    }
}

struct SessionsCommand: TableCommand {
    static let subject = TableReport.Subject.sessions
    static let configuration: CommandConfiguration = table("Lists the logon sessions with state, kind and references.")
    @OptionGroup var options: TableOptions
}

struct TokensCommand: TableCommand {
    static let subject = TableReport.Subject.tokens
    static let configuration: CommandConfiguration = table(
        "Lists the access tokens with user, session, creator and pins.")
    @OptionGroup var options: TableOptions
}

struct ProcessesCommand: TableCommand {
    static let subject = TableReport.Subject.processes
    static let configuration: CommandConfiguration = table(
        "Lists running processes and those whose objects outlived them.")
    @OptionGroup var options: TableOptions
}

struct ModulesCommand: TableCommand {
    static let subject = TableReport.Subject.modules
    static let configuration: CommandConfiguration = table("Lists the loaded kernel modules.")
    @OptionGroup var options: TableOptions
}

struct TerminalsCommand: TableCommand {
    static let subject = TableReport.Subject.terminals
    static let configuration: CommandConfiguration = table(
        "Lists the terminal sessions, those that live and those that leaked.")
    @OptionGroup var options: TableOptions
}
