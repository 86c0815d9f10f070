/// What ends a command early. None of these ends the shell.
enum CommandError: Error, Hashable, Sendable {
    /// The debugger's words, a line each.
    case words([String])
    /// Words below a caret that stands under a character of the command.
    case caret(String, column: Int)
    /// The user asked to stop.
    case interrupted
    /// The filter to the left has what it wants.
    case enough

    /// The debugger's words, one line.
    static func words(_ text: String) -> CommandError { .words([text]) }

    /// A type that the profile does not have.
    static func typeNotFound(_ name: String) -> CommandError { .words("Symbol \(name) not found.") }

    /// No field fits, or the first node of a list cannot be read.
    static let noSuchFields = CommandError.words("Cannot find specified field members.")
}
