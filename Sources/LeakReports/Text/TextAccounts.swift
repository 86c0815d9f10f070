import KernelObjects
import LeakAnalysis

/// Whether the counts add up, and what tokens and sessions cost in pool: two small tables.
struct TextAccounts {
    private let analysis: Analysis

    init(_ analysis: Analysis) { self.analysis = analysis }

    func render(_ layout: inout TextLayout) {
        var table = Table(columns: [
            .init(title: "account"), .init(title: "counted", isRightAligned: true),
            .init(title: "found", isRightAligned: true), .init(title: "left over", isRightAligned: true),
            .init(title: "by", isFlexible: true),
        ])
        table.rows = [tokenObjects, tokenHandles, tokenReferences, sessionReferences].compactMap(\.self)
        layout.heading("Do the counts add up")
        layout.table(table)
        if !analysis.convention.isVerified {
            let rule =
                "This build counts \(analysis.convention.constant) more in each session than tokens explain: derived from "
            layout.paragraph(
                rule + "\(analysis.convention.samples.counted("session")) in use, not read in its code.", first: "  ")
        }
        renderPool(&layout)
    }

    /// The Token type's counter against the tokens found, and by which way they were.
    private var tokenObjects: [String?]? {
        let objects = analysis.tokenObjects
        let ways: [(String, Int?)] = [
            ("lists", objects.byTokenList), ("handles", objects.byHandle), ("primary", objects.byPrimary),
            ("threads", objects.byImpersonation), ("scan", objects.byScan),
        ]
        let by = ways.compactMap { way, count in count.flatMap { $0 > 0 ? "\(way) \($0.groupedText)" : nil } }
        return [
            "Token objects", objects.typeTotal?.groupedText, objects.found.groupedText,
            objects.unexplained?.groupedText, by.joined(separator: ", "),
        ]
    }

    /// `HandleCount` of all tokens against the handles found: nothing left over proves that the handle walk is complete.
    private var tokenHandles: [String?]? {
        guard let found = analysis.totals.handles else { return nil }
        let counted = analysis.snapshot.tokens.reduce(Int64(0)) { $0 &+ ($1.handleCount ?? 0) }
        return row("Token handles", counted: counted, found: Int64(found), "handle tables")
    }

    /// `PointerCount` of all tokens against the references found; the rest are the kernel's.
    private var tokenReferences: [String?]? {
        let counted = analysis.snapshot.tokens.reduce(Int64(0)) { $0 &+ ($1.pointerCount ?? 0) }
        let known = analysis.tokens.compactMap(\.kernelReferences)
        guard known.count == analysis.tokens.count else { return nil }
        let rest = known.reduce(0, &+)
        let tokens = known.count { $0 > 0 }
        return row(
            "Token references", counted: counted, found: counted &- rest,
            rest > 0 ? "kernel references to \(tokens.counted("token"))" : "handles, processes, threads, links")
    }

    private var sessionReferences: [String?]? {
        let accounts = analysis.sessions.map(\.account)
        let closed = accounts.count { $0.isClosed }
        return row(
            "Session references", counted: accounts.reduce(0) { $0 &+ $1.expected },
            found: accounts.reduce(0) { $0 &+ $1.found },
            "\(closed.groupedText) of \(accounts.count.counted("session")) close")
    }

    private func row(_ name: String, counted: Int64, found: Int64, _ by: String) -> [String?] {
        [name, Int(counted).groupedText, Int(found).groupedText, Int(counted &- found).groupedText, by]
    }

    private func renderPool(_ layout: inout TextLayout) {
        let usage = analysis.snapshot.poolUsage
        guard !usage.blocks.isEmpty else { return }
        var table = Table(columns: [
            .init(title: "tag"), .init(title: "blocks", isRightAligned: true),
            .init(title: "KiB", isRightAligned: true),
            .init(title: "what", isFlexible: true),
        ])
        for blocks in usage.blocks {
            table.rows.append([
                blocks.tag, blocks.count.groupedText, ((blocks.byteCount + 1023) / 1024).groupedText,
                Self.purposes[blocks.tag],
            ])
        }
        layout.heading("What tokens and sessions cost in pool")
        layout.table(table)
        let note = usage.blocks.contains(where: \.isExtrapolated) ? "Extrapolated from blocks that were measured. " : ""
        layout.paragraph(note + "Locks and other blocks of a token are not counted.", first: "  ")
    }

    private static let purposes = [
        "Toke": "tokens", "SeTd": "dynamic parts of tokens", "SeAt": "creation entries of tokens",
        "SeLs": "logon sessions",
    ]
}
