import BinaryReading
import KernelObjects
import LeakAnalysis

/// Handles as lines of a table. Rows are made twice and never kept: a machine may have millions.
struct HandleList {
    private static let bufferByteCount = 1 << 16

    private let rowsByTable: (_ body: (HandleRow) -> Void) -> Void
    private let style: TextStyle
    private let table = Table(columns: [
        .init(title: "pid", isRightAligned: true), .init(title: "image", isFlexible: true), .init(title: "handle"),
        .init(title: "type"), .init(title: "access"), .init(title: "attr"), .init(title: "object"),
        .init(title: "what it is", isFlexible: true),
    ])

    /// - Parameter rowsByTable: Calls its argument with every row in order.
    init(rowsByTable: @escaping (_ body: (HandleRow) -> Void) -> Void, style: TextStyle) {
        self.rowsByTable = rowsByTable
        self.style = style
    }

    func write(to sink: ReportSink) {
        var natural = table.columns.map(\.title.columns)
        var isEmpty = true
        rowsByTable { row in
            isEmpty = false
            for (column, cell) in Self.cells(row).enumerated() {
                natural[column] = Swift.max(natural[column], cell.columns)
            }
        }
        guard !isEmpty else { return sink(Array("There is no such handle.\n".utf8)) }
        let widths = table.fittedWidths(natural, to: style.width)
        var buffer = Array((style.paint(table.line(table.columns.map(\.title), widths: widths), .quiet) + "\n").utf8)
        rowsByTable { row in
            buffer += (table.line(Self.cells(row), widths: widths) + "\n").utf8
            if buffer.count >= Self.bufferByteCount {
                sink(buffer)
                buffer.removeAll(keepingCapacity: true)
            }
        }
        sink(buffer)
    }

    private static func cells(_ row: HandleRow) -> [String] {
        [
            String(row.table.processID), (row.image ?? "-").terminalSafe, row.value.hexText, row.handle.kind.word,
            row.handle.access.hexText, row.handle.attributes.hexText, row.handle.object.debuggerText,
            row.targetText.terminalSafe,
        ]
    }
}
