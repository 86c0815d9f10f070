/// The options of `dt` (`debugger-commands.md` §6.4).
struct DisplayTypeOptions {
    /// `-r`: levels of structures and pointers that are expanded.
    var recursion = 0
    /// `-b`: structures in place are expanded, pointers of the outer level only.
    var expandsInPlace = false
    /// `-a`: elements of arrays that stand on lines of their own; nil where arrays stay on one.
    var arrayElements: Int?
    /// `-c`: everything on one line.
    var isCompact = false
    /// `-o`: no offsets.
    var hidesOffsets = false
    /// `-i`: no indentation.
    var hidesIndent = false
    /// `-v`: counts of elements and sizes.
    var isVerbose = false
    /// `-t`: types only, no data.
    var typesOnly = false
    /// `-l`: the field that leads on.
    var listField: String?
    /// `-h`.
    var wantsHelp = false

    /// Levels where `-r` does not say how many.
    static let defaultRecursion = 3
    /// Deepest recursion: layouts may contain each other's pointers without end.
    static let recursionLimit = 16
    /// Elements where `-a` does not say how many.
    static let defaultElements = 0x10000
}

/// What a word behind `-` asks for.
extension DisplayTypeOptions {
    /// Takes a word such as `-r2`, `-ca10`, `-yoi`.
    ///
    /// - Returns: The letter of an option whose value is the next word: `l`, `y`, `n` or `s`.
    mutating func take(_ word: String) throws(CommandError) -> Character? {
        var letters = word.dropFirst()
        var awaited: Character?
        while let letter = letters.popFirst() {
            switch letter {
            case "r": recursion = min(Self.digits(&letters) ?? Self.defaultRecursion, Self.recursionLimit)
            case "a": arrayElements = Self.digits(&letters) ?? Self.defaultElements
            case "b": expandsInPlace = true
            case "c": isCompact = true
            case "o": hidesOffsets = true
            case "i": hidesIndent = true
            case "v": isVerbose = true
            case "t": typesOnly = true
            case "h", "?": wantsHelp = true
            case "e", "d": break
            case "l", "y", "n", "s": awaited = letter
            default: throw .words("\(word): not an option of dt here. dt -h shows them.")
            }
        }
        return awaited
    }

    private static func digits(_ letters: inout Substring) -> Int? {
        let digits = letters.prefix(while: \.isWholeNumber)
        letters = letters.dropFirst(digits.count)
        return digits.isEmpty ? nil : Int(digits) ?? defaultElements
    }
}
