/// `.echo`: its own text.
struct Echo: ShellCommand {
    let names = [".echo"]
    let summary = "Shows a text."
    let usage = [".echo TEXT", ".echo \"one; two\""]

    func run(_ invocation: Invocation, in session: ShellSession, to output: CommandOutput) throws(CommandError) {
        let text = invocation.arguments
        let isQuoted = text.count >= 2 && text.hasPrefix("\"") && text.hasSuffix("\"")
        try output.line(String(isQuoted ? text.dropFirst().dropLast() : text))
    }
}

/// `*` and `$$`: comments.
struct Comment: ShellCommand {
    let names = ["*", "$$"]
    let summary = "A comment: to the end of the line, or to the next semicolon."
    let usage = ["* TEXT", "$$ TEXT ; COMMAND"]

    func run(_ invocation: Invocation, in session: ShellSession, to output: CommandOutput) throws(CommandError) {}
}

/// `q`: for help only; the shell itself looks for it.
struct Quit: ShellCommand {
    let names = ["q", "qq", "qd"]
    let summary = "Leaves the shell."
    let usage = ["q"]

    func run(_ invocation: Invocation, in session: ShellSession, to output: CommandOutput) throws(CommandError) {}
}

/// `n`: the radix of digits without prefix.
struct Radix: ShellCommand {
    let names = ["n"]
    let summary = "Shows or sets the radix of numbers without prefix."
    let usage = ["n [8 | 10 | 16]"]

    func run(_ invocation: Invocation, in session: ShellSession, to output: CommandOutput) throws(CommandError) {
        switch invocation.arguments.trimmed {
        case "": break
        case "8": session.radix = 8
        case "10": session.radix = 10
        case "16": session.radix = 16
        default: throw .words("Number base must be 8, 10 or 16.")
        }
        try output.line("base is \(session.radix)")
    }
}
