/// A line that was typed, taken apart at its semicolons.
struct CommandLine {
    /// One command of a line.
    struct Part: Hashable {
        /// The command without the blanks around it.
        let text: String
        /// Where it begins in the line, in characters.
        let column: Int
    }

    /// Most characters that the debugger takes.
    static let characterLimit = 4096

    /// The commands from left to right; empty where the line is.
    let parts: [Part]

    /// Takes a line apart. A semicolon inside double quotes separates nothing, and `*` takes the rest of the line.
    init(_ line: String) {
        var parts: [Part] = []
        var current: [Character] = []
        var start = 0
        var isQuoted = false
        func close() {
            let leading = current.prefix { $0.isWhitespace }.count
            let text = String(current).trimmed
            if !text.isEmpty { parts.append(Part(text: text, column: start + leading)) }
        }
        for (index, character) in line.enumerated() {
            if character == "\"" { isQuoted.toggle() }
            if character == ";", !isQuoted, !Self.isComment(current) {
                close()
                current = []
                start = index + 1
            } else {
                current.append(character)
            }
        }
        close()
        self.parts = parts
    }

    private static func isComment(_ characters: [Character]) -> Bool {
        characters.first { !$0.isWhitespace } == "*"
    }
}

extension StringProtocol {
    /// The text without blanks at both ends.
    var trimmed: String {
        guard let first = firstIndex(where: { !$0.isWhitespace }), let last = lastIndex(where: { !$0.isWhitespace })
        else { return "" }
        return String(self[first...last])
    }
}
