import BinaryReading
import FileMapping
import KernelObjects
import KernelSymbols
import LeakReports
import MemoryImages

/// `!di`, `!dumpinfo`: the dump and its machine as MEX shows them (`debugger-commands.md` §10.2). Times are UTC; the makers of machine and
/// processor, which stand in the registry, are left out.
struct DumpInformation: ShellCommand {
    let names = ["!dumpinfo", "!di"]
    let summary = "Display dump information"
    let usage = ["!dumpinfo [-v]", "    -v|-verbose: times of events and the file's size"]

    func run(_ invocation: Invocation, in session: ShellSession, to output: CommandOutput) throws(CommandError) {
        var arguments = ArgumentReader(invocation.arguments)
        let isVerbose = arguments.take("-v", "-verbose")
        let facts = try session.snapshot().dump
        let header = session.kernel.dump.header
        try output.line("Computer Name: " + (facts.computerName?.terminalSafe ?? " Not Found"))
        for line in TargetDescription(session).linesWithoutMachine { try output.line(line) }
        if let check = header.bugCheck {
            let parameters = check.parameters.map { String($0, radix: 16).uppercased() }.joined(separator: ", ")
            try output.line("Bugcheck: \(String(check.code, radix: 16).uppercased()) (\(parameters))")
        }
        let kind = session.kernel.dump.holdsUserPages ? "Full Memory Dump" : "Dump"
        try output.line("KernelMode \(kind) Path: \(facts.path)")
        if isVerbose { try Self.writeDetails(session, to: output) }
    }

    private static func writeDetails(_ session: ShellSession, to output: CommandOutput) throws(CommandError) {
        let header = session.kernel.dump.header
        var table = ColumnTable([ColumnTable.Column(title: "Event"), ColumnTable.Column(title: "Time")])
        if let end = header.systemTime {
            if let uptime = header.systemUpTime, uptime < end.rawValue {
                table.add(["System Start", moment(FileTime(end.rawValue - uptime))])
            }
            table.add(["Dump Start", moment(end)])
        }
        try output.line("")
        if !table.isEmpty {
            for line in table.lines() { try output.line(line) }
            try output.line("")
        }
        if let uptime = header.systemUpTime { try output.line("System Uptime \(MexTime.text(uptime))") }
        try output.line("File size \(grouped(UInt64(session.kernel.dump.file.byteCount)))")
    }

    /// `08/13/2023 04:25:42.458 AM`
    private static func moment(_ time: FileTime) -> String {
        let parts = time.description.split { "-T:.Z".contains($0) }
        guard parts.count >= 6, let hour = Int(parts[3]) else { return time.description }
        let half = hour % 12 == 0 ? 12 : hour % 12
        let milliseconds = String(time.rawValue % FileTime.unitsPerSecond / 10_000)
        let padded = String(repeating: "0", count: max(0, 3 - milliseconds.count)) + milliseconds
        return "\(parts[1])/\(parts[2])/\(parts[0]) \(half < 10 ? "0" : "")\(half):\(parts[4]):\(parts[5]).\(padded) "
            + (hour < 12 ? "AM" : "PM")
    }

    private static func grouped(_ number: UInt64) -> String {
        var text = ""
        for (index, digit) in String(number).reversed().enumerated() {
            if index > 0, index % 3 == 0 { text.append(",") }
            text.append(digit)
        }
        return String(text.reversed())
    }
}

/// `!cn`: the computer's name (`debugger-commands.md` §10.2).
struct ComputerName: ShellCommand {
    let names = ["!cn"]
    let summary = "Display the computer's name"
    let usage = ["!cn"]

    func run(_ invocation: Invocation, in session: ShellSession, to output: CommandOutput) throws(CommandError) {
        try output.line("Computer Name: " + (try session.snapshot().dump.computerName?.terminalSafe ?? " Not Found"))
    }
}

/// Lengths of time as MEX writes them: `15ms`, `10s.328`, `27m:55.218`, `2h:05:10.000`, `3d.02:05:10.000`.
enum MexTime {
    /// The text of a length in units of 100 ns.
    static func text(_ units: UInt64) -> String {
        let all = units / 10_000
        let milliseconds = padded(all % 1000, 3)
        let seconds = all / 1000
        if all < 1000 { return "\(all)ms" }
        if seconds < 60 { return "\(seconds)s.\(milliseconds)" }
        let tail = "\(padded(seconds % 60, 2)).\(milliseconds)"
        if seconds < 3600 { return "\(seconds / 60)m:\(tail)" }
        let minutes = padded(seconds / 60 % 60, 2)
        if seconds < 86_400 { return "\(seconds / 3600)h:\(minutes):\(tail)" }
        return "\(seconds / 86_400)d.\(padded(seconds / 3600 % 24, 2)):\(minutes):\(tail)"
    }

    private static func padded(_ number: UInt64, _ width: Int) -> String {
        let digits = String(number)
        return String(repeating: "0", count: max(0, width - digits.count)) + digits
    }
}
