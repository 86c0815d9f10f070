import DebuggerShell
import LeakReports

/// Ctrl-C while a command runs; the signal's handler can reach nothing but a global.
let shellInterruption = Interruption()

/// The shell at a terminal: prompt, editing, pages, and a Ctrl-C that stops the command and not the shell.
final class InteractiveShell {
    private let shell: DebuggerShell
    private let screen: ShellScreen
    private let editor: LineEditor
    private let usesPages: Bool
    /// Rows of the answer that are on the screen since the last key.
    private var rows = 0

    init(_ shell: DebuggerShell, _ screen: ShellScreen, usesPages: Bool) {
        self.shell = shell
        self.screen = screen
        self.usesPages = usesPages
        editor = LineEditor(
            input: 0, output: .output, history: LineHistory(path: LineHistory.usualPath),
            complete: { shell.completion(of: $0, at: $1) })
    }

    /// Asks for lines until the user leaves.
    ///
    /// - Returns: Whether the terminal's keys could be read at all.
    func run() -> Bool {
        handleInterruptSignal { _ in shellInterruption.request() }
        screen.write(text: "\(Self.greeting)\n")
        screen.flush()
        while true {
            guard let result = editor.readLine(prompt: shell.prompt) else { return false }
            switch result {
            case .ended: return true
            case .abandoned: continue
            case .line(let line): if answer(line) == .ended { return true }
            }
        }
    }

    private static let greeting = "The debugger's words over a dump: .help lists them, Tab completes, q leaves."

    private func answer(_ line: String) -> DebuggerShell.Outcome {
        rows = 0
        let outcome = shell.run(line, wantsLinks: screen.usesLinks) { [self] in show($0) }
        screen.flush()
        if shell.interruption.isRequested { StandardStream.output.write("\n") }
        return outcome
    }

    /// Shows a line; stops at the end of a page.
    private func show(_ line: OutputLine) -> Bool {
        guard screen.write(line) else { return false }
        guard usesPages, let height = terminalRows(descriptor: 1), height > 2 else { return true }
        let width = max(StandardStream.output.columns ?? 80, 1)
        rows += max((line.text.utf8.count + width - 1) / width, 1)
        guard rows >= height - 1 else { return true }
        return waitForKey(pageHeight: height)
    }

    private func waitForKey(pageHeight: Int) -> Bool {
        screen.flush()
        StandardStream.output.write("\u{1B}[7m-- more: space a page, Enter a line, q stops --\u{1B}[0m")
        defer { StandardStream.output.write("\r\u{1B}[K") }
        switch editor.readKey() {
        case .character("q"), .character("Q"), .control("c"), .escape, .endOfInput: return false
        case .enter, .down:
            rows = pageHeight - 2
            return true
        default:
            rows = 0
            return true
        }
    }
}
