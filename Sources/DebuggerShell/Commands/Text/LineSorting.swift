/// `!sort`: the lines in order.
struct Sort: ShellCommand {
    let names = ["!sort"]
    let summary = "Sorts the lines of a command's answer."
    let usage = [
        "!sort [-r] [-n] [-f FIELD] [-u] COMMAND", "    -r  from the last to the first",
        "    -n  by number: 0n before decimal, else hex",
        "    -f  by a field, from 1", "    -u  each line once", "!sort -n -f 2 dps ADDRESS",
    ]
    let takesCommand = true

    func run(_ invocation: Invocation, in session: ShellSession, to output: CommandOutput) throws(CommandError) {
        var reader = ArgumentReader(invocation.arguments)
        var isReversed = false
        var isNumeric = false
        var isUnique = false
        var field: FieldList?
        while let word = reader.peek(), !word.isQuoted, word.text.hasPrefix("-") {
            _ = reader.next()
            switch word.text.lowercased() {
            case "-r": isReversed = true
            case "-n": isNumeric = true
            case "-u": isUnique = true
            case "-f":
                guard let text = reader.next()?.text, let list = FieldList(text) else {
                    throw .badOption("-f", of: "!sort")
                }
                field = list
            default: throw .badOption(word.text, of: "!sort")
            }
        }
        var kept = KeptLines()
        try session.filter(reader.rest, of: output) { (line) throws(CommandError) in try kept.append(line) }
        var lines = kept.lines.map { line in
            let key = field.map { $0.fields(of: line.text, nil) } ?? line.text
            return (key: key, number: isNumeric ? Self.number(key) : 0, line: line)
        }
        // The standard sort keeps equal lines in their order.
        lines.sort {
            isReversed ? ($0.number, $0.key) > ($1.number, $1.key) : ($0.number, $0.key) < ($1.number, $1.key)
        }
        var last: String?
        for line in lines where !isUnique || line.line.text != last {
            try output.line(line.line)
            last = line.line.text
        }
    }

    private static func number(_ text: String) -> UInt64 {
        let word = text.split(whereSeparator: \.isWhitespace).first ?? ""
        return ExpressionNumber(word, radix: 16)?.value ?? 0
    }
}

/// `!ul`, `!unique`: each line once, with how often it came.
struct Unique: ShellCommand {
    let names = ["!unique", "!ul"]
    let summary = "Shows each line of a command's answer once, with how often it came."
    let usage = [
        "!unique [-q] COMMAND", "    -q  without the counts", "!unique !grep ImageFileName !fel -x \"dt …\" …",
    ]
    let takesCommand = true

    private static let countWidth = 6

    func run(_ invocation: Invocation, in session: ShellSession, to output: CommandOutput) throws(CommandError) {
        var reader = ArgumentReader(invocation.arguments)
        let isQuiet = reader.take("-q")
        var counts: [String: Int] = [:]
        var order = KeptLines()
        try session.filter(reader.rest, of: output) { (line) throws(CommandError) in
            let count = counts[line.text, default: 0]
            if count == 0 { try order.append(line) }
            counts[line.text] = count + 1
        }
        for line in order.lines {
            let text = line.text
            let count = String(counts[text] ?? 0)
            let padding = String(repeating: " ", count: max(0, Self.countWidth - count.count))
            try output.line(isQuiet ? text : "\(padding)\(count) \(text)")
        }
    }
}
