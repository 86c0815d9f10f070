public import KernelObjects
public import KernelSymbols
import MemoryImages

/// The debugger's words over one dump: takes lines, gives answers.
///
/// It knows no terminal: lines come as text, answers go line by line to whoever asked, and bad input is answered and never ends it. One
/// shell belongs to one thread; ``interruption`` may be used from any.
public final class DebuggerShell {
    /// What follows a line.
    public enum Outcome: Hashable, Sendable {
        /// The shell takes the next line; whether this one was answered without a failure.
        case goesOn(succeeded: Bool)
        /// The user wants to leave.
        case ended
    }

    /// Stops the command that runs.
    public let interruption: Interruption
    let session: ShellSession
    private var lastLine = ""

    /// Makes a shell over the kernel of a dump.
    ///
    /// - Parameters:
    ///   - kernel: The kernel that was found in the dump.
    ///   - scan: When the pool is searched for what nothing lists.
    ///   - log: Writes log files; without it the commands for them say that they cannot.
    ///   - interruption: Stops the command that runs; a signal handler may have it already.
    public init(
        over kernel: Kernel, scan: PoolScanPolicy = .auto, log: any LogWriting = NoLog(),
        interruption: Interruption = Interruption()
    ) {
        self.interruption = interruption
        session = ShellSession(kernel: kernel, commands: .standard, log: log, scan: scan)
    }

    /// What stands before a typed line: `0: kd> `, or `kd> ` on a machine with one processor.
    public var prompt: String {
        (session.kernel.dump.header.processorCount ?? 1) > 1 ? "0: kd> " : "kd> "
    }

    /// Answers a line.
    ///
    /// - Parameters:
    ///   - line: What was typed; an empty line repeats the last one.
    ///   - wantsLinks: Whether the answer's links are used.
    ///   - take: Takes each line of the answer; it answers false where no more is wanted.
    @discardableResult
    public func run(_ line: String, wantsLinks: Bool = false, take: @escaping (OutputLine) -> Bool) -> Outcome {
        interruption.reset()
        let isRepetition = line.allSatisfy(\.isWhitespace)
        let typed = isRepetition ? lastLine : line
        session.log.write(prompt + (isRepetition ? "" : line))
        lastLine = typed
        let log = session.log
        let output = CommandOutput(wantsLinks: wantsLinks, interruption: interruption) {
            (line) throws(CommandError) in
            log.write(line.text)
            guard take(line) else { throw .enough }
        }
        return run(typed, isRepetition: isRepetition, to: output)
    }

    private func run(_ line: String, isRepetition: Bool, to output: CommandOutput) -> Outcome {
        var succeeded = true
        do throws(CommandError) {
            guard line.count <= CommandLine.characterLimit else {
                throw .words("A line can have \(CommandLine.characterLimit) characters; this one has \(line.count).")
            }
            for part in CommandLine(line).parts {
                if session.quits(part.text) {
                    try output.line("quit:")
                    return .ended
                }
                let isAnswered = try session.answer(
                    part, isRepetition: isRepetition, promptWidth: prompt.count, to: output)
                succeeded = succeeded && isAnswered
            }
        } catch {
            succeeded = false
            session.report(error, of: line, column: prompt.count, to: output)
        }
        return .goesOn(succeeded: succeeded)
    }
}
