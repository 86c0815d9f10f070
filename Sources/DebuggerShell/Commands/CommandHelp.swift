/// Help texts out of what the commands say of themselves.
enum CommandHelp {
    private static let nameWidth = 22

    /// One line for each command whose first name fits.
    static func overview(of table: CommandTable, matching fits: (String) -> Bool) -> [String] {
        table.commands.filter { $0.names.first.map(fits) ?? false }.map { command in
            let names = command.names.joined(separator: " ")
            let padding = String(repeating: " ", count: max(1, nameWidth - names.count))
            return names + padding + command.summary
        }.sorted()
    }

    /// The whole help of one command.
    static func lines(for command: any ShellCommand) -> [String] {
        let names = command.names
        let others = names.count > 1 ? " (\(names.dropFirst().joined(separator: ", ")))" : ""
        return ["\(names.first ?? "")\(others) - \(command.summary)", "", "Usage:"] + command.usage.map { "    \($0)" }
    }
}

/// `.help`, `!help`: the commands, or one of them.
struct Help: ShellCommand {
    let names = [".help", "!help", "help", ".hh"]
    let summary = "Lists the commands, or shows how one is used."
    let usage = [".help [COMMAND | WORD]", ".help dt", ".help token"]

    func run(_ invocation: Invocation, in session: ShellSession, to output: CommandOutput) throws(CommandError) {
        let word = invocation.arguments.trimmed
        if let command = session.commands.command(named: word) {
            for line in CommandHelp.lines(for: command) { try output.line(line) }
            return
        }
        let lines = CommandHelp.overview(of: session.commands) { _ in true }
        let matching = lines.filter { word.isEmpty || $0.lowercased().contains(word.lowercased()) }
        for line in matching { try output.line(line) }
        if matching.isEmpty { throw .words("No command is called \(word) or says so of itself.") }
    }
}
