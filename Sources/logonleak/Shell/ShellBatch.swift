import DebuggerShell

/// Answers lines that nobody types: from the command line, a file, or a pipe.
struct ShellBatch {
    private let shell: DebuggerShell
    private let result: OutputOptions
    private let isQuiet: Bool

    /// - Parameter isQuiet: Whether our own remarks are left out where the answers stand alone.
    init(_ shell: DebuggerShell, _ result: OutputOptions, isQuiet: Bool) {
        self.shell = shell
        self.result = result
        self.isQuiet = isQuiet
    }

    /// Answers lines; the answers stand alone in the output.
    ///
    /// - Returns: How many lines failed.
    func answer(_ lines: [String]) throws(Failure) -> Int {
        let screen = ShellScreen(
            try result.openWriter(), usesColor: result.usesColor, remarks: isQuiet ? .dropped : .onStandardError)
        var failures = 0
        for line in lines where !line.isEmpty {
            let outcome = shell.run(line, wantsLinks: screen.usesLinks) { screen.write($0) }
            if outcome == .goesOn(succeeded: false) { failures += 1 }
            if outcome == .ended { break }
        }
        try screen.finish()
        return failures
    }

    /// Answers the lines of standard input; prompt and line stand before each answer, as on a screen.
    ///
    /// - Returns: How many lines failed.
    func answerStandardInput() throws(Failure) -> Int {
        let screen = ShellScreen(try result.openWriter(), usesColor: result.usesColor)
        // A terminal shows what is typed by itself.
        let isTyped = isTerminal(descriptor: 0)
        var failures = 0
        while true {
            screen.write(text: shell.prompt)
            if isTyped { screen.flush() }
            guard let line = readLine() else {
                screen.write(text: "\n")
                break
            }
            if !isTyped { screen.write(text: line + "\n") }
            let outcome = shell.run(line, wantsLinks: screen.usesLinks) { screen.write($0) }
            if outcome == .goesOn(succeeded: false) { failures += 1 }
            if outcome == .ended { break }
        }
        try screen.finish()
        return failures
    }
}
