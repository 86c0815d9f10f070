import BinaryReading

/// `u`: the symbol line and the bytes of code; there is no disassembler in here (`debugger-commands.md` §7).
struct Unassemble: ShellCommand {
    let names = ["u"]
    let summary = "Shows the symbol and the bytes of code; instructions are not decoded."
    let usage = [
        "u [ADDRESS [LCOUNT | END]]",
        "    shows the symbol line, then COUNT lines of eight bytes, since no instructions are decoded",
        "u nt!SepDuplicateToken L1", "!fel -x \"u @#Line L1\" !cut -f 2 dq ADDRESS L1e",
    ]

    private static let byteCountInLine = 8
    private static let defaultCount: UInt64 = 8

    func run(_ invocation: Invocation, in session: ShellSession, to output: CommandOutput) throws(CommandError) {
        let range = try session.range(invocation.arguments, objectByteCount: Self.byteCountInLine)
        var address = VirtualAddress(range.start)
        var lastName: String?
        for _ in 0..<(range.count ?? Self.defaultCount) {
            let name = session.symbols.name(of: address)
            if let name, name.name != lastName { try output.line("\(name.text):") }
            lastName = name?.name
            let bytes = session.bytes(at: address, count: Self.byteCountInLine).prefix { $0 != nil }.compactMap(\.self)
            guard !bytes.isEmpty else {
                try output.line("\(address.debuggerText) ??              ???")
                throw .caret("Memory access error", column: max(invocation.text.count - 1, 0))
            }
            try output.line("\(address.debuggerText) \(bytes.map { $0.paddedHexDigits(2) }.joined()) ???")
            address = address + Self.byteCountInLine
            session.displayPosition = address.rawValue
        }
        try output.remark("Instructions are not decoded: these are the bytes alone.")
    }
}
