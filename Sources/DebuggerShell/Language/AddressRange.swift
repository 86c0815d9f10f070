/// A place in memory as commands take it: where, and how many objects of the command's size.
struct AddressRange: Hashable {
    /// Where it begins.
    let start: UInt64
    /// Objects from there on; nil where the command's own default counts.
    let count: UInt64?
    /// Whether the text lifted the limit of a range (`L?`).
    let isUnlimited: Bool
    /// What stands after the range.
    let rest: Substring
    /// The second address, where the range was written as two.
    private(set) var end: UInt64?

    /// Objects that a range without `L?` may have, so that a slip does not print for hours: 256 MB of bytes.
    static let countLimit: UInt64 = 0x1000_0000

    /// Makes a range of its parts.
    init(start: UInt64, count: UInt64?, isUnlimited: Bool, rest: Substring, end: UInt64? = nil) {
        self.end = end
        self.start = start
        self.count = count
        self.isUnlimited = isUnlimited
        self.rest = rest
    }

    /// Reads `ADDR`, `ADDR L8`, `ADDR L-8`, `ADDR L?n` or `ADDR1 ADDR2` at the start of a text (`debugger-commands.md` §2.4).
    ///
    /// - Parameters:
    ///   - text: The text; what stands after the range is left over.
    ///   - objectByteCount: Bytes of one object.
    ///   - context: What names stand for.
    init(_ text: Substring, objectByteCount: UInt64, in context: any ExpressionContext) throws(CommandError) {
        let split = Self.splitAtLength(text)
        let first = try Expression.evaluatePrefix(split.address, in: context)
        let afterFirst = Substring(split.address.utf8.dropFirst(first.byteCount))
        guard let length = split.length else {
            try self.init(from: first.value, to: afterFirst, objectByteCount: objectByteCount, in: context)
            return
        }
        guard afterFirst.isEmpty else { throw .words("Range error in '\(text)'") }
        var body = length.drop(while: \.isWhitespace)
        let isUnlimited = body.first == "?"
        if isUnlimited { body = body.dropFirst() }
        let isBackward = body.first == "-"
        if isBackward { body = body.dropFirst() }
        let number = try Expression.evaluatePrefix(body, in: context)
        guard isUnlimited || number.value <= Self.countLimit else { throw .words("Range error in '\(text)'") }
        self.init(
            start: isBackward ? first.value &- number.value &* objectByteCount : first.value, count: number.value,
            isUnlimited: isUnlimited, rest: Substring(body.utf8.dropFirst(number.byteCount)))
    }

    /// The second address, whose object belongs to the range.
    private init(
        from start: UInt64, to text: Substring, objectByteCount: UInt64, in context: any ExpressionContext
    ) throws(CommandError) {
        guard !text.isEmpty else {
            self.init(start: start, count: nil, isUnlimited: false, rest: text)
            return
        }
        let end = try Expression.evaluatePrefix(text, in: context)
        guard end.value >= start, (end.value - start) / objectByteCount < Self.countLimit else {
            throw .words("Range error in '\(text)'")
        }
        self.init(
            start: start, count: (end.value - start) / objectByteCount + 1, isUnlimited: false,
            rest: Substring(text.utf8.dropFirst(end.byteCount)))
        self.end = end.value
    }

    /// Cuts a text before the ` L` of a length, outside parentheses.
    private static func splitAtLength(_ text: Substring) -> (address: Substring, length: Substring?) {
        var depth = 0
        var previous: Character = "x"
        var index = text.startIndex
        while index < text.endIndex {
            let character = text[index]
            if character == "(" { depth += 1 }
            if character == ")" { depth -= 1 }
            let after = text[text.index(after: index)...]
            if depth == 0, previous.isWhitespace, character == "l" || character == "L", startsLength(after) {
                return (text[..<index], after)
            }
            previous = character
            index = text.index(after: index)
        }
        return (text, nil)
    }

    private static func startsLength(_ text: Substring) -> Bool {
        guard let first = text.drop(while: \.isWhitespace).first else { return false }
        return first.isHexDigit || "?-(@$".contains(first)
    }
}
