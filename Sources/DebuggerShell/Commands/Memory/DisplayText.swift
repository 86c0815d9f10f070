import BinaryReading

/// `da du`: memory as text, up to the first NUL (`debugger-commands.md` §5).
struct DisplayText: ShellCommand {
    private static let charactersInLine = 48
    /// Characters where no NUL comes: what one command reads at most without a range.
    private static let defaultLimit: UInt64 = 4096

    /// Whether it is UTF-16.
    let isWide: Bool

    var names: [String] { [isWide ? "du" : "da"] }
    var summary: String { "Displays memory as \(isWide ? "UTF-16" : "ASCII") text." }
    var usage: [String] {
        [
            "\(names[0]) [ADDRESS [LCOUNT | END]]", "    ends at the first NUL; with a range, at its end",
            "\(names[0]) poi(nt!CmVersionString+8)",
        ]
    }

    func run(_ invocation: Invocation, in session: ShellSession, to output: CommandOutput) throws(CommandError) {
        let size = isWide ? 2 : 1
        let range = try session.range(invocation.arguments, objectByteCount: size)
        var position = VirtualAddress(range.start)
        var left = range.count ?? Self.defaultLimit
        repeat {
            let count = Int(min(left, UInt64(Self.charactersInLine)))
            let piece = Self.characters(at: position, count: count, byteCount: size, session)
            let hasEnded = piece.count < count
            try output.line("\(position.debuggerText)  \"\(piece.joined())\"")
            position = position + count * size
            left -= UInt64(count)
            session.displayPosition = position.rawValue
            if hasEnded { return }
        } while left > 0
    }

    /// Characters up to the first NUL; where even the first cannot be read, eight question marks.
    private static func characters(at address: VirtualAddress, count: Int, byteCount: Int, _ session: ShellSession)
        -> [String]
    {
        let bytes = session.bytes(at: address, count: count * byteCount)
        var characters: [String] = []
        for index in 0..<count {
            let value = ShellSession.integer(in: bytes[(index * byteCount)..<((index + 1) * byteCount)])
            guard let value else { return index == 0 ? ["????????"] : characters }
            guard value != 0 else { return characters }
            characters.append(
                byteCount == 1
                    ? MemoryText.character(UInt8(truncatingIfNeeded: value))
                    : MemoryText.character(UInt16(truncatingIfNeeded: value)))
        }
        return characters
    }
}
