import BinaryReading
import KernelObjects

/// `!handle`: the handles of a process, or of all (`debugger-commands.md` §8.4).
struct ShowHandle: ShellCommand {
    let names = ["!handle"]
    let summary = "Shows the handles of a process, by number or by type."
    let usage = [
        "!handle [HANDLE [FLAGS [PROCESS [TYPE]]]]",
        "    HANDLE 0: all.   FLAGS 1: entry, 2: object, 0x10: kernel handles; without: 3; others are passed over",
        "    PROCESS: address or id, 0: all, without: the current one.   TYPE: Token, Process, Key …, in either case",
        "!handle 0 3 0n676 Token", "!handle 0 0 0 Token", "!handle 1f0 f ffffa604f683b180",
    ]

    /// What the arguments ask for.
    private struct Request {
        var handle: UInt64 = 0
        var flags: UInt64 = 3
        var process: UInt64?
        var type: String?
    }

    private static let kernelTableFlag: UInt64 = 0x10
    private static let kernelHandles: UInt64 = 0xFFFF_FFFF_8000_0000

    func run(_ invocation: Invocation, in session: ShellSession, to output: CommandOutput) throws(CommandError) {
        let request = try Self.request(invocation, session)
        let (processes, areAll) = try Self.processes(request, session)
        if areAll {
            try output.line("**** NT ACTIVE PROCESS HANDLE DUMP ****")
        }
        if let type = request.type {
            if areAll { try output.line("") }
            try output.line("Searching for handles of type \(type)")
        }
        let reading = (entries: try session.handleEntries(), objects: try session.objects())
        for process in processes {
            try Self.show(process, request, reading, isOnly: !areAll, session, to: output)
        }
    }

    private static func request(_ invocation: Invocation, _ session: ShellSession) throws(CommandError) -> Request {
        var arguments = ArgumentReader(invocation.arguments)
        var request = Request()
        if let word = arguments.next() { request.handle = try session.value(of: word) }
        if let word = arguments.next() { request.flags = try session.value(of: word) }
        if let word = arguments.next() {
            // A type may stand where the process is left out, as in `!handle 0 f event`.
            let process = try? session.value(of: word)
            if process == nil, !arguments.isAtEnd || !word.text.allSatisfy(\.isLetter) {
                request.process = try session.value(of: word)
            }
            request.process = process
            request.type = process == nil ? word.text : nil
        }
        if let word = arguments.next() { request.type = word.text }
        return request
    }

    private static func processes(_ request: Request, _ session: ShellSession) throws(CommandError)
        -> (processes: [Process], areAll: Bool)
    {
        if request.flags & kernelTableFlag != 0 || request.handle >= kernelHandles {
            let tables = try session.snapshot().handleTables.filter(\.isKernelTable).map(\.process)
            return (try session.processes().filter { tables.contains($0.address) }, false)
        }
        if request.process == 0 { return (try session.processes().filter { $0.handleTable != nil }, true) }
        guard let named = request.process ?? session.currentProcess?.rawValue else {
            throw .words(["The current process cannot be read.", "Name one: !handle 0 3 PID"])
        }
        let found = try session.processes(named: named)
        guard !found.isEmpty else {
            throw .words([
                "\(String(named, radix: 16)) is neither the address nor the id of a process.",
                "Numbers are hex unless 0n stands before them; !process 0 0 lists all processes.",
            ])
        }
        return (found, false)
    }

    private static func show(
        _ process: Process, _ request: Request, _ reading: (entries: HandleEntryReading, objects: ObjectReading),
        isOnly: Bool, _ session: ShellSession, to output: CommandOutput
    ) throws(CommandError) {
        try output.line("")
        for line in try ProcessHeader(process, in: session).lines { try output.line(line) }
        try output.line("")
        guard let address = process.handleTable else {
            return try output.line("The process has no handle table: it has exited.")
        }
        let table = try session.handleTable(of: process)
        let isKernelTable = table?.isKernelTable ?? false
        let count = table.map { "with \($0.handleCount) entries in use" } ?? "whose entries were not counted"
        try output.line("\(isKernelTable ? "Kernel handle" : "Handle") table at \(address.extensionText) \(count)")
        try output.line("")
        let wanted = request.handle & ~3 & 0x7FFF_FFFF
        var isFound = false
        let missing = try reading.entries.forEachEntry(of: address) { (entry) throws(CommandError) in
            try output.checkInterruption()
            guard wanted == 0 || UInt64(entry.number) == wanted else { return }
            isFound = try show(entry, request, reading.objects, isKernelTable, to: output) || isFound
        }
        if wanted != 0, !isFound, isOnly {
            try output.failure("\(handleText(wanted, isKernelTable)): free handle or not of that type")
        }
        if missing > 0 { try output.failure("\(missing) pages of this table cannot be read; handles may be missing.") }
    }

    private static func handleText(_ number: UInt64, _ isKernelTable: Bool) -> String {
        (isKernelTable ? number | kernelHandles : number).paddedHexDigits(4)
    }

    /// - Returns: Whether the entry is of the wanted type.
    private static func show(
        _ entry: HandleEntryReading.Entry, _ request: Request, _ objects: ObjectReading, _ isKernelTable: Bool,
        to output: CommandOutput
    ) throws(CommandError) -> Bool {
        let facts = request.type != nil || request.flags & 2 != 0 ? objects.facts(of: entry.object) : nil
        if let type = request.type?.lowercased(), facts?.typeName.lowercased() != type { return false }
        let words = [(UInt8(1), "Protected"), (2, "Inherit"), (4, "Audit")].filter { entry.attributes & $0.0 != 0 }
            .map { " (\($0.1))" }.joined()
        try output.line(
            "\(handleText(UInt64(entry.number), isKernelTable)): Object: \(entry.object.extensionText)  "
                + "GrantedAccess: \(entry.access.paddedHexDigits(8))\(words) Entry: \(entry.address.extensionText)")
        guard request.flags & 2 != 0 else { return true }
        if let facts {
            for line in ObjectLines(facts).linesOfHandle { try output.line(line) }
        } else {
            try output.line("\(entry.object.extensionText): Not a valid object (ObjectType invalid)")
        }
        try output.line("")
        return true
    }
}
