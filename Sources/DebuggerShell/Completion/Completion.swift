/// What could stand in place of the word before the cursor.
public struct Completion: Hashable, Sendable {
    /// The word that is replaced, in characters from the start of the line.
    public let range: Range<Int>
    /// What it may become, sorted.
    public let candidates: [String]

    /// Makes a completion.
    public init(range: Range<Int>, candidates: [String]) {
        self.range = range
        self.candidates = candidates
    }
}

extension DebuggerShell {
    /// What the word before a cursor may become: commands, types and fields behind `dt`, symbols elsewhere.
    ///
    /// - Parameters:
    ///   - line: The whole line.
    ///   - cursor: Characters before the cursor.
    public func completion(of line: String, at cursor: Int) -> Completion {
        let text = line.prefix(max(cursor, 0))
        let word = text.suffix(while: CompletionSearch.isWordCharacter)
        let before = text.dropLast(word.count)
        let candidates = CompletionSearch(session: session).candidates(for: String(word), after: before)
        return Completion(range: (text.count - word.count)..<text.count, candidates: candidates)
    }
}

extension Substring {
    /// The longest end whose characters all fit.
    fileprivate func suffix(while fits: (Character) -> Bool) -> Substring {
        self[(lastIndex { !fits($0) }.map { index(after: $0) } ?? startIndex)...]
    }
}
