import BinaryReading
import KernelObjects
import LeakAnalysis

/// What follows the first screen: findings, then sessions grouped by account and holder, then what could not be read.
struct TextDetails {
    /// Most rows of a table; the commands that are named below it print all.
    static let maximumRows = 100
    private static let maximumEvidence = 3
    private static let maximumGaps = 20
    private static let maximumCreators = 10
    private static let maximumWays = 3

    private let analysis: Analysis
    private let style: TextStyle

    init(_ analysis: Analysis, style: TextStyle) {
        self.analysis = analysis
        self.style = style
    }

    func render() -> String {
        var layout = TextLayout(style)
        renderFindings(&layout)
        renderCreators(&layout)
        renderGroups(
            "Leaked sessions by account and holder", analysis.sessions.filter { $0.state == .leaked }, &layout)
        renderGroups("Other sessions by account", analysis.sessions.filter { $0.state != .leaked }, &layout)
        renderTerminals(&layout)
        TextAccounts(analysis).render(&layout)
        if let inference = analysis.snapshot.kernel.inference { InferenceText(inference).render(&layout) }
        renderGaps(&layout)
        return layout.text.isEmpty ? "" : "\n" + layout.text
    }

    private func renderFindings(_ layout: inout TextLayout) {
        guard !analysis.findings.isEmpty else { return }
        layout.heading("Findings")
        for (number, finding) in analysis.findings.enumerated() {
            let role: TextStyle.Role? =
                switch finding.severity {
                case .critical: .bad
                case .warning: .warning
                case .notice: nil
                }
            let text = "\(finding.severity.word): \(finding.headline.terminalSafe) (\(finding.confidence.word))"
            layout.paragraph(text, first: "  \(number + 1). ", role: role)
            layout.paragraph(finding.detail.terminalSafe, first: "     ")
            layout.paragraph(finding.advice.terminalSafe, first: "     What to do: ")
            for item in finding.evidence.prefix(Self.maximumEvidence) {
                let place = item.address.map { $0.debuggerText + " " } ?? ""
                layout.paragraph("\(place)\(item.field) = \(item.value)".terminalSafe, first: "     - ", role: .quiet)
            }
            let more = finding.evidence.count - Self.maximumEvidence
            if more > 0 { layout.paragraph("(\(more.groupedText) more in the JSON)", first: "     - ", role: .quiet) }
        }
    }

    private func renderCreators(_ layout: inout TextLayout) {
        guard !analysis.makers.isEmpty else { return }
        layout.heading("Who made the tokens (the creator is not the holder)")
        let ways = waysOfCreation()
        for row in analysis.makers.prefix(Self.maximumCreators) {
            let text =
                "\(row.key.processID):\(row.key.imageName) (\(row.key.method.word)): \(row.tokens.counted("token")), "
                + row.leakedSessions.counted("leaked session")
            layout.paragraph(text.terminalSafe, first: "  ")
            let own = (ways[row.key.maker] ?? [:]).sorted { ($1.value, $0.key) < ($0.value, $1.key) }
            for (way, tokens) in own.prefix(Self.maximumWays) {
                layout.paragraph("\(tokens.groupedText) by \(way)".terminalSafe, first: "      ", role: .quiet)
            }
        }
        let more = analysis.makers.count - Self.maximumCreators
        if more > 0 { layout.paragraph("\(more.groupedText) more creators stand in the JSON.", first: "  ") }
    }

    /// For each maker that is shown, the kernel's routines that its tokens came through, innermost first, with the number of tokens.
    private func waysOfCreation() -> [CreatorAnalysis.Key: [String: Int]] {
        let makers = Set(analysis.makers.prefix(Self.maximumCreators).map(\.key.maker))
        var counts = WayCounts(analysis.snapshot)
        var lastMaker: CreatorAnalysis.Key?
        var isShown = false
        for row in analysis.creators.indices {
            if lastMaker.map({ !analysis.creators[row].key.hasMaker($0) }) ?? true {
                let maker = analysis.creators[row].key.maker
                lastMaker = maker
                isShown = makers.contains(maker)
            }
            guard isShown, let maker = lastMaker else { continue }
            counts.add(analysis.creators[row].tokens, of: maker, by: analysis.creators[row].key.trace)
        }
        return counts.ways
    }

    /// Sessions of one state, kind, account and set of holders.
    private struct GroupKey: Hashable, Comparable {
        let state: String
        let account: String
        let kind: String
        let holders: String

