import ArgumentParser
import LeakReports

/// Where a command's result goes and how it looks.
struct OutputOptions: ParsableArguments {
    /// When colours are used.
    enum ColorChoice: String, ExpressibleByArgument, CaseIterable {
        case auto, always, never
    }

    @Option(
        name: [.short, .long], help: ArgumentHelp("Write to a file instead of standard output.", valueName: "file"),
        completion: .file())
    var output: String?

    @Flag(help: "Replace the output file if it is there.")
    var force = false

    @Option(help: "Colours in text: auto (on a terminal, unless NO_COLOR is set), always, never.")
    var color: ColorChoice = .auto

    /// Writes a text.
    func write(_ text: String) throws(Failure) { try write { $0(Array(text.utf8)) } }

    /// Writes what a report hands over piece by piece.
    func write(_ report: (_ sink: @escaping ReportSink) -> Void) throws(Failure) {
        let writer = try destination.open()
        report { writer.write($0) }
        try writer.finish()
    }

    /// Opens the destination for a command that writes bit by bit.
    func openWriter() throws(Failure) -> OutputWriter { try destination.open() }

    /// How text looks: as wide as the terminal, 100 columns where there is none.
    var style: TextStyle {
        let stream = StandardStream.output
        let width = output == nil ? stream.columns : nil
        return TextStyle(width: min(width ?? 100, 160), color: usesColor)
    }

    /// How tables look: fitted to the terminal, and with nothing cut where other programs read them.
    var tableStyle: TextStyle {
        let isForPeople = output == nil && StandardStream.output.isTerminal
        return TextStyle(width: isForPeople ? style.width : 100_000, color: usesColor)
    }

    private var destination: OutputDestination {
        guard let output, output != "-" else { return .standardOutput }
        return .file(path: output, mayReplace: force)
    }

    /// Whether colours are used.
    var usesColor: Bool {
        switch color {
        case .always: return true
        case .never: return false
        case .auto:
            if let forced = environmentVariable("CLICOLOR_FORCE"), forced != "0" { return true }
            guard environmentVariable("NO_COLOR") == nil, environmentVariable("TERM") != "dumb" else { return false }
            return output == nil && StandardStream.output.isTerminal
        }
    }
}

/// Who writes a report.
let tool = ToolIdentity(name: "logonleak", version: LogonleakCommand.version)
