import BinaryReading
import KernelObjects
import LeakAnalysis
import LeakReports

/// `!tl`, `!tasklist`: the processes as a table (`debugger-commands.md` §10.4). Exited processes are counted, and listed with `-z`.
struct TaskList: ShellCommand {
    let names = ["!tasklist", "!tl"]
    let summary = "List the processes, or those that fit"
    let usage = [
        "!tasklist [-s [SESSION]] [-u] [-proc] [-z] [NAME | PID | ADDRESS]",
        "    -s: terminal session, of all or of one   -u: user   -proc: threads, handles, creation   -z: exited ones",
        "    NAME: part of the image or of a service   PID: 0x2a4, 0n676, 2a4", "!tl lsass", "!tl 0n676", "!tl -s 2 -u",
    ]

    /// What the arguments ask for.
    private struct Request {
        var showsSession = false
        var session: UInt64?
        var showsUser = false
        var showsDetails = false
        var wantsExited = false
        var word: String?
    }

    func run(_ invocation: Invocation, in session: ShellSession, to output: CommandOutput) throws(CommandError) {
        let request = try Self.request(invocation, session)
        let all = try session.processes()
        var shown = all.filter { $0.hasExited == request.wantsExited }
        if let word = request.word {
            let named = Self.named(word, among: all, session)
            shown = named.isEmpty ? shown.filter { Self.nameText($0).lowercased().contains(word.lowercased()) } : named
        }
        if let wanted = request.session { shown = shown.filter { $0.terminalSessionID.map(UInt64.init) == wanted } }
        guard !shown.isEmpty else {
            throw .words("No process fits" + (request.word.map { " \($0)" } ?? "") + "; !tl lists all.")
        }
        let table = try Self.table(shown, request, session)
        for line in table.lines(repeatsHead: true) { try output.line(line) }
        let zombies = all.count { $0.hasExited }
        guard zombies > 0, !request.wantsExited else { return }
        try output.line("")
        try output.line("Warning! Zombie process(es) detected (not displayed). Count: \(zombies) [zombie report]")
        try output.remark("!tl -z lists them.")
    }

    private static func request(_ invocation: Invocation, _ session: ShellSession) throws(CommandError) -> Request {
        var arguments = ArgumentReader(invocation.arguments)
        var request = Request()
        while let word = arguments.next() {
            switch word.text.lowercased() {
            case "-s":
                request.showsSession = true
                if let next = arguments.peek(), next.text.allSatisfy({ $0.isHexDigit || $0 == "n" || $0 == "x" }) {
                    _ = arguments.next()
                    request.session = try session.value(of: next)
                }
            case "-u": request.showsUser = true
            case "-proc": request.showsDetails = true
            case "-z": request.wantsExited = true
            case let option where option.hasPrefix("-") && !word.isQuoted:
                throw .words(["!tasklist \(option) is not here.", "-s, -u, -proc and -z are."])
            default: request.word = word.text
            }
        }
        return request
    }

    /// The processes that a word names by id or address; none where it is no number or names none.
    private static func named(_ word: String, among processes: [Process], _ session: ShellSession) -> [Process] {
        guard word.first?.isHexDigit == true || word.first == "@", let value = try? session.evaluate(word) else {
            return []
        }
        return processes.filter { $0.processID == value || $0.address.rawValue == value }
    }

    private static func nameText(_ process: Process) -> String { ShellSession.imageText(process) }

    private static func table(_ processes: [Process], _ request: Request, _ session: ShellSession) throws(CommandError)
        -> ColumnTable
    {
        var columns = [
            ColumnTable.Column(title: "PID"), ColumnTable.Column(title: "Address"), ColumnTable.Column(title: "Name"),
        ]
        if request.showsSession { columns.append(ColumnTable.Column(title: "Ses", isNumber: true)) }
        if request.showsUser { columns.append(ColumnTable.Column(title: "User Name")) }
        if request.showsDetails {
            columns += [
                ColumnTable.Column(title: "Thd", isNumber: true), ColumnTable.Column(title: "Hnd", isNumber: true),
                ColumnTable.Column(title: "Create Time"),
            ]
        }
        var table = ColumnTable(columns)
        let width = processes.map { $0.processID.hexText.count }.max() ?? 0
        for process in processes {
            let hex = process.processID.hexText
            let padding = String(repeating: " ", count: width - hex.count)
            var cells = [
                "\(hex)\(padding) 0n\(process.processID)", process.address.extensionText, name(process, session),
            ]
            if request.showsSession { cells.append(process.terminalSessionID.map { String($0) } ?? "-") }
            if request.showsUser { cells.append(try user(of: process, session)) }
            if request.showsDetails {
                cells.append(process.activeThreadCount.map { String($0) } ?? "?")
                cells.append(try session.handleTable(of: process).map { String($0.handleCount) } ?? "0")
                cells.append(process.created.map(CalendarText.moment) ?? "")
            }
            table.add(cells)
        }
        return table
    }

    /// The image; 32-bit ones are marked.
    private static func name(_ process: Process, _ session: ShellSession) -> String {
        let record = StructureRecord("_EPROCESS", at: process.address, in: session)
        let isWow = record?.number(firstOf: ["WoW64Process", "Wow64Process"]).map { $0 != 0 } ?? false
        return nameText(process) + (isWow ? "*32" : "")
    }

    private static func user(of process: Process, _ session: ShellSession) throws(CommandError) -> String {
        let analysis = try session.analysis()
        guard let user = process.primaryToken.flatMap(analysis.token(at:))?.user else { return "?" }
        return analysis.name(of: user) ?? user.description
    }
}
