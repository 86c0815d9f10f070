import BinaryReading
import KernelObjects
import LeakAnalysis

/// A comparison for people: whether it can be made, the totals, who grew, what is new and what is gone.
struct ComparisonText {
    private static let maximumRows = 50
    private static let maximumCreators = 10
    private static let maximumWays = 3

    private let comparison: Comparison
    private let style: TextStyle

    init(_ comparison: Comparison, style: TextStyle) {
        self.comparison = comparison
        self.style = style
    }

    private var isComparable: Bool { comparison.basis.isComparable }
    private var seconds: UInt64? { isComparable ? comparison.basis.seconds : nil }

    func render() -> String {
        var layout = TextLayout(style)
        renderHead(&layout)
        renderTotals(&layout)
        renderHolders(&layout)
        renderCreations(&layout)
        renderSessions("New logon sessions", comparison.newSessions, of: comparison.new, &layout)
        renderStateChanges(&layout)
        renderSessions("Gone logon sessions", comparison.goneSessions, of: comparison.old, &layout)
        renderZombies("New exited processes that are kept", comparison.newZombies, of: comparison.new, &layout)
        renderZombies("Gone ones", comparison.goneZombies, of: comparison.old, &layout)
        return layout.text
    }

    private func renderHead(_ layout: inout TextLayout) {
        if !isComparable {
            layout.paragraph("NOT COMPARABLE: these are not two dumps of one boot.", role: .bad)
            for obstacle in comparison.basis.obstacles {
                layout.paragraph(obstacle.terminalSafe, first: "  - ", role: .warning)
            }
            layout.paragraph(
                "Addresses and identifiers of one boot mean nothing in another: what follows only lists what is there.")
            layout.blank()
        } else {
            let growth = comparison.leakedSessions
            let apart = comparison.basis.seconds.map { " in \($0.durationText)" } ?? ""
            let rate = rateText(growth).map { ", \($0) an hour" } ?? ""
            let sentence =
                "Leaked logon sessions: \(growth.old.groupedText) -> \(growth.new.groupedText)\(apart) "
                + "(\(growth.appeared.groupedText) new, \(growth.gone.groupedText) gone\(rate))."
            layout.paragraph(sentence, role: growth.change > 0 ? .bad : .good)
            layout.blank()
        }
        layout.labelled("Old", dumpText(comparison.old.snapshot).terminalSafe, labelWidth: 6)
        layout.labelled("New", dumpText(comparison.new.snapshot).terminalSafe, labelWidth: 6)
    }

    private func dumpText(_ snapshot: Snapshot) -> String {
        var parts = [snapshot.dump.path]
        if let name = snapshot.dump.computerName { parts.append("of \(name)") }
        parts.append("Windows \(snapshot.kernel.version)")
        if let captured = snapshot.dump.captured { parts.append("captured \(captured.minuteText)") }
        if let uptime = snapshot.dump.uptimeSeconds { parts.append("up \(uptime.durationText)") }
        return parts.joined(separator: ", ")
    }

    private func renderTotals(_ layout: inout TextLayout) {
        var table = growthTable("")
        let rows: [(String, Growth?)] = [
            ("logon sessions", comparison.sessions), ("leaked logon sessions", comparison.leakedSessions),
            ("leaked terminal sessions", comparison.leakedTerminalSessions), ("tokens", comparison.tokens),
            ("handles to tokens", comparison.tokenHandles), ("processes", comparison.processes),
            ("exited processes kept", comparison.zombies),
        ]
        for (name, growth) in rows { if let growth { table.rows.append([name] + cells(growth)) } }
        layout.heading("Totals")
        layout.table(table)
    }

    private func renderHolders(_ layout: inout TextLayout) {
        let changed = comparison.holders.filter { row in
            [row.leakedSessions, row.tokens, row.tokenHandles, row.zombies].contains { $0.change != 0 }
        }
        guard !changed.isEmpty else { return }
        var table = Table(columns: [
            .init(title: "holder", isFlexible: true), .init(title: "leaked sessions", isRightAligned: true),
            .init(title: "tokens", isRightAligned: true), .init(title: "handles", isRightAligned: true),
            .init(title: "exited kept", isRightAligned: true), .init(title: "tokens an hour", isRightAligned: true),
        ])
        for row in changed.prefix(Self.maximumRows) {
            table.rows.append(
                [row.label]
                    + [row.leakedSessions, row.tokens, row.tokenHandles, row.zombies].map { growth in
                        growth.isChanged
                            ? "\(growth.new.groupedText) (\(Self.signed(Int64(growth.change))))"
                            : growth.new.groupedText
                    } + [rateText(row.tokens)])
        }
        layout.heading("By holder: what it has now, and the change")
        layout.table(table)
        remainder(changed.count, &layout)
    }

