/// Rows of text under titles.
struct Table {
    /// A column.
    struct Column {
        var title: String
        var isRightAligned = false
        /// Whether it gives way where a line is too narrow.
        var isFlexible = false
    }

    static let gap = 2
    /// A flexible column keeps at least this much.
    private static let minimumFlexibleWidth = 8

    var columns: [Column]
    var rows: [[String?]] = []

    /// Widths that fit a line: first flexible columns give way, the widest first, then all from the right.
    func fittedWidths(to total: Int) -> [Int] {
        fittedWidths(
            columns.indices.map { column in
                rows.reduce(columns[column].title.columns) {
                    Swift.max($0, column < $1.count ? ($1[column] ?? "-").terminalSafe.columns : 0)
                }
            }, to: total)
    }

    /// The same for rows that are not kept, of which only the widest cells are known.
    func fittedWidths(_ natural: [Int], to total: Int) -> [Int] {
        var widths = natural
        var excess = widths.reduce(0, +) + Self.gap * (widths.count - 1) - total
        while excess > 0 {
            let flexible = columns.indices.filter {
                columns[$0].isFlexible && widths[$0] > Self.minimumFlexibleWidth
            }
            guard let widest = flexible.max(by: { widths[$0] < widths[$1] }) else { break }
            widths[widest] -= 1
            excess -= 1
        }
        for column in columns.indices.reversed() where excess > 0 {
            let given = Swift.min(excess, Swift.max(0, widths[column] - 1))
            widths[column] -= given
            excess -= given
        }
        return widths
    }

    /// One row, aligned; no blanks at its end.
    func line(_ cells: [String], widths: [Int]) -> String {
        var text = ""
        for (column, cell) in cells.enumerated() where column < widths.count {
            let fitted = cell.fitted(to: widths[column])
            let padding = String(repeating: " ", count: Swift.max(0, widths[column] - fitted.columns))
            text += columns[column].isRightAligned ? padding + fitted : fitted + padding
            text += String(repeating: " ", count: Self.gap)
        }
        while text.hasSuffix(" ") { text.removeLast() }
        return text
    }

    /// The table by RFC 4180: lines end with CR LF; a cell with comma, quote or line break is quoted.
    func writeCSV(to sink: ReportSink) {
        sink(Array(Self.csvLine(columns.map(\.title)).utf8))
        var buffer: [UInt8] = []
        for row in rows {
            buffer.append(contentsOf: Self.csvLine(row.map { $0 ?? "" }).utf8)
            if buffer.count >= 1 << 16 {
                sink(buffer)
                buffer.removeAll(keepingCapacity: true)
            }
        }
        sink(buffer)
    }

    static func csvLine(_ cells: [String]) -> String {
        cells.map(csvCell).joined(separator: ",") + "\r\n"
    }

    private static func csvCell(_ cell: String) -> String {
        guard cell.unicodeScalars.contains(where: { [",", "\"", "\r", "\n"].contains($0) }) else { return cell }
        return "\"" + cell.replacingQuotes + "\""
    }
}

extension String {
    fileprivate var replacingQuotes: String {
        split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\"")
    }
}
