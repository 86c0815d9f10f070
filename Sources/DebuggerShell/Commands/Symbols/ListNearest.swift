import BinaryReading
import KernelSymbols

/// `ln`: the symbols around an address (`debugger-commands.md` §4.2).
struct ListNearest: ShellCommand {
    let names = ["ln"]
    let summary = "Shows the symbols at and around an address."
    let usage = ["ln ADDRESS", "ln poi(nt!SepLogonSessions)", "ln @rip"]

    func run(_ invocation: Invocation, in session: ShellSession, to output: CommandOutput) throws(CommandError) {
        let value =
            invocation.arguments.isEmpty
            ? session.registerValue("$ip") ?? 0 : try session.evaluate(invocation.arguments)
        let address = VirtualAddress(value)
        guard let rva = session.symbols.kernelRVA(of: address) else {
            if let name = session.symbols.name(of: address) {
                try output.line("(\(address.debuggerText))   \(name.text)")
            } else {
                try output.line("")
            }
            return
        }
        let entries = session.symbols.entries
        let next = entries.partitioningIndex { $0.rva > rva }
        guard next > 0 else { return try output.line("") }
        let near = entries[next - 1]
        // Of names that share an address, the first of the source is printed.
        let first = entries.partitioningIndex { $0.rva >= near.rva }
        let base = session.kernel.base
        let distance = rva &- near.rva
        var text = "(\((base + Int(near.rva)).debuggerText))   nt!\(entries[first].name)"
        if distance != 0 { text += "+\(distance.hexText)" }
        if next < entries.count {
            text += "   |  (\((base + Int(entries[next].rva)).debuggerText))   nt!\(entries[next].name)"
        }
        try output.line(text)
        guard distance == 0 else { return }
        try output.line("Exact matches:")
        for entry in entries[first..<next] { try output.line("    nt!\(entry.name)\(entry.typeText)") }
    }
}
