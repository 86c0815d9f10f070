/// `!fel`, `!foreachline`: a command once for each line of another's answer (`debugger-commands.md` §10.5).
struct ForEachLine: ShellCommand {
    let names = ["!foreachline", "!fel"]
    let summary = "Runs a command once for each line of another command's answer."
    let usage = [
        "!fel -x \"COMMAND\" COMMAND2", "    @#Line or ${@#Line} is the line, @#Field1 @#Field2 … its fields",
        "    a failure does not end the loop; empty lines are passed over",
        "!fel -x \"dt nt!_SEP_LOGON_SESSION_REFERENCES @#Line -l Next\" !cut -f 2 dps ADDRESS",
    ]
    let takesCommand = true

    func run(_ invocation: Invocation, in session: ShellSession, to output: CommandOutput) throws(CommandError) {
        var reader = ArgumentReader(invocation.arguments)
        guard reader.take("-x"), let template = reader.next()?.text else { throw .badOption("-x", of: "!fel") }
        // The other command ends first: what it displays is not what the loop's commands display.
        var kept = KeptLines()
        try session.filter(reader.rest, of: output) { (line) throws(CommandError) in
            let text = line.text.trimmed
            if !text.isEmpty { try kept.append(OutputLine(text)) }
        }
        let form = LineTemplate(template)
        for line in kept.lines {
            try output.checkInterruption()
            for part in CommandLine(form.filled(with: line.text)).parts { try run(part.text, in: session, to: output) }
        }
    }

    private func run(_ command: String, in session: ShellSession, to output: CommandOutput) throws(CommandError) {
        do throws(CommandError) {
            try session.run(command, to: output)
        } catch {
            switch error {
            case .interrupted, .enough: throw error
            case .words, .caret: session.report(error, of: command, column: 0, to: output)
            }
        }
    }
}

/// A command with places for a line and its fields.
struct LineTemplate {
    private enum Piece {
        case text(String)
        case line
        case field(Int)
    }

    private var pieces: [Piece] = []

    /// Finds the places: `@#Line`, `${@#Line}`, `@#Field2`, in either case.
    init(_ template: String) {
        var text = ""
        var rest = template[...]
        while !rest.isEmpty {
            let isBraced = rest.hasPrefix("${")
            if let (piece, end) = Self.place(in: isBraced ? rest.dropFirst(2) : rest) {
                let isClosed = !isBraced || end.first == "}"
                if isClosed {
                    pieces += [.text(text), piece]
                    text = ""
                    rest = isBraced ? end.dropFirst() : end
                    continue
                }
            }
            text.append(rest.removeFirst())
        }
        pieces.append(.text(text))
    }

    private static func place(in text: Substring) -> (Piece, Substring)? {
        let head = text.prefix(7).lowercased()
        if head.hasPrefix("@#line") { return (.line, text.dropFirst(6)) }
        guard head == "@#field" else { return nil }
        let digits = text.dropFirst(7).prefix(while: \.isWholeNumber)
        guard let number = Int(digits), number > 0 else { return nil }
        return (.field(number), text[digits.endIndex...])
    }

    /// The command for a line.
    func filled(with line: String) -> String {
        let fields = line.split(whereSeparator: \.isWhitespace)
        return pieces.map { piece in
            switch piece {
            case .text(let text): text
            case .line: line
            case .field(let number): number <= fields.count ? String(fields[number - 1]) : ""
            }
        }.joined()
    }
}
