import LeakReports

/// A table as MEX prints it: header words to the left, a rule of `=` as wide as the widest cell of each column, one blank between columns
/// (`debugger-commands.md` §10.3).
struct ColumnTable {
    /// A column.
    struct Column {
        let title: String
        var isNumber = false
    }

    private let columns: [Column]
    private var rows: [[String]] = []

    /// Makes a table without rows.
    init(_ columns: [Column]) { self.columns = columns }

    /// Adds a row; cells beyond the last column are left out.
    mutating func add(_ cells: [String]) { rows.append(cells.map(\.terminalSafe)) }

    /// Whether there is no row.
    var isEmpty: Bool { rows.isEmpty }

    /// The lines: header, rule, rows; with `repeatsHead` rule and header once more.
    func lines(repeatsHead: Bool = false) -> [String] {
        let widths = columns.indices.map { column in
            rows.reduce(columns[column].title.columns) { width, row in
                column < row.count ? max(width, row[column].columns) : width
            }
        }
        let head = line(columns.map(\.title), widths, aligns: false)
        let rule = widths.map { String(repeating: "=", count: $0) }.joined(separator: " ")
        return [head, rule] + rows.map { line($0, widths, aligns: true) } + (repeatsHead ? [rule, head] : [])
    }

    private func line(_ cells: [String], _ widths: [Int], aligns: Bool) -> String {
        var text = zip(zip(columns, widths), cells).map { place, cell in
            let padding = String(repeating: " ", count: max(0, place.1 - cell.columns))
            return aligns && place.0.isNumber ? padding + cell : cell + padding
        }.joined(separator: " ")
        while text.hasSuffix(" ") { text.removeLast() }
        return text
    }
}
