import BinaryReading

/// `?`: the value of an expression; alone, the list of commands (`debugger-commands.md` §2.5).
struct EvaluateExpression: ShellCommand {
    let names = ["?"]
    let summary = "Evaluates an expression; alone, lists the commands."
    let usage = ["? EXPRESSION", "? poi(nt!SepLogonSessions) + 0n16*8", "? 0x136"]

    func run(_ invocation: Invocation, in session: ShellSession, to output: CommandOutput) throws(CommandError) {
        guard !invocation.arguments.isEmpty else {
            for line in CommandHelp.overview(
                of: session.commands, matching: { $0.first?.isLetter ?? false || $0 == "?" })
            {
                try output.line(line)
            }
            return
        }
        let value = try Self.value(of: invocation, in: session)
        try output.line("Evaluate expression: \(Int64(bitPattern: value)) = \(VirtualAddress(value).debuggerText)")
    }

    /// The value of all arguments; what is left over is shown by a caret.
    static func value(of invocation: Invocation, in session: ShellSession) throws(CommandError) -> UInt64 {
        do throws(CommandError) {
            return try session.evaluate(invocation.arguments)
        } catch {
            guard case .caret(let words, let column) = error else { throw error }
            throw .caret(words, column: column + invocation.argumentColumn)
        }
    }
}
