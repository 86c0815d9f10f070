import BinaryReading
import KernelObjects

/// `!process`: processes with their memory, times and threads (`debugger-commands.md` §8.1).
///
/// The order is that of creation. Stacks (flags 2 and 4 together, 8) are not unwound.
struct ShowProcess: ShellCommand {
    let names = ["!process"]
    let summary = "Shows processes: identity, handles, and with flags times, memory and threads."
    let usage = [
        "!process [/s SESSION] [ADDRESS | PID | 0 | -1 [FLAGS [IMAGE]]]",
        "    FLAGS: 1 times and memory   2 threads with what they wait for   4 threads, one line each",
        "    0 means all processes, -1 the current one, IMAGE only those of that name.", "!process 0 0",
        "!process 0 0 lsass.exe", "!process 2a4 7", "!process ffffe00000d52900 1",
    ]

    /// What the arguments ask for.
    private struct Request {
        var session: UInt32?
        var number: UInt64?
        var flags: UInt64?
        var image: String?
    }

    private static let current = UInt64.max

    func run(_ invocation: Invocation, in session: ShellSession, to output: CommandOutput) throws(CommandError) {
        let request = try Self.request(invocation, session)
        let number = request.number ?? Self.current
        // The flags that go without saying: all of one process, times and threads of several.
        let flags = request.flags ?? (request.number == nil || number == 0 || number == Self.current ? 3 : 0xF)
        let isList = number == 0
        var processes = try Self.processes(number, session, to: output)
        if let image = request.image { processes = processes.filter { $0.isImage(image) } }
        if let wanted = request.session { processes = processes.filter { $0.terminalSessionID == wanted } }
        if isList, request.image == nil { try output.line("**** NT ACTIVE PROCESS DUMP ****") }
        guard !processes.isEmpty else { throw Self.nothingFound(request, number) }
        for process in processes {
            try Self.show(process, flags: flags, session, to: output)
            if isList || processes.count > 1 { try output.line("") }
        }
        if isList { try Self.tellExited(processes, to: output) }
    }

    private static func request(_ invocation: Invocation, _ session: ShellSession) throws(CommandError) -> Request {
        var arguments = ArgumentReader(invocation.arguments)
        var request = Request()
        while let word = arguments.peek(), word.text.hasPrefix("/") {
            let option = word.text.lowercased()
            _ = arguments.next()
            guard option == "/s", let number = arguments.next() else {
                throw .words("!process takes /s SESSION; \(option) is not here.")
            }
            request.session = UInt32(truncatingIfNeeded: try session.value(of: number))
        }
        if let word = arguments.next() { request.number = try session.value(of: word) }
        if request.session != nil, request.number == nil { request.number = 0 }
        if let word = arguments.next() { request.flags = try session.value(of: word) }
        if let word = arguments.next() { request.image = word.text }
        return request
    }

    private static func processes(_ number: UInt64, _ session: ShellSession, to output: CommandOutput)
        throws(CommandError) -> [Process]
    {
        if number == 0 { return try session.processes() }
        if number == current {
            guard let address = session.currentProcess else {
                throw .words(["The current process cannot be read.", "!process 0 0 lists all."])
            }
            return try session.processes(named: address.rawValue)
        }
        if !VirtualAddress(number).isKernel {
            try output.line("Searching for Process with Cid == \(String(number, radix: 16))")
        }
        return try session.processes(named: number)
    }

    private static func nothingFound(_ request: Request, _ number: UInt64) -> CommandError {
        if let image = request.image { return .words("No process has the image \(image).") }
        if number == 0 { return .words("There is no such process.") }
        if number == current { return .words("The current process is in no list of processes.") }
        if VirtualAddress(number).isKernel {
            return .words([
                "\(VirtualAddress(number).extensionText) is not a process object.", "!process 0 0 lists all processes.",
            ])
        }
        return .words([
            "No process has the Cid \(String(number, radix: 16)).",
            "Numbers are hex unless 0n stands before them; !process 0 0 lists all processes.",
        ])
    }

    private static func show(
        _ process: Process, flags: UInt64, _ session: ShellSession, to output: CommandOutput
    ) throws(CommandError) {
        for line in try ProcessHeader(process, in: session).lines { try output.line(line) }
        if flags & 1 != 0 {
            guard let details = ProcessDetails(process, in: session) else {
                throw .words("The memory of process \(process.address.extensionText) cannot be read.")
            }
            for line in details.lines { try output.line(line) }
        }
        guard flags & 6 != 0 else { return }
        if flags & 1 != 0 { try output.line("") }
        let threads = try session.snapshot().threads.filter { $0.process == process.address }
        for thread in threads.sorted(by: { ($0.threadID, $0.address) < ($1.threadID, $1.address) }) {
            let lines = ThreadLines(thread, in: session)
            try output.line(lines.head)
            guard flags & 2 != 0 else { continue }
            for line in lines.details(of: process) { try output.line(line) }
            try output.line("")
        }
    }

    private static func tellExited(_ processes: [Process], to output: CommandOutput) throws(CommandError) {
        let exited = processes.count { $0.hasExited }
        guard exited > 0 else { return }
        try output.remark("\(exited) of these have exited and are only kept; !explain PID shows by whom.")
    }
}
