import BinaryReading
import KernelObjects

/// `!sprocess`: the processes of a terminal session (`debugger-commands.md` §8.7).
struct ShowSessionProcesses: ShellCommand {
    let names = ["!sprocess"]
    let summary = "Shows the processes of a terminal session."
    let usage = ["!sprocess [SESSION | -1]", "    -1 or nothing: the session of the current process", "!sprocess 2"]

    func run(_ invocation: Invocation, in session: ShellSession, to output: CommandOutput) throws(CommandError) {
        var arguments = ArgumentReader(invocation.arguments)
        var wanted: UInt64?
        if let word = arguments.next(), word.text != "-1" { wanted = try session.value(of: word) }
        let all = try session.processes()
        let own = all.first { $0.address == session.currentProcess }?.terminalSessionID ?? 0
        let id = wanted ?? UInt64(own)
        let members = all.filter { $0.terminalSessionID.map(UInt64.init) == id }
        guard let first = members.first else { throw .words("No process is in session \(id).") }
        try output.line("Dumping Session \(id)")
        try output.line("")
        if let space = StructureRecord("_EPROCESS", at: first.address, in: session)?.pointer("Session"), space.isKernel
        {
            try output.line("_MM_SESSION_SPACE \(space.extensionText)")
            if let inner = StructureRecord("_MM_SESSION_SPACE", at: space, in: session)?.address(of: "Session") {
                try output.line("_MMSESSION        \(inner.extensionText)")
            }
        }
        for process in members {
            for line in try ProcessHeader(process, in: session).lines { try output.line(line) }
            try output.line("")
        }
    }
}
