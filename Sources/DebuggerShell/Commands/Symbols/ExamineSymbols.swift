import BinaryReading
import KernelSymbols

/// `x`: symbols by pattern, with their addresses (`debugger-commands.md` §4.1).
struct ExamineSymbols: ShellCommand {
    let names = ["x"]
    let summary = "Lists the symbols whose names fit a pattern."
    let usage = [
        "x [/0|/1|/2] [/n|/a] MODULE!PATTERN", "    /0 addresses only   /1 names only   /2 addresses and names",
        "    /n by name          /a by address", "x nt!SeTokenLeakTracking", "x nt!Sep*Token*",
    ]
    let takesAttachedOptions = true

    func run(_ invocation: Invocation, in session: ShellSession, to output: CommandOutput) throws(CommandError) {
        var reader = ArgumentReader(invocation.arguments)
        var options: Set<Character> = []
        while let word = reader.peek(), word.text.hasPrefix("/") {
            options.formUnion(word.text.dropFirst())
            _ = reader.next()
        }
        guard let text = reader.next()?.text else { throw .words("Numeric expression missing from '<EOL>'") }
        let parts = text.split(separator: "!", maxSplits: 1, omittingEmptySubsequences: false)
        let pattern = NamePattern(String(parts.last ?? ""))
        if parts.count == 2 {
            try requireModule(String(parts[0]), invocation, session, output)
            guard Self.meansKernel(String(parts[0]), session) else { return }
        }
        for entry in Self.entries(matching: pattern, sortedBy: options, session) {
            try output.line(Self.line(entry, options: options, session))
        }
        if pattern.literal == nil, !session.types.isComplete {
            try output.remark("Only the symbols of \(session.types.description) were searched; more: --symbols")
        }
    }

    private static func meansKernel(_ module: String, _ session: ShellSession) -> Bool {
        session.symbols.isKernelName(module) || NamePattern(module).matches("nt")
    }

    private func requireModule(
        _ module: String, _ invocation: Invocation, _ session: ShellSession, _ output: CommandOutput
    ) throws(CommandError) {
        if Self.meansKernel(module, session) { return }
        guard session.symbols.base(ofModule: module) != nil else {
            throw .caret("Couldn't resolve 'x \(invocation.arguments)'", column: 0)
        }
        try output.remark("\(module) has no symbols here: only the kernel's own are known.")
    }

    private static func entries(
        matching pattern: NamePattern, sortedBy options: Set<Character>, _ session: ShellSession
    ) -> [SymbolTable.Entry] {
        if let name = pattern.literal, !name.hasPrefix("_") {
            return session.symbols.entry(named: name).map { [$0] } ?? []
        }
        let entries = session.symbols.entries.filter { pattern.matches($0.name) }
        return options.contains("n") ? entries.sorted { ($0.name, $0.rva) < ($1.name, $1.rva) } : entries
    }

    private static func line(_ entry: SymbolTable.Entry, options: Set<Character>, _ session: ShellSession) -> String {
        let address = (session.kernel.base + Int(entry.rva)).debuggerText
        if options.contains("0") { return address }
        if options.contains("1") { return "nt!\(entry.name)" }
        if options.contains("2") { return "\(address) nt!\(entry.name)" }
        return "\(address) nt!\(entry.name)\(entry.typeText)"
    }
}

extension SymbolTable.Entry {
    /// What a debugger with public symbols prints in place of the type.
    var typeText: String { isFunction ? " (<no parameter info>)" : " = <no type information>" }
}
