import BinaryReading

/// `db dw dd dc dq dp`: memory as numbers, row by row (`debugger-commands.md` §5).
struct DisplayMemory: ShellCommand {
    /// How one of the commands shows memory.
    struct Format: Hashable {
        let name: String
        let objectByteCount: Int
        let objectsInRow: Int
        let showsText: Bool
        let summary: String
    }

    /// All six.
    static let formats = [
        Format(name: "db", objectByteCount: 1, objectsInRow: 16, showsText: true, summary: "bytes and characters"),
        Format(name: "dw", objectByteCount: 2, objectsInRow: 8, showsText: false, summary: "16-bit words"),
        Format(name: "dd", objectByteCount: 4, objectsInRow: 4, showsText: false, summary: "32-bit words"),
        Format(
            name: "dc", objectByteCount: 4, objectsInRow: 4, showsText: true, summary: "32-bit words and characters"),
        Format(name: "dq", objectByteCount: 8, objectsInRow: 2, showsText: false, summary: "64-bit words"),
        Format(name: "dp", objectByteCount: 8, objectsInRow: 2, showsText: false, summary: "pointers"),
    ]

    /// Bytes that a command shows where its range does not say how many.
    private static let defaultByteCount = 128

    let format: Format

    var names: [String] { [format.name] }
    var summary: String { "Displays memory as \(format.summary)." }
    var usage: [String] {
        [
            "\(format.name) [/cCOLUMNS] [ADDRESS [LCOUNT | END]]",
            "    without an address it goes on where the last display ended",
            "\(format.name) nt!SeTokenLeakTracking L1",
        ]
    }

    func run(_ invocation: Invocation, in session: ShellSession, to output: CommandOutput) throws(CommandError) {
        let (columns, arguments) = try MemoryOptions.columns(in: invocation.arguments, session)
        let range = try session.range(arguments, objectByteCount: format.objectByteCount)
        let count = range.count ?? UInt64(Self.defaultByteCount / format.objectByteCount)
        let perRow = UInt64(columns ?? format.objectsInRow)
        var position = VirtualAddress(range.start)
        var left = count
        while left > 0 {
            let objects = Int(min(left, perRow))
            try output.line(row(at: position, objects: objects, perRow: Int(perRow), session))
            position = position + objects * format.objectByteCount
            left -= UInt64(objects)
            session.displayPosition = position.rawValue
        }
    }

    private func row(at address: VirtualAddress, objects: Int, perRow: Int, _ session: ShellSession) -> String {
        let size = format.objectByteCount
        let bytes = session.bytes(at: address, count: objects * size)
        var text = address.debuggerText + " "
        for index in 0..<objects {
            let value = ShellSession.integer(in: bytes[(index * size)..<((index + 1) * size)])
            if let value { session.lastDisplayedValue = value }
            text += size == 1 && index == 8 ? "-" : " "
            text += Self.text(value, byteCount: size)
        }
        guard format.showsText else { return text }
        text += String(repeating: " ", count: (perRow - objects) * (2 * size + 1) + 2)
        return text + bytes.map(MemoryText.character).joined()
    }

    /// A value in the width of its type: question marks where it could not be read.
    static func text(_ value: UInt64?, byteCount: Int) -> String {
        guard byteCount == 8 else {
            return value.map { $0.paddedHexDigits(2 * byteCount) } ?? String(repeating: "?", count: 2 * byteCount)
        }
        return value.map { VirtualAddress($0).debuggerText } ?? "????????`????????"
    }
}

/// The characters beside memory and inside quotes.
enum MemoryText {
    /// A byte as a character: a point where it has no glyph, a question mark where it could not be read.
    static func character(_ byte: UInt8?) -> String {
        guard let byte else { return "?" }
        return (0x20...0x7E).contains(byte) ? String(UnicodeScalar(byte)) : "."
    }

    /// A UTF-16 unit as a character.
    static func character(_ unit: UInt16?) -> String {
        guard let unit else { return "?" }
        guard unit >= 0x20, let scalar = UnicodeScalar(unit), !scalar.isUnprintable else { return "." }
        return String(Character(scalar))
    }
}

extension UnicodeScalar {
    /// Whether it has no glyph of its own, or would turn or hide what stands around it.
    var isUnprintable: Bool {
        if value < 0x7F { return value < 0x20 }
        if value < 0x300 { return value < 0xA0 || value == 0xAD }
        switch properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator, .privateUse, .surrogate, .unassigned: return true
        default: return false
        }
    }
}

/// Options that all memory commands take.
enum MemoryOptions {
    /// Most objects in a row.
    private static let columnLimit: UInt64 = 64

    /// Takes `/cN` from the front of the arguments.
    static func columns(in arguments: Substring, _ session: ShellSession) throws(CommandError) -> (Int?, Substring) {
        guard arguments.hasPrefix("/c") else { return (nil, arguments) }
        let word = arguments.prefix { !$0.isWhitespace }
        let columns = try Expression.evaluate(word.dropFirst(2), in: session)
        guard (1...columnLimit).contains(columns) else { throw .words("Range error in '\(word)'") }
        return (Int(columns), arguments[word.endIndex...].drop(while: \.isWhitespace))
    }
}
