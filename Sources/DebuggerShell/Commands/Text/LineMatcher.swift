/// Whether a line holds a text or fits a regular expression.
struct LineMatcher {
    private enum Pattern {
        case literal([UInt8])
        case regular(RegularExpression)
    }

    private let pattern: Pattern
    private let isCaseSensitive: Bool

    /// - Throws: Words where a regular expression cannot be read.
    init(_ text: String, isRegular: Bool, isCaseSensitive: Bool) throws(CommandError) {
        self.isCaseSensitive = isCaseSensitive
        let bytes = isCaseSensitive ? Array(text.utf8) : text.utf8.map(\.lowered)
        pattern = isRegular ? .regular(try RegularExpression(text, isCaseSensitive: isCaseSensitive)) : .literal(bytes)
    }

    func matches(_ line: String) -> Bool {
        switch pattern {
        case .regular(let expression): return expression.matches(line)
        case .literal(let bytes): return Self.contains(line.utf8, bytes, isCaseSensitive)
        }
    }

    private static func contains(_ text: String.UTF8View, _ pattern: [UInt8], _ isCaseSensitive: Bool) -> Bool {
        guard let first = pattern.first else { return true }
        var index = text.startIndex
        while index != text.endIndex {
            let byte = isCaseSensitive ? text[index] : text[index].lowered
            if byte == first {
                var position = text.index(after: index)
                var matched = 1
                while matched < pattern.count, position != text.endIndex,
                    (isCaseSensitive ? text[position] : text[position].lowered) == pattern[matched]
                {
                    matched += 1
                    position = text.index(after: position)
                }
                if matched == pattern.count { return true }
            }
            index = text.index(after: index)
        }
        return false
    }
}
