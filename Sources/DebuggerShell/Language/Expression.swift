/// Evaluates expressions as the debugger's MASM evaluator does (`debugger-commands.md` §2): all arithmetic unsigned in 64 bits, hex by default.
struct Expression {
    /// Deepest nesting that is followed; no line that a person types comes near.
    private static let depthLimit = 200

    private let bytes: [UInt8]
    private let context: any ExpressionContext
    private var position = 0
    private var depth = 0

    private init(_ text: some StringProtocol, _ context: any ExpressionContext) {
        bytes = Array(text.utf8)
        self.context = context
    }

    /// What an evaluation gave, and what it left over.
    struct Outcome {
        let value: UInt64
        /// UTF-8 bytes that were read, blanks after the expression included.
        let byteCount: Int
    }

    /// Evaluates the expression at the start of a text.
    ///
    /// - Throws: The debugger's words with the text from the place that it could not read.
    static func evaluatePrefix(_ text: some StringProtocol, in context: any ExpressionContext) throws(CommandError)
        -> Outcome
    {
        var expression = Expression(text, context)
        let value = try expression.binary(level: 0)
        expression.skipBlanks()
        return Outcome(value: value, byteCount: expression.position)
    }

    /// Evaluates a text that must be an expression and nothing more.
    static func evaluate(_ text: some StringProtocol, in context: any ExpressionContext) throws(CommandError) -> UInt64
    {
        let outcome = try evaluatePrefix(text, in: context)
        guard outcome.byteCount == text.utf8.count else { throw .extraCharacters(after: outcome.byteCount) }
        return outcome.value
    }

    // MARK: Reading

    private mutating func skipBlanks() {
        while position < bytes.count, bytes[position] == 0x20 || bytes[position] == 0x09 { position += 1 }
    }

    private var next: UInt8? { position < bytes.count ? bytes[position] : nil }

    private mutating func take(_ symbol: StaticString) -> Bool {
        let count = symbol.utf8CodeUnitCount
        guard bytes.count - position >= count,
            symbol.description.utf8.elementsEqual(bytes[position..<(position + count)])
        else { return false }
        position += count
        return true
    }

    private func remainder(from start: Int) -> String {
        start < bytes.count ? String(decoding: bytes[start...], as: UTF8.self) : "<EOL>"
    }

    /// The word at the current position: letters, digits and what names are made of, which stays.
    private func word() -> Substring.UTF8View.SubSequence {
        let end = bytes[position...].firstIndex { !Self.isNameByte($0) } ?? bytes.count
        return Substring(String(decoding: bytes[position..<end], as: UTF8.self)).utf8
    }

