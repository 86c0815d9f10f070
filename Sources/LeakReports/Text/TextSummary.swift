import BinaryReading
import KernelObjects
import LeakAnalysis

/// The first screen: the verdict, and everything that decides what to do next.
struct TextSummary {
    /// Lines of the screen that it fits, without the one that the prompt needs.
    static let maximumLines = 23
    private static let labelWidth = 10

    private let analysis: Analysis
    private let style: TextStyle

    init(_ analysis: Analysis, style: TextStyle) {
        self.analysis = analysis
        self.style = style
    }

    func render() -> String {
        var lines = headline() + [""]
        lines += labelled("Dump", dumpText, most: 2)
        lines += labelled("Sessions", sessionsText, most: 2)
        lines += labelled("Terminals", terminalsText, most: 1)
        lines += list("Held by", holderTexts, most: 3)
        lines += list("Made by", creatorTexts, most: 2)
        lines += list("Do this", stepTexts, most: 3)
        if stepTexts.isEmpty { lines += labelled("Do this", firstAdvice, most: 2) }
        lines += labelled("Age", ageText, most: 2)
        lines += labelled("Counts", countsText, most: 2)
        lines += labelled("Not read", limitsText, most: 3)
        return lines.prefix(Self.maximumLines).joined(separator: "\n") + "\n"
    }

    private func headline() -> [String] {
        let verdict = analysis.verdict
        let role: TextStyle.Role =
            switch verdict.state {
            case .leak: .bad
            case .suspect, .incomplete: .warning
            case .clean: .good
            }
        let word = verdict.state.rawValue.uppercased()
        let sure = verdict.state == .incomplete ? "" : " (\(verdict.confidence.word))"
        let text = word + sure + ": " + verdict.headline.terminalSafe
        return cut(TextLayout.wrapped(text, width: style.width), most: 2).map { style.paint($0, role) }
    }

    /// A label and a text of at most so many lines.
    private func labelled(_ label: String, _ text: String?, most: Int) -> [String] {
        guard let text else { return [] }
        let wrapped = TextLayout.wrapped(text.terminalSafe, width: style.width - Self.labelWidth)
        return cut(wrapped, most: most).enumerated().map { number, line in margin(number == 0 ? label : "") + line }
    }

    /// A label and items, one a line; the last line says how many are left out.
    private func list(_ label: String, _ items: [String], most: Int) -> [String] {
        guard !items.isEmpty else { return [] }
        var shown = items.prefix(most).map { $0 }
        if items.count > most { shown[most - 1] = "and \((items.count - most + 1).groupedText) more" }
        return shown.enumerated().map { number, item in
            margin(number == 0 ? label : "") + item.terminalSafe.fitted(to: style.width - Self.labelWidth)
        }
    }

    private func margin(_ label: String) -> String {
        let padding = String(repeating: " ", count: Swift.max(0, Self.labelWidth - label.columns))
        return (label.isEmpty ? label : style.paint(label, .heading)) + padding
    }

    private func cut(_ lines: [String], most: Int) -> [String] {
        guard lines.count > most, let last = lines.prefix(most).last else { return lines }
        return lines.prefix(most - 1) + [(last + " …").fitted(to: Swift.max(last.columns, 2))]
    }

    // MARK: Sentences

    private var dumpText: String {
        let dump = analysis.snapshot.dump
        var parts = ["Windows \(analysis.snapshot.kernel.version)"]
        if let name = dump.computerName { parts.append("of \(name)") }
        if let captured = dump.captured { parts.append("captured \(captured.minuteText)") }
        if let uptime = dump.uptimeSeconds { parts.append("up \(uptime.durationText)") }
        let tracking = analysis.snapshot.tracking
        if !tracking.isSupported {
            parts.append("this version cannot record creators")
        } else if let isEnabled = tracking.isEnabled {
            parts.append("leak tracking \(isEnabled ? "on" : "off")")
        } else {
            parts.append("leak tracking unknown")
        }
        if let inference = analysis.snapshot.kernel.inference {
            parts.append("without symbols: layouts of \(inference.layouts) (\(inference.confidence))")
        }
        return parts.joined(separator: ", ")
    }

