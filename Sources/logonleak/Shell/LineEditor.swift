import DebuggerShell
import LeakReports

/// Edits one line after the other at a terminal: history, completion, the usual keys.
///
/// A library for this would be one more thing to build and to trust on every system, for some three hundred lines.
final class LineEditor {
    /// What the user did in the end.
    enum Result {
        case line(String)
        /// Ctrl-C: the line is forgotten.
        case abandoned
        /// Ctrl-D on an empty line, or the end of the input.
        case ended
    }

    private let input: Int32
    private let output: StandardStream
    private let complete: (String, Int) -> Completion
    private var keys: KeyReader
    private var history: LineHistory
    private var line = EditedLine()
    private var prompt = ""

    private var historyPosition = 0
    /// What was typed before the history was entered: Up looks for lines that begin so.
    private var typed = ""
    private var cycle: (completion: Completion, index: Int)?

    /// - Parameter complete: What the word before a cursor may become.
    init(
        input: Int32, output: StandardStream, history: LineHistory,
        complete: @escaping (String, Int) -> Completion
    ) {
        self.input = input
        self.output = output
        self.history = history
        self.complete = complete
        keys = KeyReader(descriptor: input)
    }

    /// Reads a line; nil where the input is no terminal whose keys can be read.
    func readLine(prompt: String) -> Result? {
        guard let mode = enterKeyMode(descriptor: input) else { return nil }
        defer { restore(mode, descriptor: input) }
        self.prompt = prompt
        line = EditedLine()
        historyPosition = history.lines.count
        typed = ""
        cycle = nil
        draw()
        while true {
            if let result = take(keys.next()) {
                line.moveToEnd()
                draw()
                output.write("\n")
                if case .line(let text) = result { history.add(text) }
                return result
            }
            draw()
        }
    }

    /// Reads one key, as a pager does.
    func readKey() -> Key {
        guard let mode = enterKeyMode(descriptor: input) else { return .endOfInput }
        defer { restore(mode, descriptor: input) }
        return keys.next()
    }

    // MARK: Keys

    private func take(_ key: Key) -> Result? {
        if key != .tab, key != .backTab { cycle = nil }
        switch key {
        case .enter: return .line(line.text)
        case .endOfInput: return .ended
        case .control("c"): return .abandoned
        case .control("d"):
            if line.characters.isEmpty { return .ended }
            line.deleteForward()
        case .up, .control("p"): moveInHistory(backward: true)
        case .down, .control("n"): moveInHistory(backward: false)
        case .control("r"): return searchHistory()
        case .tab: cycleCompletion(by: 1)
        case .backTab: cycleCompletion(by: -1)
        case .control("l"): output.write("\u{1B}[H\u{1B}[2J")
        default: edit(key)
        }
        return nil
    }

    private func edit(_ key: Key) {
        switch key {
        case .character(let character): line.insert(character)
        case .backspace: line.deleteBackward()
        case .delete: line.deleteForward()
        case .left, .control("b"): line.move(by: -1)
        case .right, .control("f"): line.move(by: 1)
        case .home, .control("a"): line.moveToStart()
        case .end, .control("e"): line.moveToEnd()
        case .wordLeft: line.moveWordLeft()
        case .wordRight: line.moveWordRight()
        case .control("k"): line.cutToEnd()
        case .control("u"): line.cutToStart()
        case .control("w"): line.cutWord()
        case .control("y"): line.paste()
        case .escape: line.replace(with: "")
        default: return
        }
        historyPosition = history.lines.count
    }

    // MARK: History

    private func moveInHistory(backward: Bool) {
        if historyPosition == history.lines.count { typed = line.text }
        let index =
            backward
            ? history.index(before: historyPosition, startingWith: typed)
            : history.index(after: historyPosition, startingWith: typed)
        if let index {
            historyPosition = index
            line.replace(with: history.lines[index])
        } else if !backward {
            historyPosition = history.lines.count
            line.replace(with: typed)
        }
    }

    /// Ctrl-R: looks for a text in the lines of before, further back with each Ctrl-R; Enter takes what was found.
    private func searchHistory() -> Result? {
        var query = ""
        var position = history.lines.count
        while true {
            let found = position < history.lines.count ? history.lines[position] : ""
            draw(text: "(search) '\(query)': \(found)")
            let key = keys.next()
            switch key {
            case .character(let character):
                query.append(character)
                position = history.index(before: history.lines.count, containing: query) ?? history.lines.count
            case .backspace:
                if !query.isEmpty { query.removeLast() }
                position = history.index(before: history.lines.count, containing: query) ?? history.lines.count
            case .control("r"): position = history.index(before: position, containing: query) ?? position
            case .control("c"), .control("g"), .escape, .endOfInput: return nil
            default:
                if !found.isEmpty { line.replace(with: found) }
                return key == .enter ? .line(line.text) : take(key)
            }
        }
    }

    // MARK: Completion

    /// First as far as all candidates agree, then through them one by one.
    private func cycleCompletion(by step: Int) {
        if let (completion, index) = cycle {
            let count = completion.candidates.count
            let next = (index + step + count) % count
            let old = index < 0 ? completion.range : completion.range.lowerBound..<line.cursor
            line.replace(old, with: completion.candidates[next])
            cycle = (completion, next)
            return
        }
        let completion = complete(line.text, line.cursor)
        guard let first = completion.candidates.first else { return }
        let common = completion.candidates.dropFirst().reduce(first) { Self.commonStart($0, $1) }
        if completion.candidates.count == 1 {
            line.replace(completion.range, with: first + (first.hasSuffix(".") ? "" : " "))
        } else if common.count > completion.range.count {
            line.replace(completion.range, with: common)
        } else {
            let index = step > 0 ? 0 : completion.candidates.count - 1
            line.replace(completion.range, with: completion.candidates[index])
            cycle = (completion, index)
        }
    }

    private static func commonStart(_ left: String, _ right: String) -> String {
        String(zip(left, right).prefix { $0.0 == $0.1 }.map(\.0))
    }

    // MARK: Drawing

    /// Draws the line in one row; a longer one is shown around its cursor.
    private func draw() {
        let room = max((output.columns ?? 80) - prompt.columns - 1, 10)
        var start = 0
        while String(line.characters[start..<line.cursor]).columns > room { start += 1 }
        var end = line.cursor
        while end < line.characters.count, String(line.characters[start...end]).columns <= room { end += 1 }
        let cursorColumn = prompt.columns + String(line.characters[start..<line.cursor]).columns
        let text = String(line.characters[start..<end]).terminalSafe
        output.write("\r\(prompt)\(text)\u{1B}[K\r" + (cursorColumn > 0 ? "\u{1B}[\(cursorColumn)C" : ""))
    }

    private func draw(text: String) {
        output.write("\r\(text.terminalSafe.fitted(to: max((output.columns ?? 80) - 1, 10)))\u{1B}[K")
    }
}
