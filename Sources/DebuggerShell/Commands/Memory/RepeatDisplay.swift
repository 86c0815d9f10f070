/// `d`: the last kind of display once more.
struct RepeatDisplay: ShellCommand {
    let names = ["d"]
    let summary = "Displays memory as the last d command did."
    let usage = ["d [ADDRESS [LCOUNT | END]]"]

    func run(_ invocation: Invocation, in session: ShellSession, to output: CommandOutput) throws(CommandError) {
        try session.run("\(session.lastDisplayName) \(invocation.arguments)", to: output)
    }
}
