/// `.sympath`, `.symfix`, `.reload`: where symbols come from (`debugger-commands.md` §3.5).
struct SymbolPath: ShellCommand {
    let names = [".sympath", ".symfix"]
    let summary = "Says where the symbols come from; others are named when the shell starts: --symbols."
    let usage = [".sympath"]

    func run(_ invocation: Invocation, in session: ShellSession, to output: CommandOutput) throws(CommandError) {
        try output.line("Symbol search path is: \(session.types.description)")
        guard !invocation.arguments.isEmpty || invocation.name.lowercased() == ".symfix" else { return }
        try output.remark("The path cannot be changed here: leave the shell and start it with --symbols PATH.")
    }
}

/// `.reload`: says what is loaded, as the debugger does when it loads.
struct Reload: ShellCommand {
    let names = [".reload"]
    let summary = "Shows what a reload shows; symbols do not change while the shell runs."
    let usage = [".reload"]

    private static let pointsInLine = 64

    func run(_ invocation: Invocation, in session: ShellSession, to output: CommandOutput) throws(CommandError) {
        try output.line("Loading Kernel Symbols")
        var left = session.symbols.modules.count
        while left > 0 {
            try output.line(String(repeating: ".", count: min(left, Self.pointsInLine)))
            left -= Self.pointsInLine
        }
        try output.line("Loading User Symbols")
        try output.line("Loading unloaded module list")
        try output.remark("Only the kernel's symbols are known here: \(session.types.description).")
    }
}
