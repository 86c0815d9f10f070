/// Takes the arguments of a command one by one from the left.
struct ArgumentReader {
    /// What has not been taken yet.
    private(set) var rest: Substring

    /// One argument.
    struct Word: Hashable {
        /// The argument without the quotes around it.
        let text: String
        /// Whether quotes stood around it.
        let isQuoted: Bool
    }

    /// Reads the arguments in a text.
    init(_ text: some StringProtocol) {
        rest = Substring(text)
        skipBlanks()
    }

    /// Whether nothing is left.
    var isAtEnd: Bool { rest.isEmpty }

    private mutating func skipBlanks() { rest = rest.drop(while: \.isWhitespace) }

    /// The next argument, which stays.
    func peek() -> Word? {
        var copy = self
        return copy.next()
    }

    /// Takes the next argument: up to a blank, where double quotes and parentheses hold blanks together.
    mutating func next() -> Word? {
        guard let first = rest.first else { return nil }
        if first == "\"" {
            let body = rest.dropFirst()
            let end = body.firstIndex(of: "\"") ?? body.endIndex
            rest = body[end...].dropFirst()
            skipBlanks()
            return Word(text: String(body[..<end]), isQuoted: true)
        }
        var depth = 0
        let end = rest.firstIndex { character in
            if character == "(" { depth += 1 }
            if character == ")" { depth -= 1 }
            return character.isWhitespace && depth <= 0
        }
        let text = rest[..<(end ?? rest.endIndex)]
        rest = rest[(end ?? rest.endIndex)...]
        skipBlanks()
        return Word(text: String(text), isQuoted: false)
    }

    /// Takes the next argument where it is the one named.
    mutating func take(_ names: String...) -> Bool {
        guard let word = peek(), !word.isQuoted, names.contains(word.text.lowercased()) else { return false }
        _ = next()
        return true
    }

    /// All arguments that are left.
    var remaining: [Word] {
        var copy = self
        var words: [Word] = []
        while let word = copy.next() { words.append(word) }
        return words
    }
}
