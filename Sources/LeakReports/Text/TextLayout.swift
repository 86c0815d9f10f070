/// Lines of text of a limited width.
struct TextLayout {
    let style: TextStyle
    private(set) var text = ""

    init(_ style: TextStyle) { self.style = style }

    mutating func blank() {
        if !text.isEmpty, !text.hasSuffix("\n\n") { text += "\n" }
    }

    mutating func heading(_ title: String) {
        blank()
        text += style.paint(title.fitted(to: style.width), .heading) + "\n"
    }

    /// A paragraph, broken at blanks; the first line begins with `first`, the others with as many blanks.
    mutating func paragraph(_ content: String, first: String = "", role: TextStyle.Role? = nil) {
        let indent = String(repeating: " ", count: first.columns)
        for (number, line) in Self.wrapped(content, width: style.width - first.columns).enumerated() {
            text += (number == 0 ? first : indent) + (role.map { style.paint(line, $0) } ?? line) + "\n"
        }
    }

    /// A label and what it stands for, aligned at a column.
    mutating func labelled(_ label: String, _ content: String, labelWidth: Int) {
        let padding = String(repeating: " ", count: Swift.max(1, labelWidth - label.columns))
        paragraph(content, first: label + padding)
    }

    /// A table under a heading row; cut cells end with an ellipsis, so that no line is wider than the style.
    mutating func table(_ table: Table, indent: Int = 2) {
        let widths = table.fittedWidths(to: style.width - indent)
        let margin = String(repeating: " ", count: indent)
        text += style.paint(margin + table.line(table.columns.map(\.title), widths: widths), .quiet) + "\n"
        for row in table.rows {
            text += margin + table.line(row.map { ($0 ?? "-").terminalSafe }, widths: widths) + "\n"
        }
    }

    /// Lines of at most `width` columns; a word that is longer is broken.
    static func wrapped(_ content: String, width: Int) -> [String] {
        var lines: [String] = []
        var line = ""
        for word in content.split(separator: " ").flatMap({ pieces(of: String($0), width: width) }) {
            if line.isEmpty {
                line = word
            } else if line.columns + 1 + word.columns <= width {
                line += " " + word
            } else {
                lines.append(line)
                line = word
            }
        }
        lines.append(line)
        return lines
    }

    private static func pieces(of word: String, width: Int) -> [String] {
        guard word.columns > width, width > 2 else { return [word] }
        var pieces: [String] = [""]
        var used = 0
        for scalar in word.unicodeScalars {
            if used + scalar.columns > width {
                pieces.append("")
                used = 0
            }
            pieces[pieces.count - 1].unicodeScalars.append(scalar)
            used += scalar.columns
        }
        return pieces
    }
}
