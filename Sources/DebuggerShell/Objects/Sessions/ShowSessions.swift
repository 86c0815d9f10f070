import BinaryReading
import KernelObjects
import LeakAnalysis

/// `!session`: the terminal sessions, and the one of the current process (`debugger-commands.md` §8.7).
struct ShowSessions: ShellCommand {
    let names = ["!session"]
    let summary = "Shows the terminal sessions, or goes into one."
    let usage = ["!session [-s SESSION]", "    -s: its first process becomes the current one", "!session -s 2"]

    func run(_ invocation: Invocation, in session: ShellSession, to output: CommandOutput) throws(CommandError) {
        let analysis = try session.analysis()
        let live = analysis.terminalSessions.filter { $0.runningProcesses > 0 }.map(\.id)
        var arguments = ArgumentReader(invocation.arguments)
        guard !arguments.isAtEnd else {
            try output.line("Sessions on machine: \(live.count)")
            try output.line("Valid Sessions: " + live.map { String($0) }.joined(separator: " "))
            try output.line("Current Session \(try Self.current(session))")
            let leaked = analysis.terminalSessions.filter { $0.state == .leaked }.map(\.id)
            guard !leaked.isEmpty else { return }
            return try output.remark(
                "Leaked, without a running process: \(Self.runs(leaked)); see !qwinsta.")
        }
        guard arguments.take("-s", "/s"), let word = arguments.next() else {
            throw .words("Usage: !session [-s SESSION]")
        }
        let wanted = try session.value(of: word)
        try output.line("Sessions on machine: \(live.count)")
        try Self.enter(wanted, session, to: output)
    }

    /// Ascending numbers, with those that follow each other as a range: `3-17 20`.
    private static func runs(_ ids: [UInt32]) -> String {
        var runs: [(first: UInt32, last: UInt32)] = []
        for id in ids {
            if let run = runs.last, run.last &+ 1 == id {
                runs[runs.count - 1].last = id
            } else {
                runs.append((id, id))
            }
        }
        return runs.map { $0.first == $0.last ? "\($0.first)" : "\($0.first)-\($0.last)" }.joined(separator: " ")
    }

    private static func enter(_ wanted: UInt64, _ session: ShellSession, to output: CommandOutput) throws(CommandError)
    {
        let member = try session.processes().first { process in
            !process.hasExited && process.terminalSessionID.map(UInt64.init) == wanted
        }
        guard let member else { throw .words("No process runs in session \(wanted).") }
        session.choose(process: member.address, directoryTableBase: member.directoryTableBase)
        try output.line("Implicit process is now \(member.address.debuggerText)")
        try output.line(".cache forcedecodeptes done")
        // The debugger's own spelling.
        try output.line("Using session \(wanted)l")
    }

    private static func current(_ session: ShellSession) throws(CommandError) -> UInt32 {
        guard let address = session.currentProcess else { return 0 }
        return try session.processes(named: address.rawValue).first?.terminalSessionID ?? 0
    }
}
