import ArgumentParser
import DebuggerShell

struct ShellCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "shell",
        abstract: "Answers the debugger's own commands over a dump: x, ln, dt, dps, !grep, !fel, and more.",
        discussion: """
            Takes the lines that one would type into WinDbg with MEX and answers as they do. Without -c and --script it asks for lines; \
            .help lists the commands, q leaves.

            EXAMPLES
              logonleak shell MEMORY.DMP
              logonleak shell MEMORY.DMP -c "x nt!SeTokenLeakTracking; db nt!SeTokenLeakTracking L1"
              logonleak shell MEMORY.DMP -c 'dt nt!_SEP_LOGON_SESSION_REFERENCES* poi(nt!SepLogonSessions) -l Next'
              logonleak shell MEMORY.DMP --script lines.txt > answers.txt

            EXIT STATUS of -c, --script and piped lines
              0   every command was answered
              65  a command failed; its words stand in the output
            """)

    @OptionGroup var input: DumpOptions

    @Option(
        name: [.customShort("c"), .customLong("command")],
        help: ArgumentHelp("Answer these commands and leave; may be given several times.", valueName: "line"))
    var lines: [String] = []

    @Option(
        help: ArgumentHelp("Answer the lines of a file and leave.", valueName: "file"), completion: .file())
    var script: String?

    @Flag(help: "Show long answers whole on a terminal, not page by page.")
    var noPager = false

    @OptionGroup var result: OutputOptions

    func run() throws {
        try reportingFailures {
            var batch = lines
            if let script { batch += try ShellScript.lines(ofFileAt: script) }
            let kernel = try input.opening.openKernel()
            let shell = DebuggerShell(
                over: kernel, scan: input.reading.scan, log: LogFile(), interruption: shellInterruption)
            let failures: Int
            if !batch.isEmpty || script != nil {
                failures = try ShellBatch(shell, result, isQuiet: input.reading.quiet).answer(batch)
            } else {
                failures = try answerTypedLines(shell)
            }
            guard failures > 0 else { return }
            throw Failure(
                status: .inputRefused,
                summary: failures == 1 ? "one line was not answered" : "\(failures) lines were not answered",
                details: ["What was wrong stands in the output."])
        }
    }

    /// Asks at a terminal; where there is none, reads lines as they come.
    private func answerTypedLines(_ shell: DebuggerShell) throws(Failure) -> Int {
        guard isTerminal(descriptor: 0), StandardStream.output.isTerminal, result.output == nil else {
            return try ShellBatch(shell, result, isQuiet: input.reading.quiet).answerStandardInput()
        }
        let screen = ShellScreen(
            try result.openWriter(), usesColor: result.usesColor, usesLinks: result.usesColor && TerminalLinks.areShown,
            writesLinesAtOnce: true)
        guard InteractiveShell(shell, screen, usesPages: !noPager).run() else {
            return try ShellBatch(shell, result, isQuiet: input.reading.quiet).answerStandardInput()
        }
        try screen.finish()
        return 0
    }
}
