import DebuggerShell
import LeakReports

/// Writes the shell's answers: colours and links are made here and nowhere else.
final class ShellScreen {
    private let writer: OutputWriter
    private let usesColor: Bool
    /// Whether links are written (OSC 8).
    let usesLinks: Bool
    /// Where our own remarks go: beside the answers, or to stderr where the answers stand alone.
    private let remarks: Remarks
    private let writesLinesAtOnce: Bool
    private var waiting: [UInt8] = []
    /// Bytes that are gathered before they are written.
    private static let waitingLimit = 1 << 16

    /// What becomes of our own remarks.
    enum Remarks {
        case shown, onStandardError, dropped
    }

    /// - Parameter writesLinesAtOnce: Whether somebody watches: then each line is written as it comes.
    init(
        _ writer: OutputWriter, usesColor: Bool, usesLinks: Bool = false, remarks: Remarks = .shown,
        writesLinesAtOnce: Bool = false
    ) {
        self.remarks = remarks
        self.writesLinesAtOnce = writesLinesAtOnce
        self.writer = writer
        self.usesColor = usesColor
        self.usesLinks = usesLinks
    }

    /// Writes a line of an answer.
    ///
    /// - Returns: Whether more is wanted: not where the reader of a pipe has closed it.
    func write(_ line: OutputLine) -> Bool {
        if line.role == .remark, remarks != .shown {
            if remarks == .onStandardError { StandardStream.error.write("logonleak: \(line.text.terminalSafe)\n") }
            return !writer.hasFailed
        }
        waiting.append(contentsOf: rendered(line).utf8)
        waiting.append(0x0A)
        if writesLinesAtOnce || waiting.count >= Self.waitingLimit { flush() }
        return !writer.hasFailed
    }

    /// Writes a text as it is.
    func write(text: String) { waiting.append(contentsOf: text.utf8) }

    /// Hands what was gathered to the system.
    func flush() {
        writer.write(waiting)
        waiting.removeAll(keepingCapacity: true)
    }

    /// Writes the rest and says whether all of it could be written.
    func finish() throws(Failure) {
        flush()
        try writer.finish()
    }

    private func rendered(_ line: OutputLine) -> String {
        let text = line.links.isEmpty || !usesLinks ? line.text.terminalSafe : linked(line)
        guard usesColor else { return text }
        switch line.role {
        case .answer: return text
        case .failure: return "\u{1B}[31m\(text)\u{1B}[0m"
        case .remark: return "\u{1B}[2m\(text)\u{1B}[0m"
        }
    }

    private func linked(_ line: OutputLine) -> String {
        let bytes = Array(line.text.utf8)
        var text = ""
        var position = 0
        func append(upTo end: Int) {
            text += String(decoding: bytes[position..<end], as: UTF8.self).terminalSafe
            position = end
        }
        for link in line.links where link.range.lowerBound >= position && link.range.upperBound <= bytes.count {
            append(upTo: link.range.lowerBound)
            text += "\u{1B}]8;;\(Self.target(link.command))\u{1B}\\"
            append(upTo: link.range.upperBound)
            text += "\u{1B}]8;;\u{1B}\\"
        }
        append(upTo: bytes.count)
        return text
    }

    /// The command as a URI: what is no letter or digit is escaped.
    private static func target(_ command: String) -> String {
        var text = "logonleak:"
        for byte in command.utf8 {
            let isPlain = (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
            let digits = String(byte, radix: 16, uppercase: true)
            text += isPlain ? String(UnicodeScalar(byte)) : "%" + (digits.count < 2 ? "0" : "") + digits
        }
        return text
    }
}
