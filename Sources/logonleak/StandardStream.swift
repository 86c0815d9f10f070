/// The program's standard output or standard error.
struct StandardStream {
    let descriptor: Int32

    static let output = StandardStream(descriptor: 1)
    static let error = StandardStream(descriptor: 2)

    /// Whether it is a terminal.
    var isTerminal: Bool { logonleak.isTerminal(descriptor: descriptor) }

    /// The terminal's width in columns; nil where it is none or does not tell.
    var columns: Int? { isTerminal ? terminalColumns(descriptor: descriptor) : nil }

    /// Writes all of a text, as far as the stream takes it.
    func write(_ text: String) { try? writeBytes(Array(text.utf8), to: descriptor) }
}
