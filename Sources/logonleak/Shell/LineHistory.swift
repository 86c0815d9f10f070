import BinaryReading
import FileMapping

/// The lines that were typed, across sessions where there is a place for them.
struct LineHistory {
    private(set) var lines: [String]
    private let path: String?
    /// Lines that are kept.
    private static let limit = 1000

    /// Reads what earlier sessions left.
    ///
    /// - Parameter path: The file; nil keeps the lines for this session only.
    init(path: String?) {
        self.path = path
        lines =
            path.map { Array(((try? ShellScript.lines(ofFileAt: $0)) ?? []).filter { !$0.isEmpty }.suffix(Self.limit)) }
            ?? []
    }

    /// Where the lines of all sessions are kept: `XDG_STATE_HOME`, else `~/.local/state`; nil where neither is known.
    static var usualPath: String? {
        if let path = environmentVariable("LOGONLEAK_HISTORY") { return path == "none" ? nil : path }
        guard let home = environmentVariable("HOME") else { return nil }
        let folders = environmentVariable("XDG_STATE_HOME").map { [$0] } ?? ["\(home)/.local", "\(home)/.local/state"]
        let folder = (folders.last ?? home) + "/logonleak"
        for place in folders + [folder] { createFolder(at: place) }
        return folder + "/shell-history"
    }

    /// Adds a line, unless it is empty or the same as the last; one that begins with a blank is not kept in the file.
    mutating func add(_ line: String) {
        guard !line.allSatisfy(\.isWhitespace), line != lines.last else { return }
        lines.append(line)
        if lines.count > Self.limit { lines.removeFirst(lines.count - Self.limit) }
        guard let path, !line.hasPrefix(" ") else { return }
        guard let descriptor = try? createFile(at: path, existing: .append) else { return }
        try? writeBytes(Array((line + "\n").utf8), to: descriptor)
        try? closeFile(descriptor: descriptor)
    }

    /// The nearest line before a position that begins with a text; nil where there is none.
    func index(before position: Int, startingWith prefix: String) -> Int? {
        lines[..<min(position, lines.count)].lastIndex { $0.hasPrefix(prefix) }
    }

    /// The nearest line after a position that begins with a text; nil where there is none.
    func index(after position: Int, startingWith prefix: String) -> Int? {
        guard position + 1 < lines.count else { return nil }
        return lines[(position + 1)...].firstIndex { $0.hasPrefix(prefix) }
    }

    /// The nearest line before a position that holds a text; nil where there is none.
    func index(before position: Int, containing text: String) -> Int? {
        guard !text.isEmpty else { return nil }
        return lines[..<min(position, lines.count)].lastIndex { $0.contains(text) }
    }
}
