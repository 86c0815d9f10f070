import AddressTranslation
import BinaryReading

/// `s`: searches virtual memory (`debugger-commands.md` §5.1).
struct SearchMemory: ShellCommand {
    let names = ["s"]
    let summary = "Searches memory for bytes, numbers or text."
    let usage = [
        "s [-b|-w|-d|-q|-a|-u] RANGE PATTERN",
        "    -b -w -d -q  bytes (default), or numbers of 2, 4 or 8 bytes, at aligned places",
        "    -a -u        text in ASCII or UTF-16", "    -[1]b        addresses only",
        "s -u 0xffffb808`3ea02650 L?10000 \"user17\"",
    ]
    let takesAttachedOptions = true

    func run(_ invocation: Invocation, in session: ShellSession, to output: CommandOutput) throws(CommandError) {
        var rest = invocation.arguments
        var kind = Kind.bytes
        var addressesOnly = false
        if rest.hasPrefix("-") {
            let option = rest.prefix { !$0.isWhitespace }
            (kind, addressesOnly) = try Self.options(option)
            rest = rest[option.endIndex...].drop(while: \.isWhitespace)
        }
        let (range, patternText) = try Self.range(rest, kind, session)
        let pattern = try kind.pattern(patternText, in: session)
        guard !pattern.isEmpty else { throw .words("Numeric expression missing from '<EOL>'") }
        let search = MemorySearch(pattern: pattern, alignment: kind.alignment, session: session)
        let (byteCount, overflow) = (range.count ?? 0).multipliedReportingOverflow(by: UInt64(kind.objectByteCount))
        try search.run(from: range.start, byteCount: overflow ? .max : byteCount) { (address) throws(CommandError) in
            if addressesOnly {
                try output.line(VirtualAddress(address).debuggerText)
            } else {
                try session.run("\(kind.displayName) 0x\(String(address, radix: 16)) L\(kind.displayCount)", to: output)
            }
        } checking: { () throws(CommandError) in
            try output.checkInterruption()
        }
    }

    /// What is searched for.
    enum Kind: Character {
        case bytes = "b"
        case words = "w"
        case doubleWords = "d"
        case quadWords = "q"
        case text = "a"
        case wideText = "u"

        var objectByteCount: Int {
            switch self {
            case .bytes, .text: 1
            case .words, .wideText: 2
            case .doubleWords: 4
            case .quadWords: 8
            }
        }

        /// Numbers lie at multiples of their size; text lies anywhere.
        var alignment: UInt64 { self == .wideText ? 1 : UInt64(objectByteCount) }

        var displayName: String {
            switch self {
            case .bytes, .text: "db"
            case .words, .wideText: "dw"
            case .doubleWords: "dc"
            case .quadWords: "dq"
            }
        }

        var displayCount: String { String(16 / objectByteCount, radix: 16) }

        /// The bytes that a pattern stands for.
        func pattern(_ text: Substring, in session: ShellSession) throws(CommandError) -> [UInt8] {
            var reader = ArgumentReader(text)
            if self == .text || self == .wideText {
                let word = reader.next()?.text ?? ""
                return self == .text ? Array(word.utf8) : word.utf16.flatMap { [UInt8($0 & 0xFF), UInt8($0 >> 8)] }
            }
            var bytes: [UInt8] = []
            while let word = reader.next() {
                let value = try value(of: word, in: session)
                for index in 0..<objectByteCount {
                    bytes.append(UInt8(truncatingIfNeeded: value >> UInt64(8 * index)))
                }
            }
            return bytes
        }

        /// A number, or the characters between single quotes.
        private func value(of word: ArgumentReader.Word, in session: ShellSession) throws(CommandError) -> UInt64 {
            guard word.text.hasPrefix("'"), word.text.count > 1 else {
                return try Expression.evaluate(word.text, in: session)
            }
            let characters = word.text.dropFirst().prefix { $0 != "'" }.utf8.prefix(8)
            return characters.reversed().reduce(0) { $0 << 8 | UInt64($1) }
        }
    }

    private static func options(_ option: Substring) throws(CommandError) -> (Kind, Bool) {
        var text = option.dropFirst()
        var addressesOnly = false
        if text.first == "[", let end = text.firstIndex(of: "]") {
            addressesOnly = text[..<end].contains("1")
            text = text[end...].dropFirst()
        }
        guard text.count == 1, let letter = text.first, let kind = Kind(rawValue: letter) else {
            throw .words(["Syntax error at '\(option)'", "s takes -b, -w, -d, -q, -a and -u here."])
        }
        return (kind, addressesOnly)
    }

    /// The range ends with its length, or with a second address; the pattern is what follows.
    private static func range(_ text: Substring, _ kind: Kind, _ session: ShellSession) throws(CommandError) -> (
        AddressRange, Substring
    ) {
        var reader = ArgumentReader(text)
        guard let first = reader.next() else { throw .words("Numeric expression missing from '<EOL>'") }
        let afterFirst = reader.rest
        guard let second = reader.next() else { throw .words("Numeric expression missing from '<EOL>'") }
        var rangeText = "\(first.text) \(second.text)"
        if second.text.lowercased() == "l", let length = reader.next() { rangeText += length.text }
        let range = try AddressRange(
            Substring(rangeText), objectByteCount: UInt64(kind.objectByteCount), in: session)
        guard range.count != nil, range.rest.isEmpty else {
            throw .words("Syntax error at '\(afterFirst)'")
        }
        return (range, reader.rest)
    }
}