    private var sessionsText: String {
        let counts = analysis.totals.sessions
        let order: [SessionState] = [.leaked, .active, .idle, .system, .unused]
        let states = order.compactMap { state -> String? in
            guard let count = counts[state], count > 0 else { return nil }
            return "\(count.groupedText) \(state.rawValue)"
        }
        let folded = analysis.sessions.count { $0.state == .leaked && $0.limitedHalf != nil }
        let note =
            folded > 0
            ? " (\(folded.groupedText) of the leaked \(folded == 1 ? "is a full half" : "are full halves") of UAC pairs, "
                + "one leak with the other half)" : ""
        return "\(analysis.totals.sessionCount.groupedText) logon sessions: \(states.joined(separator: ", "))\(note)"
    }

    private var terminalsText: String {
        let totals = analysis.totals
        return "\((totals.liveTerminalSessions + totals.leakedTerminalSessions).groupedText) terminal sessions: "
            + "\(totals.leakedTerminalSessions.groupedText) leaked, \(totals.liveTerminalSessions.groupedText) live"
    }

    private var holderTexts: [String] {
        analysis.holders.map { row in
            var parts: [String] = []
            if row.leakedSessions > 0 {
                parts.append(
                    row.leakedSessions.counted("session")
                        + (row.holder == .unknown ? "" : " (\(row.leakedSessionsAlone.groupedText) alone)"))
            }
            if row.leakedTerminalSessions > 0 { parts.append(row.leakedTerminalSessions.counted("terminal")) }
            return
                "\(row.holder == .unknown ? "not found" : analysis.label(of: row.holder)): \(parts.joined(separator: ", "))"
        }
    }

    private var creatorTexts: [String] {
        analysis.makers.map { row in
            "\(row.key.processID):\(row.key.imageName) (\(row.key.method.word)): \(row.tokens.counted("token")) of "
                + row.leakedSessions.counted("leaked session")
        }
    }

    private var stepTexts: [String] {
        analysis.fixPlan.enumerated().map { number, step in
            "\(number + 1). \(step.sentence(analysis)): frees \(step.freesSessions.counted("session")), "
                + step.freesTokens.counted("token")
                + (number == 0 ? "" : "; \(step.cumulativeSessions.groupedText) in all")
        }
    }

    /// Where there is no plan: what the gravest finding says.
    private var firstAdvice: String? {
        guard let finding = analysis.findings.first, finding.severity > .notice else { return nil }
        return finding.advice
    }

    /// How old the leaked sessions are, and how many come in a day.
    private var ageText: String? {
        let leaks = analysis.sessions.filter(\.isLeakOfItsOwn)
        guard let oldest = leaks.first, let newest = leaks.last, let captured = analysis.snapshot.dump.captured else {
            return nil
        }
        guard let most = oldest.made.age(at: captured).maximum else { return nil }
        let least = newest.made.age(at: captured).minimum ?? 0
        let span = most > least ? most - least : 0
        let perDay = span >= 3_600 && leaks.count > 1 ? UInt64(leaks.count) * 86_400 / span : 0
        let youngest = least > 0 ? ", the newest at least \(least.durationText)" : ""
        let rate = perDay > 0 ? ", about \(perDay.counted("leaked session")) a day" : ""
        return "the oldest is at most \(most.durationText) old\(youngest)\(rate) (approximate)"
    }

    private var countsText: String {
        let closed = analysis.sessions.count { $0.account.isClosed }
        var text =
            "\(closed.groupedText) of \(analysis.sessions.count.groupedText) session counters are fully explained"
        let objects = analysis.tokenObjects
        if let total = objects.typeTotal {
            text += "; \(objects.found.groupedText) of \(total.groupedText) token objects were found"
        } else {
            text += "; \(objects.found.counted("token")) were found"
        }
        return text
    }

    private var limitsText: String? {
        let limits = analysis.verdict.coverage.limits
        let gaps = analysis.snapshot.gaps.count
        let damage = gaps > 0 ? ["\(gaps.counted("part")) of the dump could not be read."] : []
        let all = limits + damage
        return all.isEmpty ? nil : all.joined(separator: " ")
    }
}

extension FixStep {
    /// What to do, as the beginning of a sentence.
    func sentence(_ analysis: Analysis) -> String {
        let name = analysis.label(of: holder)
        return switch (action, holder) {
        case (.stopProcess, _): "Stop \(name)"
        case (.restartMachine, .process): "Restart Windows (\(name) cannot be stopped)"
        case (.restartMachine, _): "Restart Windows (the sessions hold themselves)"
        case (.findDriver, _): "Find the driver, restart Windows (held by the kernel)"
        }
    }
}