    private static func isNameByte(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x80...: true
        case UInt8(ascii: "_"), UInt8(ascii: "$"), UInt8(ascii: "?"), UInt8(ascii: "`"), UInt8(ascii: "@"): true
        default: false
        }
    }

    // MARK: Binary operators

    private typealias Operation = (UInt64, UInt64) -> UInt64?

    /// The operators of each level, loosest first; where one begins with another, the longer stands first.
    private mutating func takeOperator(level: Int) -> Operation? {
        switch level {
        case 0: return takeOr()
        case 1: return takeSymbol("^", word: "xor") { $0 ^ $1 }
        case 2: return takeSymbol("&", word: "and") { $0 & $1 }
        case 3: return takeComparison()
        case 4: return takeShift()
        case 5:
            if take("+") { return { $0 &+ $1 } }
            return take("-") ? { $0 &- $1 } : nil
        default: return takeProduct()
        }
    }

    private mutating func takeOr() -> Operation? { takeSymbol("|", word: "or") { $0 | $1 } }

    private mutating func takeSymbol(_ symbol: StaticString, word: String, _ operation: @escaping Operation)
        -> Operation?
    {
        take(symbol) || takeWord(word) ? operation : nil
    }

    private mutating func takeWord(_ name: String) -> Bool {
        let word = self.word()
        guard word.count == name.utf8.count, word.lazy.map(\.lowered).elementsEqual(name.utf8) else { return false }
        position += word.count
        return true
    }

    private mutating func takeComparison() -> Operation? {
        if next == UInt8(ascii: "<"), bytes.dropFirst(position + 1).first == UInt8(ascii: "<") { return nil }
        if next == UInt8(ascii: ">"), bytes.dropFirst(position + 1).first == UInt8(ascii: ">") { return nil }
        if take("==") || take("=") { return { $0 == $1 ? 1 : 0 } }
        if take("!=") { return { $0 != $1 ? 1 : 0 } }
        if take("<=") { return { $0 <= $1 ? 1 : 0 } }
        if take(">=") { return { $0 >= $1 ? 1 : 0 } }
        if take("<") { return { $0 < $1 ? 1 : 0 } }
        return take(">") ? { $0 > $1 ? 1 : 0 } : nil
    }

    private mutating func takeShift() -> Operation? {
        if take("<<") { return { $1 < 64 ? $0 << $1 : 0 } }
        if take(">>>") { return { UInt64(bitPattern: Int64(bitPattern: $0) >> Int64(clamping: $1)) } }
        return take(">>") ? { $1 < 64 ? $0 >> $1 : 0 } : nil
    }

    private mutating func takeProduct() -> Operation? {
        if take("*") { return { $0 &* $1 } }
        if take("/") { return { $1 == 0 ? nil : $0 / $1 } }
        return take("%") || takeWord("mod") ? { $1 == 0 ? nil : $0 % $1 } : nil
    }

    private static let levelCount = 7

    private mutating func binary(level: Int) throws(CommandError) -> UInt64 {
        guard level < Self.levelCount else { return try unary() }
        var value = try binary(level: level + 1)
        while true {
            skipBlanks()
            guard let operation = takeOperator(level: level) else { return value }
            skipBlanks()
            let start = position
            let right = try binary(level: level + 1)
            guard let result = operation(value, right) else {
                throw .words("Operand error at '\(remainder(from: start))'")
            }
            value = result
        }
    }

    // MARK: Operands

    private mutating func unary() throws(CommandError) -> UInt64 {
        depth += 1
        defer { depth -= 1 }
        skipBlanks()
        guard depth <= Self.depthLimit else { throw .words("Overflow error at '\(remainder(from: position))'") }
        if take("+") { return try unary() }
        if take("-") { return 0 &- (try unary()) }
        if take("~") { return ~(try unary()) }
        if take("(") { return try parenthesized() }
        guard let byte = next, Self.isNameByte(byte) || byte == UInt8(ascii: "!") || byte == UInt8(ascii: ".") else {
            throw .words("Numeric expression missing from '\(remainder(from: position))'")
        }
        if let value = try wordOperator() { return value }
        return try operand()
    }

    private mutating func parenthesized() throws(CommandError) -> UInt64 {
        let value = try binary(level: 0)
        skipBlanks()
        guard take(")") else { throw .words("Syntax error at '\(remainder(from: position))'") }
        return value
    }

    /// `not`, `hi`, `low`, and the readers of memory; nil where the next word is none of them.
    private mutating func wordOperator() throws(CommandError) -> UInt64? {
        let word = self.word()
        let name = String(decoding: word.map(\.lowered), as: UTF8.self)
        let isPhysical = name.hasPrefix("$p")
        let read: Int?
        switch isPhysical ? String(name.dropFirst(2)) : name {
        case "by": read = 1
        case "wo": read = 2
        case "dwo": read = 4
        case "qwo", "poi": read = 8
        case "not", "hi", "low":
            guard !isPhysical else { return nil }
            read = nil
        default: return nil
        }
        position += word.count
        guard let read else {
            let value = try unary()
            return name == "not" ? (value == 0 ? 1 : 0) : name == "hi" ? value >> 16 & 0xFFFF : value & 0xFFFF
        }
        return try load(byteCount: read, isPhysical: isPhysical)
    }

    private mutating func load(byteCount: Int, isPhysical: Bool) throws(CommandError) -> UInt64 {
        skipBlanks()
        let start = position
        let isParenthesized = next == UInt8(ascii: "(")
        let address = try unary()
        guard let value = context.loadValue(byteCount: byteCount, at: address, isPhysical: isPhysical) else {
            // In parentheses the words begin at the closing one.
            throw .words("Memory access error at '\(remainder(from: isParenthesized ? position - 1 : start))'")
        }
        return value
    }

    /// A number, a register or a symbol.
    private mutating func operand() throws(CommandError) -> UInt64 {
        let start = position
        if take(".") {
            guard let value = context.registerValue("$ip") else {
                throw .words("Bad register error at '\(remainder(from: start))'")
            }
            return value
        }
        let word = String(Substring(self.word()))
        position += word.utf8.count
        if word.hasPrefix("@@") { return try otherEvaluator(word, from: start) }
        if word.hasPrefix("@") {
            guard let value = context.registerValue(word.dropFirst().lowercased()) else {
                throw .words("Bad register error at '\(remainder(from: start))'")
            }
            return value
        }
        if next == UInt8(ascii: "!"), bytes.dropFirst(position + 1).first != UInt8(ascii: "=") {
            return try qualifiedSymbol(module: word, from: start)
        }
        if let number = ExpressionNumber(word, radix: context.radix) { return number.value }
        if word.hasPrefix("`") { throw .words("Syntax error at '\(remainder(from: start))'") }
        guard let value = context.symbolValue(word) ?? context.registerValue(word.lowercased()) else {
            throw .words("Couldn't resolve error at '\(remainder(from: start))'")
        }
        return value
    }

    private mutating func qualifiedSymbol(module: String, from start: Int) throws(CommandError) -> UInt64 {
        position += 1
        let name = String(Substring(self.word()))
        position += name.utf8.count
        guard !name.isEmpty, let value = context.symbolValue(module.isEmpty ? name : module + "!" + name) else {
            throw .words("Couldn't resolve error at '\(remainder(from: start))'")
        }
        return value
    }

    /// `@@( … )` and `@@masm( … )`; the C++ evaluator is not here.
    private mutating func otherEvaluator(_ word: String, from start: Int) throws(CommandError) -> UInt64 {
        guard word.lowercased() == "@@masm", take("(") else {
            throw .words([
                "Syntax error at '\(remainder(from: start))'",
                "The C++ evaluator is not here: write the expression in MASM form, with poi() for *.",
            ])
        }
        return try parenthesized()
    }
}

extension CommandError {
    /// Something stands after an expression that should have been the end.
    static func extraCharacters(after count: Int) -> CommandError { .caret("Extra character error", column: count) }
}
