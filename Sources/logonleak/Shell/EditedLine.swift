/// A line under the cursor: its characters and what editing does to them.
struct EditedLine: Equatable {
    private(set) var characters: [Character] = []
    /// Characters before the cursor.
    private(set) var cursor = 0
    /// What was cut last.
    private(set) var cutText: [Character] = []

    /// The line as text.
    var text: String { String(characters) }

    /// Puts a text in the line's place, the cursor at its end.
    mutating func replace(with text: String) {
        characters = Array(text)
        cursor = characters.count
    }

    /// Puts a text in the place of a range, the cursor behind it.
    mutating func replace(_ range: Range<Int>, with text: String) {
        let range = range.clamped(to: 0..<characters.count)
        let new = Array(text)
        characters.replaceSubrange(range, with: new)
        cursor = range.lowerBound + new.count
    }

    mutating func insert(_ character: Character) {
        characters.insert(character, at: cursor)
        cursor += 1
    }

    mutating func deleteBackward() {
        guard cursor > 0 else { return }
        cursor -= 1
        characters.remove(at: cursor)
    }

    mutating func deleteForward() {
        guard cursor < characters.count else { return }
        characters.remove(at: cursor)
    }

    mutating func move(by distance: Int) { cursor = min(max(cursor + distance, 0), characters.count) }

    mutating func moveToStart() { cursor = 0 }

    mutating func moveToEnd() { cursor = characters.count }

    mutating func moveWordLeft() { cursor = startOfWord }

    mutating func moveWordRight() {
        while cursor < characters.count, !Self.isInWord(characters[cursor]) { cursor += 1 }
        while cursor < characters.count, Self.isInWord(characters[cursor]) { cursor += 1 }
    }

    mutating func cutToEnd() { cut(cursor..<characters.count) }

    mutating func cutToStart() { cut(0..<cursor) }

    mutating func cutWord() { cut(startOfWord..<cursor) }

    mutating func paste() {
        characters.insert(contentsOf: cutText, at: cursor)
        cursor += cutText.count
    }

    private mutating func cut(_ range: Range<Int>) {
        guard !range.isEmpty else { return }
        cutText = Array(characters[range])
        characters.removeSubrange(range)
        cursor = range.lowerBound
    }

    private var startOfWord: Int {
        var position = cursor
        while position > 0, !Self.isInWord(characters[position - 1]) { position -= 1 }
        while position > 0, Self.isInWord(characters[position - 1]) { position -= 1 }
        return position
    }

    private static func isInWord(_ character: Character) -> Bool {
        character.isLetter || character.isNumber || character == "_"
    }
}
