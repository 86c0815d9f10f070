import BinaryReading

/// `dps dqs` and `dpp`: a pointer a line, with the symbol it leads to (`debugger-commands.md` §5).
struct DisplayPointers: ShellCommand {
    /// Lines where the range does not say how many: 128 bytes.
    private static let defaultCount: UInt64 = 16

    /// Whether what each pointer leads to is shown as well.
    let followsPointers: Bool

    var names: [String] { followsPointers ? ["dpp"] : ["dps", "dqs"] }
    var summary: String {
        followsPointers
            ? "Displays pointers, what they lead to, and the symbols of that." : "Displays pointers with their symbols."
    }
    var usage: [String] {
        let name = names[0]
        return ["\(name) [ADDRESS [LCOUNT | END]]", "\(name) poi(nt!SepLogonSessions)"]
    }

    func run(_ invocation: Invocation, in session: ShellSession, to output: CommandOutput) throws(CommandError) {
        let range = try session.range(invocation.arguments, objectByteCount: 8)
        var position = VirtualAddress(range.start)
        for _ in 0..<(range.count ?? Self.defaultCount) {
            try output.line(row(at: position, session))
            position = position + 8
            session.displayPosition = position.rawValue
        }
    }

    private func row(at address: VirtualAddress, _ session: ShellSession) -> String {
        var text = address.debuggerText + "  "
        guard let value = session.pointer(at: address) else { return text + "????????`????????" }
        session.lastDisplayedValue = value.rawValue
        text += value.debuggerText
        var named = value
        if followsPointers {
            guard let target = session.pointer(at: value) else { return text + " ????????`????????" }
            text += " " + target.debuggerText
            named = target
        }
        guard let name = session.symbols.name(of: named) else { return text }
        return text + " " + name.text
    }
}
