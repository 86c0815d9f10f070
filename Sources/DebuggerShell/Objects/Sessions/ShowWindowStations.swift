import BinaryReading
import KernelObjects
import LeakAnalysis
import LeakReports

/// `!qwinsta`: what `qwinsta` would have shown on the machine, rebuilt from processes and tokens, with the gaps in the row of session
/// numbers and what fills them (`debugger-commands.md` §8.8).
///
/// A dump does not tell whether a session is connected: `Live` means that a process runs in it.
struct ShowWindowStations: ShellCommand {
    let names = ["!qwinsta"]
    let summary = "Lists the terminal sessions as qwinsta does, with the leaked ones in the gaps."
    let usage = ["!qwinsta"]

    /// One line.
    private struct Row {
        let name: String
        var user = ""
        let id: String
        let state: String
    }

    func run(_ invocation: Invocation, in session: ShellSession, to output: CommandOutput) throws(CommandError) {
        let analysis = try session.analysis()
        let rows = Self.rows(analysis, consoleID: session.consoleSessionID)
        try output.line(" SESSIONNAME       USERNAME                 ID  STATE   TYPE        DEVICE")
        for row in rows { try output.line(Self.line(row)) }
        let leaked = analysis.terminalSessions.count { $0.state == .leaked }
        if leaked > 0 {
            try output.remark("\(leaked) gaps are leaked sessions: nothing runs in them and something keeps them.")
            try output.remark("!leaks shows who; logonleak terminals lists them.")
        }
        try output.remark("Live: a process runs in it; a dump does not tell whether it was connected.")
    }

    private static func rows(_ analysis: Analysis, consoleID: UInt32?) -> [Row] {
        var rows: [Row] = []
        var next: UInt32 = 0
        let owners = owners(analysis)
        for terminal in analysis.terminalSessions {
            if terminal.id > next { rows.append(gap(next, terminal.id - 1)) }
            rows.append(row(of: terminal, owners[terminal.id], analysis, consoleID: consoleID))
            next = terminal.id &+ 1
        }
        return rows
    }

    private static func gap(_ first: UInt32, _ last: UInt32) -> Row {
        Row(name: "", id: first == last ? String(first) : "\(first)-\(last)", state: "Free")
    }

    /// Whose terminal session each is: the first remote logon in it, else the first interactive one.
    private static func owners(_ analysis: Analysis) -> [UInt32: SessionAnalysis] {
        var owners: [UInt32: SessionAnalysis] = [:]
        for kind in [LogonKind.interactive, .remoteInteractive] {
            for logon in analysis.sessions.reversed() where logon.kind == kind {
                for id in logon.terminalSessions { owners[id] = logon }
            }
        }
        return owners
    }

    private static func row(
        of terminal: TerminalSessionAnalysis, _ own: SessionAnalysis?, _ analysis: Analysis, consoleID: UInt32?
    ) -> Row {
        if terminal.id == 0 { return Row(name: "services", id: "0", state: "Disc") }
        let account = own.flatMap { analysis.snapshot.logonSessions[$0.session].accountName } ?? ""
        let isConsole = terminal.id == consoleID
        let name = isConsole ? "console" : own?.kind == .remoteInteractive ? "rdp-tcp" : ""
        guard terminal.state == .leaked else {
            return Row(name: name, user: account, id: String(terminal.id), state: "Live")
        }
        return Row(name: "", user: account, id: String(terminal.id), state: "Leaked")
    }

    /// Name in column 2, user in column 20, the id to column 45, state from column 48.
    private static func line(_ row: Row) -> String {
        let user = row.user.terminalSafe.fitted(to: 20)
        var text = " " + padded(row.name, 18) + padded(user, 22)
        text += String(repeating: " ", count: max(0, 5 - row.id.count)) + row.id + "  " + row.state
        return text
    }

    private static func padded(_ text: String, _ width: Int) -> String {
        text + String(repeating: " ", count: max(0, width - text.columns))
    }
}

extension ShellSession {
    /// The terminal session at the machine's own screen; nil where the page that the kernel shares with everybody is not in the dump.
    var consoleSessionID: UInt32? {
        let shared = StructureRecord("_KUSER_SHARED_DATA", at: VirtualAddress(0xFFFF_F780_0000_0000), in: self)
        guard let id = shared?.number("ActiveConsoleId"), id != 0xFFFF_FFFF else { return nil }
        return UInt32(truncatingIfNeeded: id)
    }
}
