import KernelSymbols
import MemoryImages

/// `.logopen .logappend .logclose .logfile` and MEX's `!logopen` (`debugger-commands.md` §3.4).
struct OpenLog: ShellCommand {
    /// How one of the names opens its file.
    enum Kind {
        case open, append, generated
    }

    let kind: Kind

    var names: [String] {
        switch kind {
        case .open: [".logopen"]
        case .append: [".logappend"]
        case .generated: ["!logopen", "!lo"]
        }
    }
    var summary: String {
        switch kind {
        case .open: "Writes all that follows to a file as well."
        case .append: "Writes all that follows to the end of a file as well."
        case .generated: "Opens a log under a name made of the dump's name and the time."
        }
    }
    var usage: [String] {
        let name = names[0]
        return kind == .generated
            ? ["\(name) [FILE]"]
            : [
                "\(name) [/t] [/u] [FILE]", "\(name) /d", "    /t  adds process number and time to the name",
                "    /d  a name made of the dump's and the time",
            ]
    }

    private static let defaultName = "dbgeng.log"

    func run(_ invocation: Invocation, in session: ShellSession, to output: CommandOutput) throws(CommandError) {
        var reader = ArgumentReader(invocation.arguments)
        var addsTime = false
        var isGenerated = kind == .generated
        while let word = reader.peek(), !word.isQuoted, ["/t", "/u", "/d"].contains(word.text.lowercased()) {
            _ = reader.next()
            if word.text.lowercased() == "/t" { addsTime = true }
            if word.text.lowercased() == "/d" { isGenerated = true }
        }
        let name = reader.next()?.text
        var path = name ?? (isGenerated ? Self.baseName(of: session.kernel.dump.path) + ".log" : Self.defaultName)
        if addsTime || (isGenerated && name == nil) { path = Self.adding(session.log.nameSuffix, to: path) }
        try CloseLog.close(session, output)
        if let reason = session.log.open(path: path, appends: kind == .append) {
            throw .words([
                "Log file '\(path)' could not be opened: \(reason)", "Name a file in a folder that you may write to.",
            ])
        }
        session.openLogPath = path
        try output.line("Opened log file '\(path)'")
    }

    /// The dump's file name without folder and extension.
    private static func baseName(of path: String) -> String {
        let name = path.split { $0 == "/" || $0 == "\\" }.last ?? "dump"
        return name.lastIndex(of: ".").map { String(name[..<$0]) } ?? String(name)
    }

    private static func adding(_ suffix: String, to path: String) -> String {
        let folder = path.lastIndex { $0 == "/" || $0 == "\\" }
        guard let point = path.lastIndex(of: "."), folder.map({ $0 < point }) ?? true else {
            return path + "_" + suffix
        }
        return path[..<point] + "_" + suffix + path[point...]
    }
}

/// `.logclose`, and `.logfile`, which says where the log is.
struct CloseLog: ShellCommand {
    /// Whether it only says.
    let onlyTells: Bool

    var names: [String] { [onlyTells ? ".logfile" : ".logclose"] }
    var summary: String { onlyTells ? "Says which log file is open." : "Closes the log file." }
    var usage: [String] { names }

    func run(_ invocation: Invocation, in session: ShellSession, to output: CommandOutput) throws(CommandError) {
        guard let path = session.openLogPath else { return try output.line("No log file open") }
        guard onlyTells else { return try Self.close(session, output) }
        try output.line("Log '\(path)' open")
    }

    /// Closes the log that is open, if one is.
    static func close(_ session: ShellSession, _ output: CommandOutput) throws(CommandError) {
        guard let path = session.openLogPath else { return }
        session.openLogPath = nil
        try output.line("Closing open log file \(path)")
        session.log.close()
    }
}
