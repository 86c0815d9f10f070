import KernelProfiles

/// Finds what a word may become, by what stands before it.
struct CompletionSearch {
    let session: ShellSession

    /// More candidates than this help nobody.
    private static let limit = 500

    /// Whether a character belongs to a word: what names, commands and paths of fields are made of.
    static func isWordCharacter(_ character: Character) -> Bool {
        character.isLetter || character.isNumber || "_!.$@#?".contains(character)
    }

    /// What a word may become, sorted.
    ///
    /// - Parameter before: The line up to the word.
    func candidates(for word: String, after before: Substring) -> [String] {
        // A command begins behind a semicolon and behind the quote of a loop's command.
        let segment = before[
            (before.lastIndex { $0 == ";" || $0 == "\"" }.map(before.index(after:)) ?? before.startIndex)...]
        let words = segment.split(whereSeparator: \.isWhitespace).map(String.init)
        if expectsCommand(words) || word.hasPrefix(".") || word.hasPrefix("!") {
            let commands = commandNames(startingWith: word)
            if !commands.isEmpty || words.isEmpty { return commands }
        }
        if let position = words.lastIndex(where: { $0.lowercased() == "dt" }) {
            return typesOrFields(word, words[(position + 1)...].filter { !$0.hasPrefix("-") })
        }
        return symbols(startingWith: word)
    }

    /// Whether a command stands next: at the start, and behind filters with their options.
    private func expectsCommand(_ words: [String]) -> Bool {
        guard let first = words.first else { return true }
        return (try? session.commands.match(first))?.command.takesCommand ?? false
    }

    private func commandNames(startingWith word: String) -> [String] {
        fitting(session.commands.commands.filter { !($0 is MissingCommand) }.flatMap(\.names), word)
    }

    private func typesOrFields(_ word: String, _ words: [String]) -> [String] {
        guard let typed = words.first else {
            return qualified(word) { session.types.names } + (word.isEmpty ? [] : symbols(startingWith: word))
        }
        let name = typed.split(separator: "!").last.map { $0.prefix { $0 != "*" } } ?? ""
        guard let layout = session.types.structure(String(name)) else { return symbols(startingWith: word) }
        let fields = fieldPaths(word, in: layout)
        return fields.isEmpty ? symbols(startingWith: word) : fields
    }

    /// Fields by the path that was typed so far: `Pcb.He` looks into `Pcb`.
    private func fieldPaths(_ word: String, in layout: StructureLayout) -> [String] {
        var layout = layout
        var path = ""
        let parts = word.split(separator: ".", omittingEmptySubsequences: false)
        for part in parts.dropLast() {
            guard let field = layout.fields.first(where: { $0.name.lowercased() == part.lowercased() }),
                let inner = ValueForm(field.type, byteCount: field.byteCount, in: session.types).structureName
                    .flatMap(session.types.structure)
            else { return [] }
            path += field.name + "."
            layout = inner
        }
        return fitting(layout.fields.map(\.name), String(parts.last ?? "")).map { path + $0 }
    }

    private func symbols(startingWith word: String) -> [String] {
        // All symbols of a kernel as an answer to nothing would be no help.
        guard word.count >= 2 else { return [] }
        return qualified(word) { session.symbols.entries.map(\.name) }
    }

    /// Names behind `module!`, or alone where no module was typed.
    private func qualified(_ word: String, _ names: () -> [String]) -> [String] {
        guard let mark = word.firstIndex(of: "!") else { return fitting(names(), word) }
        let module = String(word[..<mark])
        guard session.symbols.isKernelName(module) else { return [] }
        return fitting(names(), String(word[word.index(after: mark)...])).map { "\(module)!\($0)" }
    }

    private func fitting(_ names: [String], _ word: String) -> [String] {
        let word = word.lowercased()
        return Array(Set(names.filter { $0.lowercased().hasPrefix(word) }).sorted().prefix(Self.limit))
    }
}
