/// One command of the shell: a value that says its names and what it does.
protocol ShellCommand: Sendable {
    /// The name and its short forms, as typed: `dps`, `.echo`, `!grep`.
    var names: [String] { get }
    /// What it does, one line.
    var summary: String { get }
    /// How it is written, then what its options mean, then an example; a line each.
    var usage: [String] { get }
    /// Whether options may follow the name without a blank, as in `lmvm`.
    var takesAttachedOptions: Bool { get }
    /// Whether it takes the rest of the line as a command of its own, as the filters do.
    var takesCommand: Bool { get }

    /// Does it.
    ///
    /// - Throws: The debugger's words for what it cannot do.
    func run(_ invocation: Invocation, in session: ShellSession, to output: CommandOutput) throws(CommandError)
}

extension ShellCommand {
    var takesAttachedOptions: Bool { false }
    var takesCommand: Bool { false }
}

/// A command as it was typed.
struct Invocation {
    /// The name, as typed but without an extension's prefix.
    let name: String
    /// What follows the name, without the blanks around it.
    let arguments: Substring
    /// The whole command.
    let text: String
    /// Where `arguments` begin in `text`, in characters.
    let argumentColumn: Int

    /// The same command without arguments, as an empty line repeats it: a display goes on where it ended.
    var withoutArguments: Invocation {
        Invocation(name: name, arguments: "", text: name, argumentColumn: name.count)
    }
}
