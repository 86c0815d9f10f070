/// `!cut`: fields or columns of each line (`debugger-commands.md` §10.5).
struct Cut: ShellCommand {
    let names = ["!cut"]
    let summary = "Keeps fields of each line of a command's answer."
    let usage = [
        "!cut -f LIST [-d CHARACTER] COMMAND", "!cut -c LIST COMMAND",
        "    -f  numbers of the fields, from 1: 2, 1,3, 2-4, 3-",
        "    -d  what separates fields; blanks, several as one, where it is not given",
        "    -c  columns in place of fields", "!cut -f 2 dps poi(nt!SepLogonSessions)",
    ]
    let takesCommand = true

    func run(_ invocation: Invocation, in session: ShellSession, to output: CommandOutput) throws(CommandError) {
        var reader = ArgumentReader(invocation.arguments)
        var fields: FieldList?
        var columns: FieldList?
        var delimiter: Character?
        while let word = reader.peek(), !word.isQuoted, word.text.hasPrefix("-") {
            _ = reader.next()
            guard let value = reader.next()?.text else { throw .badOption(word.text, of: "!cut") }
            switch word.text.lowercased() {
            case "-f": fields = FieldList(value)
            case "-c": columns = FieldList(value)
            case "-d": delimiter = value.first
            default: throw .badOption(word.text, of: "!cut")
            }
        }
        guard (fields == nil) != (columns == nil) else { throw .badOption("-f", of: "!cut") }
        try session.filter(reader.rest, of: output) { (line) throws(CommandError) in
            let text = fields.map { $0.fields(of: line.text, delimiter) } ?? columns.map { $0.columns(of: line.text) }
            if let text, !text.isEmpty { try output.line(OutputLine(text, role: line.role)) }
        }
    }
}

/// Numbers of fields or columns: `2`, `1,3`, `2-4`, `3-`.
struct FieldList {
    private let ranges: [ClosedRange<Int>]

    /// nil where the text is no such list.
    init?(_ text: String) {
        var ranges: [ClosedRange<Int>] = []
        for part in text.split(separator: ",") {
            let ends = part.split(separator: "-", maxSplits: 1, omittingEmptySubsequences: false)
            guard let first = Int(ends[0]), first > 0 else { return nil }
            let last = ends.count == 1 ? first : ends[1].isEmpty ? Int.max : Int(ends[1]) ?? 0
            guard last >= first else { return nil }
            ranges.append(first...last)
        }
        guard !ranges.isEmpty else { return nil }
        self.ranges = ranges
    }

    private func contains(_ number: Int) -> Bool { ranges.contains { $0.contains(number) } }

    /// The chosen fields with a blank, or their own separator, between them.
    func fields(of line: String, _ delimiter: Character?) -> String {
        let parts =
            delimiter.map { line.split(separator: $0, omittingEmptySubsequences: false) }
            ?? line.split(whereSeparator: \.isWhitespace)
        var text = ""
        for (index, part) in parts.enumerated() where contains(index + 1) {
            if !text.isEmpty { text.append(delimiter ?? " ") }
            text += part
        }
        return text
    }

    /// The chosen columns, one after the other.
    func columns(of line: String) -> String {
        String(line.enumerated().lazy.filter { contains($0.offset + 1) }.map(\.element))
    }
}
