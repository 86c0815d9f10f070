/// Where a command writes its answer, line by line: the screen, a log, or the filter to its left.
final class CommandOutput {
    /// Whether links reach anyone; where they do not, a command need not make them.
    let wantsLinks: Bool
    private let interruption: Interruption
    private let take: (OutputLine) throws(CommandError) -> Void

    /// Makes an output over what takes the lines.
    init(
        wantsLinks: Bool, interruption: Interruption, take: @escaping (OutputLine) throws(CommandError) -> Void
    ) {
        self.wantsLinks = wantsLinks
        self.interruption = interruption
        self.take = take
    }

    /// Writes a line.
    ///
    /// - Throws: `interrupted` where the user has asked to stop, `enough` where a filter wants no more.
    func line(_ line: OutputLine) throws(CommandError) {
        try checkInterruption()
        try take(line)
    }

    /// Writes a line of plain text.
    func line(_ text: String) throws(CommandError) { try line(OutputLine(text)) }

    /// Writes a remark of ours.
    func remark(_ text: String) throws(CommandError) { try line(OutputLine(text, role: .remark)) }

    /// Writes the words of a failure.
    func failure(_ text: String) throws(CommandError) { try line(OutputLine(text, role: .failure)) }

    /// Stops a loop that writes nothing where the user has asked to stop.
    func checkInterruption() throws(CommandError) {
        guard !interruption.isRequested else { throw .interrupted }
    }

    /// An output whose lines go elsewhere first; they carry no links, and remarks of ours are left out.
    func capturing(_ take: @escaping (OutputLine) throws(CommandError) -> Void) -> CommandOutput {
        CommandOutput(wantsLinks: false, interruption: interruption) { (line) throws(CommandError) in
            if line.role != .remark { try take(line) }
        }
    }
}
