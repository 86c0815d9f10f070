extension ShellSession {
    /// Runs the command that a filter reads and hands over its lines as text.
    ///
    /// - Parameter isSatisfied: Asked where the command was stopped for want of a reader: whether it was this filter that wanted no more.
    func filter(
        _ command: Substring, of output: CommandOutput, isSatisfied: () -> Bool = { false },
        take: @escaping (OutputLine) throws(CommandError) -> Void
    ) throws(CommandError) {
        guard !command.isEmpty else { throw .noCommandToFilter }
        do throws(CommandError) {
            try run(String(command), to: output.capturing(take))
        } catch {
            guard error == .enough, isSatisfied() else { throw error }
        }
    }
}

/// Lines that a filter keeps until its command has ended: as many as fit into memory without harm.
struct KeptLines {
    /// Most lines that are kept.
    static let limit = 1_000_000

    /// Most bytes of text that are kept.
    private static let byteLimit = 1 << 29

    private(set) var lines: [OutputLine] = []
    private var byteCount = 0

    /// Keeps a line.
    ///
    /// - Throws: Words where there are too many.
    mutating func append(_ line: OutputLine) throws(CommandError) {
        byteCount += line.text.utf8.count
        guard lines.count < Self.limit, byteCount < Self.byteLimit else {
            throw .words("The answer has more than \(lines.count) lines, which are too many to keep: filter it first.")
        }
        lines.append(line)
    }
}

extension CommandError {
    /// A filter stands alone.
    static let noCommandToFilter = CommandError.words(
        "A filter takes the command that it filters at its right end: !grep AccountName dps ADDRESS")

    /// An option without what belongs to it.
    static func badOption(_ option: String, of command: String) -> CommandError {
        .words("\(option): not an option of \(command), or its value is missing. \(command) -? shows them.")
    }
}

extension ArgumentReader {
    /// Takes a count in decimal, as the filters' options have it.
    mutating func nextCount(for option: String, of command: String) throws(CommandError) -> Int {
        guard let word = next(), let count = Int(word.text), count >= 0 else {
            throw .badOption(option, of: command)
        }
        return count
    }
}