        static func < (left: GroupKey, right: GroupKey) -> Bool {
            (left.state, left.account, left.kind, left.holders) < (
                right.state, right.account, right.kind, right.holders
            )
        }
    }

    private func renderGroups(_ title: String, _ sessions: [SessionAnalysis], _ layout: inout TextLayout) {
        guard !sessions.isEmpty else { return }
        var groups: [GroupKey: [SessionAnalysis]] = [:]
        for session in sessions {
            let holders = session.holders.map(analysis.label(of:)).joined(separator: " ")
            let key = GroupKey(
                state: session.state.rawValue, account: analysis.accountName(of: session) ?? "(no account)",
                kind: session.kind.text, holders: session.state == .leaked ? holders : "")
            groups[key, default: []].append(session)
        }
        let isLeak = sessions.allSatisfy { $0.state == .leaked }
        var table = Table(columns: [
            .init(title: "count", isRightAligned: true), .init(title: isLeak ? "sure" : "state"),
            .init(title: "kind", isFlexible: true), .init(title: "account", isFlexible: true),
            .init(title: "sessions", isFlexible: true),
        ])
        if isLeak { table.columns.append(.init(title: "held by", isFlexible: true)) }
        let ordered = groups.sorted { left, right in
            left.value.count != right.value.count ? left.value.count > right.value.count : left.key < right.key
        }
        for (key, members) in ordered.prefix(Self.maximumRows) {
            let first = members.first.map { analysis.snapshot.logonSessions[$0.session].luid.description } ?? ""
            let sure = members.map(\.confidence).min() ?? .possible
            var row: [String?] = [
                members.count.groupedText, isLeak ? sure.word : key.state, key.kind, key.account,
                members.count > 1 ? first + " …" : first,
            ]
            if isLeak { row.append(key.holders.isEmpty ? "not found" : key.holders) }
            table.rows.append(row)
        }
        layout.heading(title)
        layout.table(table)
        renderRemainder(ordered.count, shown: Self.maximumRows, "groups", "sessions", &layout)
        guard isLeak, let first = ordered.first?.value.first else { return }
        let luid = analysis.snapshot.logonSessions[first.session].luid
        layout.paragraph("`logonleak explain DUMP \(luid)` shows everything that keeps one of them.", first: "  ")
    }

    private func renderTerminals(_ layout: inout TextLayout) {
        let leaked = analysis.terminalSessions.filter { $0.state == .leaked }
        guard !leaked.isEmpty else { return }
        var table = Table(columns: [
            .init(title: "id", isRightAligned: true), .init(title: "tokens", isRightAligned: true),
            .init(title: "exited processes", isRightAligned: true), .init(title: "ended after"),
            .init(title: "held by", isFlexible: true),
        ])
        for terminal in leaked.prefix(Self.maximumRows) {
            let holders = terminal.holders.map(analysis.label(of:)).joined(separator: " ")
            table.rows.append([
                String(terminal.id), terminal.tokens.count.groupedText, terminal.exitedProcesses.count.groupedText,
                terminal.leakedSince?.notBefore?.minuteText, holders.isEmpty ? "not found" : holders,
            ])
        }
        layout.heading("Leaked terminal sessions")
        layout.table(table)
        renderRemainder(leaked.count, shown: Self.maximumRows, "terminal sessions", "terminals", &layout)
    }

    private func renderGaps(_ layout: inout TextLayout) {
        let gaps = analysis.snapshot.gaps
        guard !gaps.isEmpty else { return }
        layout.heading("What could not be read")
        for gap in gaps.prefix(Self.maximumGaps) {
            let place = gap.address.map { " at " + $0.debuggerText } ?? ""
            layout.paragraph("\(gap.what)\(place): \(gap.why). \(gap.limits)".terminalSafe, first: "  - ")
        }
        if gaps.count > Self.maximumGaps {
            layout.paragraph("\((gaps.count - Self.maximumGaps).groupedText) more stand in the JSON.", first: "  ")
        }
    }

    private func renderRemainder(
        _ count: Int, shown: Int, _ items: String, _ command: String, _ layout: inout TextLayout
    ) {
        guard count > shown else { return }
        layout.paragraph(
            "\((count - shown).groupedText) more \(items): `logonleak \(command)` lists all.", first: "  ")
    }
}
