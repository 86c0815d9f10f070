extension ShellSession {
    /// Deepest nesting of filters and loops.
    private static let nestingLimit = 64

    private static let displayNames: Set = ["db", "dw", "dd", "dc", "dq", "dp", "dps", "dqs", "dpp", "da", "du"]

    /// Whether a command leaves the shell.
    func quits(_ text: String) -> Bool { ["q", "qq", "qd", "quit", "exit"].contains(text.lowercased()) }

    /// Runs one command of a typed line; a failure is written as part of the answer.
    ///
    /// - Parameter promptWidth: Characters before the line on the screen, for the caret.
    /// - Returns: Whether it went without a failure.
    /// - Throws: `interrupted` and `enough`, which end the whole line.
    func answer(
        _ part: CommandLine.Part, isRepetition: Bool, promptWidth: Int, to output: CommandOutput
    ) throws(CommandError) -> Bool {
        do throws(CommandError) {
            try run(part.text, isRepetition: isRepetition, to: output)
            return true
        } catch {
            switch error {
            case .interrupted, .enough: throw error
            case .words, .caret:
                report(error, of: part.text, column: promptWidth + part.column, to: output)
                return false
            }
        }
    }

    /// Runs a command, typed or inside a filter.
    func run(_ text: String, isRepetition: Bool = false, to output: CommandOutput) throws(CommandError) {
        guard nesting < Self.nestingLimit else {
            throw .words("Commands are nested more than \(Self.nestingLimit) deep.")
        }
        nesting += 1
        defer { nesting -= 1 }
        let match = try commands.match(text)
        if asksForHelp(match) {
            for line in CommandHelp.lines(for: match.command) { try output.line(line) }
            return
        }
        let name = match.invocation.name.lowercased()
        if Self.displayNames.contains(name) { lastDisplayName = name }
        let goesOn = isRepetition && (Self.displayNames.contains(name) || name == "u" || name == "d")
        try match.command.run(goesOn ? match.invocation.withoutArguments : match.invocation, in: self, to: output)
    }

    /// The extensions answer `-?` with their help, as MEX does.
    private func asksForHelp(_ match: CommandTable.Match) -> Bool {
        guard match.invocation.name.hasPrefix("!") else { return false }
        return ["-?", "-h", "-help", "/?"].contains(match.invocation.arguments.trimmed.lowercased())
    }

    /// Writes the words of an error, with a caret where it has one.
    func report(_ error: CommandError, of text: String, column: Int, to output: CommandOutput) {
        do throws(CommandError) {
            switch error {
            case .words(let lines): for line in lines { try output.failure(line) }
            case .caret(let words, let position):
                let caret = String(repeating: " ", count: max(column + position, 0)) + "^"
                try output.failure("\(caret) \(words) in '\(text)'")
            case .interrupted, .enough: return
            }
        } catch {
            // Nobody takes the words.
            return
        }
    }
}
