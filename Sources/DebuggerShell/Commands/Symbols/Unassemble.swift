import BinaryReading

/// `u`: code with its symbols; without a decoder in this build, the symbol line and the bytes (`debugger-commands.md` §7).
struct Unassemble: ShellCommand {
    let names = ["u"]
    let summary = "Shows code: its symbols, its bytes, and its instructions where they can be decoded."
    let usage = [
        "u [ADDRESS [LCOUNT | END]]",
        "    COUNT instructions; where this build has no decoder, COUNT lines of eight bytes",
        "u nt!SepDuplicateToken L1", "!fel -x \"u @#Line L1\" !cut -f 2 dq ADDRESS L1e",
    ]

    private static let byteCountInLine = 8
    private static let defaultCount: UInt64 = 8
    private static let bytesWidth = 16

    func run(_ invocation: Invocation, in session: ShellSession, to output: CommandOutput) throws(CommandError) {
        let decoder = session.decoder
        let objectByteCount = decoder == nil ? Self.byteCountInLine : 1
        let range = try session.range(invocation.arguments, objectByteCount: objectByteCount)
        let text = InstructionText { session.symbols.name(of: $0).flatMap { $0.symbol == nil ? nil : $0.text } }
        var address = VirtualAddress(range.start)
        var lastName: String?
        for _ in 0..<(range.count ?? Self.defaultCount) {
            // Two addresses name a range of bytes, a count means instructions.
            if let end = range.end, address.rawValue > end { return }
            let name = session.symbols.name(of: address)
            if let name, name.name != lastName { try output.line("\(name.text):") }
            lastName = name?.name
            let bytes = session.bytes(at: address, count: decoder == nil ? Self.byteCountInLine : longestInstruction)
                .prefix { $0 != nil }.compactMap(\.self)
            guard !bytes.isEmpty else {
                try output.line("\(address.debuggerText) ??              ???")
                throw .caret("Memory access error", column: max(invocation.text.count - 1, 0))
            }
            let instruction = decoder?.instruction(in: bytes, at: address.rawValue)
            let shown = decoder == nil ? bytes : Array(bytes.prefix(instruction?.byteCount ?? 1))
            let words = instruction.map { text.text($0, at: address) } ?? "???"
            try output.line("\(address.debuggerText) \(Self.hexText(shown)) \(words)")
            address = address + shown.count
            session.displayPosition = address.rawValue
        }
        if decoder == nil {
            try output.remark("Instructions are not decoded in this build: these are the bytes alone.")
        }
    }

    private static func hexText(_ bytes: [UInt8]) -> String {
        let digits = bytes.map { $0.paddedHexDigits(2) }.joined()
        return digits + String(repeating: " ", count: max(bytesWidth - 1 - digits.count, 0))
    }
}
