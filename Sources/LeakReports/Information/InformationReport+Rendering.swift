import BinaryReading
import LeakAnalysis

extension InformationReport {
    /// The document for people.
    public func render(style: TextStyle) -> String {
        var layout = TextLayout(style)
        layout.paragraph(title.terminalSafe, role: .heading)
        for section in sections {
            switch section.content {
            case .items(let items) where !items.isEmpty:
                layout.heading(section.title)
                let labelWidth = (items.map(\.label.columns).max() ?? 0) + 4
                for item in items {
                    let text = (item.text ?? item.value.text).terminalSafe
                    layout.labelled("  " + item.label, text, labelWidth: labelWidth)
                }
            case .rows(let rows) where !rows.cells.isEmpty:
                layout.heading(section.title)
                layout.table(rows.table)
            case .items, .rows: continue
            }
        }
        if !notes.isEmpty { layout.blank() }
        for note in notes {
            layout.paragraph(
                note.text.terminalSafe, first: note.isWarning ? "Warning: " : "Note: ",
                role: note.isWarning ? .warning : nil)
        }
        return layout.text
    }

    /// The document as JSON: `schema`, `tool`, `title`, each section under its key, then `notes`.
    public func writeJSON(tool: ToolIdentity, to sink: @escaping ReportSink) {
        var writer = JSONWriter(expandedLevels: 2, sink: sink)
        writer.object { writer in
            writer.head(schema: schema, tool)
            writer.field("title", title)
            for section in sections {
                writer.key(section.key)
                switch section.content {
                case .items(let items): Value.object(items.map { ($0.key, $0.value) }).write(to: &writer)
                case .rows(let rows): rows.write(to: &writer)
                }
            }
            writer.array("notes", notes) { writer, note in
                writer.object { writer in
                    writer.field("warning", note.isWarning)
                    writer.field("text", note.text)
                }
            }
        }
        writer.finish()
    }
}

extension InformationReport.Rows {
    var table: Table {
        Table(
            columns: columns.map {
                Table.Column(title: $0.title, isRightAligned: $0.isRightAligned, isFlexible: !$0.isRightAligned)
            },
            rows: cells.map { row in row.prefix(columns.count).map(\.text) })
    }

    func write(to writer: inout JSONWriter) {
        writer.array(cells) { writer, row in
            let pairs = columns.enumerated().map { position, column in
                (key: column.key, value: position < row.count ? row[position] : .null)
            }
            InformationReport.Value.object(pairs).write(to: &writer)
        }
    }
}

extension InformationReport.Value {
    /// The usual form for people: counts with separators, addresses of 64 bits in the debugger's form.
    var text: String {
        switch self {
        case .null: "-"
        case .text(let text): text
        case .number(let number): number.groupedText
        case .unsigned(let number): number.groupedText
        case .hex(let number):
            VirtualAddress(number).isKernel ? VirtualAddress(number).debuggerText : number.hexText
        case .flag(let flag): flag ? "yes" : "no"
        case .time(let time): time.minuteText
        case .list(let values): values.map(\.text).joined(separator: ", ")
        case .object(let pairs): pairs.map { "\($0.key) \($0.value.text)" }.joined(separator: ", ")
        }
    }

    func write(to writer: inout JSONWriter) {
        switch self {
        case .null: writer.null()
        case .text(let text): writer.value(text)
        case .number(let number): writer.number(number)
        case .unsigned(let number): writer.number(number)
        case .hex(let number): writer.hex(number)
        case .flag(let flag): writer.value(flag)
        case .time(let time): writer.value(time.description)
        case .list(let values): writer.array(values) { $1.write(to: &$0) }
        case .object(let pairs):
            writer.object { writer in
                for pair in pairs {
                    writer.key(pair.key)
                    pair.value.write(to: &writer)
                }
            }
        }
    }
}