    private func renderCreations(_ layout: inout TextLayout) {
        let creators = ComparisonCreators(comparison).rows
        guard !creators.isEmpty else { return }
        layout.heading("By creator and creation stack: its tokens now, and the change")
        for row in creators.prefix(Self.maximumCreators) {
            layout.paragraph("\(row.name): \(changeText(row.tokens))".terminalSafe, first: "  ")
            for (way, tokens) in row.ways.prefix(Self.maximumWays) {
                layout.paragraph("\(changeText(tokens)) by \(way)".terminalSafe, first: "      ", role: .quiet)
            }
        }
        let more = creators.count - Self.maximumCreators
        if more > 0 { layout.paragraph("\(more.groupedText) more stand in the JSON.", first: "  ") }
    }

    private func changeText(_ growth: Growth) -> String {
        "\(growth.new.groupedText) (\(Self.signed(Int64(growth.change)))\(rateText(growth).map { ", \($0) an hour" } ?? ""))"
    }

    private func renderSessions(
        _ title: String, _ positions: [Int], of analysis: Analysis, _ layout: inout TextLayout
    ) {
        guard !positions.isEmpty else { return }
        var table = sessionTable
        for position in positions.prefix(Self.maximumRows) {
            table.rows.append(
                cells(ofSession: position, of: analysis, state: analysis.sessions[position].state.rawValue))
        }
        layout.heading("\(title) (\(positions.count.groupedText))")
        layout.table(table)
        remainder(positions.count, &layout)
    }

    private func renderStateChanges(_ layout: inout TextLayout) {
        let changes = comparison.changedSessions
        guard !changes.isEmpty else { return }
        var table = sessionTable
        for change in changes.prefix(Self.maximumRows) {
            let states = [comparison.old.sessions[change.old].state, comparison.new.sessions[change.new].state]
            table.rows.append(
                cells(
                    ofSession: change.new, of: comparison.new,
                    state: states.map(\.rawValue).joined(separator: " -> ")))
        }
        layout.heading("Logon sessions whose state changed (\(changes.count.groupedText))")
        layout.table(table)
        remainder(changes.count, &layout)
    }

    private var sessionTable: Table {
        Table(columns: [
            .init(title: "LUID"), .init(title: "state"), .init(title: "kind", isFlexible: true),
            .init(title: "account", isFlexible: true), .init(title: "tokens", isRightAligned: true),
            .init(title: "holders", isFlexible: true),
        ])
    }

    private func cells(ofSession position: Int, of analysis: Analysis, state: String) -> [String?] {
        let session = analysis.sessions[position]
        let holders = session.holders.map(analysis.label(of:)).joined(separator: " ")
        return [
            analysis.snapshot.logonSessions[position].luid.description, state, session.kind.rawValue,
            analysis.accountName(of: session), session.referenceTotal.groupedText, holders.isEmpty ? nil : holders,
        ]
    }

    private func renderZombies(_ title: String, _ positions: [Int], of analysis: Analysis, _ layout: inout TextLayout) {
        guard !positions.isEmpty else { return }
        var table = Table(columns: [
            .init(title: "pid", isRightAligned: true), .init(title: "image", isFlexible: true),
            .init(title: "exited"), .init(title: "held by", isFlexible: true),
        ])
        for position in positions.prefix(Self.maximumRows) {
            let process = analysis.snapshot.processes[position]
            table.rows.append([
                String(process.processID), process.imageName, process.exitedAt?.minuteText,
                analysis.keepers(ofProcess: position).joined(separator: " "),
            ])
        }
        layout.heading("\(title) (\(positions.count.groupedText))")
        layout.table(table)
        remainder(positions.count, &layout)
    }

    // MARK: Cells

    private func growthTable(_ title: String) -> Table {
        Table(columns: [
            .init(title: title, isFlexible: true), .init(title: "old", isRightAligned: true),
            .init(title: "new", isRightAligned: true), .init(title: "appeared", isRightAligned: true),
            .init(title: "gone", isRightAligned: true), .init(title: "change", isRightAligned: true),
            .init(title: "an hour", isRightAligned: true),
        ])
    }

    private func cells(_ growth: Growth) -> [String?] {
        [growth.old, growth.new, growth.appeared, growth.gone].map(\.groupedText)
            + [Self.signed(Int64(growth.change)), rateText(growth)]
    }

    /// Growth in an hour with one digit after the point; nil where there is no rate.
    private func rateText(_ growth: Growth) -> String? {
        guard let hundredths = growth.hundredthsPerHour(seconds: seconds) else { return nil }
        let tenths = (hundredths.magnitude + 5) / 10
        let sign = tenths == 0 ? "" : hundredths < 0 ? "-" : "+"
        return "\(sign)\((tenths / 10).groupedText).\(tenths % 10)"
    }

    private static func signed(_ number: Int64) -> String { number > 0 ? "+" + number.groupedText : number.groupedText }

    private func remainder(_ count: Int, _ layout: inout TextLayout) {
        guard count > Self.maximumRows else { return }
        layout.paragraph("\((count - Self.maximumRows).groupedText) more stand in the JSON.", first: "  ")
    }
}
