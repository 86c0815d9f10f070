import KernelProfiles

/// What a `dt` asks for, read from its words.
struct DisplayTypeRequest {
    /// Options, wherever they stood.
    var options = DisplayTypeOptions()
    /// The type as it was typed, without module and without stars.
    private(set) var typeName = ""
    /// Whether the module was given: then no header is printed.
    private(set) var hasModule = false
    /// Stars behind the name: how many pointers lead from the address to the structure.
    private(set) var pointerDepth = 0
    /// The fields that were asked for.
    private(set) var selections: [FieldSelection] = []
    /// The text of the address; nil where none was given.
    private(set) var address: String?

    /// Most stars that are followed.
    private static let pointerLimit = 8

    /// Reads the words behind `dt`.
    ///
    /// A word is a field where the type has one of that name, else part of the address; options may stand anywhere.
    init(_ text: Substring, in session: ShellSession) throws(CommandError) {
        var reader = ArgumentReader(text)
        var words: [Word] = []
        while let word = reader.next() {
            guard !word.isQuoted, word.text.hasPrefix("-"), word.text.dropFirst().first?.isLetter ?? false else {
                words.append(Word(text: word.text, kind: .any))
                continue
            }
            guard let awaited = try options.take(word.text) else { continue }
            guard let value = reader.next()?.text else { throw .badOption(word.text, of: "dt") }
            switch awaited {
            case "l": options.listField = value
            case "y": words.append(Word(text: value, kind: .prefix))
            case "n": words.append(Word(text: value, kind: .name))
            default: break
            }
        }
        guard !options.wantsHelp else { return }
        try read(words, in: session)
    }

    private struct Word {
        enum Kind { case any, name, prefix }
        let text: String
        let kind: Kind
    }

    private mutating func read(_ words: [Word], in session: ShellSession) throws(CommandError) {
        var rest = words[...]
        var addressWords: [String] = []
        // The address may stand before the name.
        while let word = rest.first, word.kind == .any, Self.isAddress(word.text, session) {
            addressWords.append(word.text)
            rest = rest.dropFirst()
        }
        guard let name = rest.popFirst() else { throw .words("dt takes the name of a type. dt -h shows more.") }
        let attached = readName(name.text, in: session)
        if !attached.isEmpty { addressWords.append(attached) }
        let layout = session.types.structure(typeName)
        for word in rest {
            let selection = FieldSelection(word.text, isPrefix: word.kind == .prefix)
            let isField = layout?.fields.contains { selection.matches($0) } ?? false
            let startsWithDigit = word.text.first?.isWholeNumber ?? false
            if word.kind != .any || isField && !startsWithDigit || Self.isPlainName(word.text, session) {
                selections.append(selection)
            } else {
                addressWords.append(word.text)
            }
        }
        address = addressWords.isEmpty ? nil : addressWords.joined(separator: " ")
        if address == nil, pointerDepth > 0 {
            // Without an address a star is a wildcard.
            typeName += "*"
            pointerDepth = 0
        }
        if let field = options.listField, !selections.isEmpty {
            selections.insert(FieldSelection(linkOf: field), at: 0)
        }
    }

    /// Reads `nt!_TOKEN*0x…`: module, name, stars.
    ///
    /// - Returns: What stands behind the stars.
    private mutating func readName(_ text: String, in session: ShellSession) -> String {
        var name = text[...]
        // A mark behind a star belongs to an address: _TOKEN*poi(nt!X).
        if let mark = name.firstIndex(where: { "!*(".contains($0) }), name[mark] == "!" {
            hasModule = true
            name = name[name.index(after: mark)...]
        }
        if name == ".", let last = session.lastTypeName { name = last[...] }
        guard let star = name.firstIndex(of: "*"), isType(String(name[..<star]), session) else {
            typeName = String(name)
            return ""
        }
        typeName = String(name[..<star])
        let stars = name[star...].prefix { $0 == "*" }
        pointerDepth = min(stars.count, Self.pointerLimit)
        return String(name[stars.endIndex...])
    }

    private func isType(_ name: String, _ session: ShellSession) -> Bool {
        session.types.structure(name) != nil || session.types.enumeration(name) != nil || BasicType(name) != nil
    }

    /// Whether a word can only be an address: it begins like a number, or names a symbol.
    private static func isAddress(_ word: String, _ session: ShellSession) -> Bool {
        guard let first = word.first else { return false }
        if first.isWholeNumber || first == "@" || first == "(" || first == "`" { return true }
        if word.hasPrefix("poi(") { return true }
        return word.contains("`") && ExpressionNumber(word, radix: 16) != nil
    }

    /// Whether a word is a name and cannot be part of an expression.
    private static func isPlainName(_ word: String, _ session: ShellSession) -> Bool {
        guard let first = word.first, first.isLetter || first == "_" else { return false }
        guard word.allSatisfy({ $0.isLetter || $0.isNumber || "_.*?[]".contains($0) }) else { return false }
        guard ExpressionNumber(word, radix: 16) == nil else { return false }
        return session.symbols.address(of: word) == nil && session.registerValue(word.lowercased()) == nil
    }
}

/// Numbers that `dt` takes by their C names.
struct BasicType {
    let form: ValueForm
    let byteCount: Int

    /// nil where the name is none of them.
    init?(_ name: String) {
        switch name.uppercased() {
        case "UCHAR", "CHAR", "BYTE", "BOOLEAN": (form, byteCount) = (.character, 1)
        case "USHORT", "WORD", "WCHAR": (form, byteCount) = (.unsigned(byteCount: 2), 2)
        case "SHORT": (form, byteCount) = (.signed(byteCount: 2), 2)
        case "ULONG", "DWORD", "UINT": (form, byteCount) = (.unsigned(byteCount: 4), 4)
        case "LONG", "INT": (form, byteCount) = (.signed(byteCount: 4), 4)
        case "ULONG64", "ULONGLONG", "UINT64", "ULONG_PTR": (form, byteCount) = (.unsigned(byteCount: 8), 8)
        case "LONG64", "LONGLONG", "INT64", "LONG_PTR": (form, byteCount) = (.signed(byteCount: 8), 8)
        default: return nil
        }
    }
}
