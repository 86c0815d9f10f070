import LeakReports

/// Guides as documents: one form for people, one for programs.
enum CaptureReport {
    private typealias Section = InformationReport.Section
    private typealias Item = InformationReport.Item
    private typealias Value = InformationReport.Value

    private static let schema = "logonleak/capture/1"

    /// The decision and the words of the platforms.
    static func overview() -> InformationReport {
        let decision = CaptureOverview.decision.map { Item($0.key, $0.label, .text($0.text)) }
        let platforms = CaptureGuide.all.map { guide in
            Item(
                guide.word, guide.word,
                .object([("summary", .text(guide.summary)), ("otherWords", list(guide.otherWords))]),
                text: guide.summary
                    + (guide.otherWords.isEmpty ? "" : "; also " + guide.otherWords.joined(separator: ", ")))
        }
        return InformationReport(
            title: CaptureOverview.title,
            sections: [
                Section("decision", "Decide", .items(decision)),
                Section("platforms", "Platforms: logonleak capture PLATFORM", .items(platforms)),
            ],
            notes: [.init(CaptureOverview.secrets, isWarning: true)], schema: schema)
    }

    /// A guide for people: a section for each way, its steps numbered.
    static func text(of guide: CaptureGuide) -> InformationReport {
        InformationReport(
            title: title(of: guide),
            sections: guide.methods.map { method in
                let steps = method.steps.enumerated().map { ("\($0 + 1).", $1) }
                let parts =
                    method.before.map { ("Before", $0) } + steps + [("File", method.file)]
                    + method.risks.map { ("Risk", $0) }
                return Section("method", method.name, .items(parts.map { Item($0, $0, .text($1.markedText)) }))
            },
            notes: notes)
    }

    /// A guide for programs: the ways as an array.
    static func document(of guide: CaptureGuide) -> InformationReport {
        let columns = ["name", "before", "steps", "file", "risks"].map { InformationReport.Rows.Column($0, $0) }
        let cells = guide.methods.map { method -> [Value] in
            [.text(method.name), facts(method.before), facts(method.steps), fact(method.file), facts(method.risks)]
        }
        return InformationReport(
            title: title(of: guide),
            sections: [
                Section(
                    "platform", "Platform",
                    .items([
                        Item("word", "Word", .text(guide.word)),
                        Item("otherWords", "Other words", list(guide.otherWords)),
                    ])),
                Section("methods", "Methods", .rows(.init(columns: columns, cells: cells))),
            ],
            notes: notes, schema: schema)
    }

    private static let notes: [InformationReport.Note] = [
        .init(CaptureOverview.secrets, isWarning: true), .init(CaptureOverview.reading),
    ]

    private static func title(of guide: CaptureGuide) -> String { "Capture on \(guide.word): \(guide.summary)." }

    private static func list(_ words: [String]) -> Value { .list(words.map { .text($0) }) }

    private static func facts(_ facts: [CaptureGuide.Fact]) -> Value { .list(facts.map(fact)) }

    private static func fact(_ fact: CaptureGuide.Fact) -> Value {
        .object([("text", .text(fact.text)), ("verified", .flag(fact.isVerified))])
    }
}
