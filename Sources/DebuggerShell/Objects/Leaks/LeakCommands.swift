import BinaryReading
import KernelObjects
import LeakAnalysis
import LeakReports

/// `!leaks`: the verdict on this dump (ours).
struct ShowLeaks: ShellCommand {
    let names = ["!leaks"]
    let summary = "Says whether logon sessions or tokens leak, who holds them, and what to do."
    let usage = ["!leaks [-v]", "    -v: findings, creators and tables too"]

    func run(_ invocation: Invocation, in session: ShellSession, to output: CommandOutput) throws(CommandError) {
        var arguments = ArgumentReader(invocation.arguments)
        let isVerbose = arguments.take("-v", "-verbose")
        guard arguments.isAtEnd else { throw .words("Usage: !leaks [-v]") }
        let analysis = try session.analysis()
        let text =
            isVerbose
            ? TextReport.render(analysis, style: .shell) : TextReport.renderSummary(analysis, style: .shell)
        try output.lines(of: text)
    }
}

/// `!explain`: all that keeps one session, token or process, as a tree (ours).
struct Explain: ShellCommand {
    let names = ["!explain"]
    let summary = "Shows everything that keeps one logon session, token or process."
    let usage = [
        "!explain LUID | ADDRESS | PID",
        "    A number of digits alone is taken for a process id first; 0x3e7 or 0:3e7 is a LUID.",
        "!explain 0x1a2b3c", "!explain 0n676", "!explain @$proc",
    ]

    func run(_ invocation: Invocation, in session: ShellSession, to output: CommandOutput) throws(CommandError) {
        let argument = invocation.arguments.trimmed
        guard !argument.isEmpty else {
            throw .words(["!explain needs a LUID, an address or a process id.", "Usage: !explain LUID | ADDRESS | PID"])
        }
        let analysis = try session.analysis()
        var explanation = Explanation(of: argument, in: analysis)
        if explanation.found.isEmpty {
            // An expression of the debugger: 0n676, @$proc, poi(…).
            explanation = Explanation(of: try session.evaluate(argument).hexText, in: analysis)
        }
        guard !explanation.found.isEmpty else {
            throw .words([
                "\(argument) is no logon session, token or process of this dump.",
                "!logonsession 0, !tl and !handle 0 0 0 Token list what there is.",
            ])
        }
        try output.lines(of: ExplanationReport(explanation, of: analysis).render(style: .shell))
    }
}

/// `!holders`: who keeps leaked sessions, the worst first (ours).
struct ShowHolders: ShellCommand {
    let names = ["!holders"]
    let summary = "Lists who holds leaked sessions, and how many each holds alone."
    let usage = ["!holders"]

    func run(_ invocation: Invocation, in session: ShellSession, to output: CommandOutput) throws(CommandError) {
        let analysis = try session.analysis()
        guard !analysis.holders.isEmpty else {
            return try output.line("Nobody holds a leaked session.")
        }
        let numbers = ["Sessions", "Alone", "Terminals", "Tokens", "Handles"]
        var table = ColumnTable(
            [ColumnTable.Column(title: "Holder")] + numbers.map { ColumnTable.Column(title: $0, isNumber: true) })
        for row in analysis.holders {
            table.add(
                [row.holder == .unknown ? "not found" : analysis.label(of: row.holder)]
                    + [
                        row.leakedSessions, row.leakedSessionsAlone, row.leakedTerminalSessions, row.tokens,
                    ].map { String($0) } + [row.handles.map { String($0) } ?? "?"])
        }
        for line in table.lines() { try output.line(line) }
        try output.remark("The holder must let go; who made the tokens is another question: !creators.")
    }
}

/// `!creators`: who made the tokens that leaked sessions have (ours).
struct ShowCreators: ShellCommand {
    let names = ["!creators"]
    let summary = "Lists who made tokens, by process and way; with -v each stack."
    let usage = ["!creators [-v]", "    -v: each creation stack apart, with its frames"]

    func run(_ invocation: Invocation, in session: ShellSession, to output: CommandOutput) throws(CommandError) {
        var arguments = ArgumentReader(invocation.arguments)
        let isVerbose = arguments.take("-v", "-verbose")
        guard arguments.isAtEnd else { throw .words("Usage: !creators [-v]") }
        let analysis = try session.analysis()
        let rows = isVerbose ? analysis.creators : analysis.makers
        guard !rows.isEmpty else { throw .words(Self.nothing(analysis.snapshot.tracking)) }
        if isVerbose {
            for row in rows { try Self.show(row, analysis, to: output) }
        } else {
            var table = ColumnTable([
                ColumnTable.Column(title: "Creator"), ColumnTable.Column(title: "Method"),
                ColumnTable.Column(title: "Tokens", isNumber: true),
                ColumnTable.Column(title: "Sessions", isNumber: true),
            ])
            for row in rows {
                table.add([
                    "\(row.key.processID):\(row.key.imageName)", row.key.method.word, String(row.tokens),
                    String(row.leakedSessions),
                ])
            }
            for line in table.lines() { try output.line(line) }
        }
        try output.remark("The creator made them; who must let go stands in !holders.")
    }

    private static func nothing(_ tracking: LeakTracking) -> [String] {
        if !tracking.isSupported { return ["This version of Windows does not record who makes tokens."] }
        if tracking.isEnabled == false {
            return [
                "Leak tracking was off, so that nothing says who made the tokens.",
                "`logonleak capture` tells how to switch it on.",
            ]
        }
        return ["No token of a leaked session has a record of its creation."]
    }

    private static func show(_ row: CreatorAnalysis, _ analysis: Analysis, to output: CommandOutput)
        throws(CommandError)
    {
        let tokens = row.tokens == 1 ? "1 token" : "\(row.tokens) tokens"
        let sessions = row.leakedSessions == 1 ? "1 leaked session" : "\(row.leakedSessions) leaked sessions"
        let name = "\(row.key.processID):\(row.key.imageName)".terminalSafe
        try output.line("\(name) \(row.key.method.word): \(tokens) of \(sessions)")
        for address in row.key.trace {
            let frame = analysis.snapshot.frame(at: address)
            try output.line("    \(address.debuggerText)" + (frame.module == nil ? "" : " " + frame.text.terminalSafe))
        }
        try output.line("")
    }
}

extension TextStyle {
    /// How reports look in the shell: wide lines, and no colour, so that filters see plain text.
    static let shell = TextStyle(width: 120, color: false)
}

extension CommandOutput {
    /// Writes a text line by line.
    func lines(of text: String) throws(CommandError) {
        var lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        if lines.last?.isEmpty == true { lines.removeLast() }
        for line in lines { try self.line(String(line)) }
    }
}
