/// `!grep`: the lines that hold a text (`debugger-commands.md` §10.5).
struct Grep: ShellCommand {
    let names = ["!grep"]
    let summary = "Keeps the lines of a command's answer that hold a text."
    let usage = [
        "!grep [-r] [-case] [-v] [-A n] [-B n] [-C n] [-until TEXT] PATTERN COMMAND",
        "    letters match in either case, and the pattern is plain text",
        "    -r        the pattern is a regular expression",
        "    -case     letters match in their own case only", "    -v        keeps the lines that do not fit",
        "    -A -B -C  keeps that many lines after, before, or around each that fits",
        "    -until    ends at the first line with that text",
        "!grep AccountName dt nt!_SEP_LOGON_SESSION_REFERENCES* ADDRESS -l Next",
    ]
    let takesCommand = true

    private struct Options {
        var isRegular = false
        var isCaseSensitive = false
        var isInverted = false
        var after = 0
        var before = 0
        var end: String?
    }

    func run(_ invocation: Invocation, in session: ShellSession, to output: CommandOutput) throws(CommandError) {
        var reader = ArgumentReader(invocation.arguments)
        let options = try Self.options(&reader)
        guard let word = reader.next() else { throw .badOption("PATTERN", of: "!grep") }
        let matcher = try LineMatcher(
            word.text, isRegular: options.isRegular, isCaseSensitive: options.isCaseSensitive)
        let end = try options.end.map { (text) throws(CommandError) in
            try LineMatcher(text, isRegular: false, isCaseSensitive: options.isCaseSensitive)
        }
        var waiting: [OutputLine] = []
        var following = 0
        var hasEnded = false
        try session.filter(reader.rest, of: output, isSatisfied: { hasEnded }) { (line) throws(CommandError) in
            if let end, end.matches(line.text) {
                hasEnded = true
                throw .enough
            }
            if matcher.matches(line.text) != options.isInverted {
                for earlier in waiting.suffix(options.before) { try output.line(earlier) }
                waiting = []
                following = options.after
                try output.line(line)
            } else if following > 0 {
                following -= 1
                try output.line(line)
            } else if options.before > 0 {
                waiting.append(line)
                if waiting.count >= 2 * options.before { waiting.removeFirst(waiting.count - options.before) }
            }
        }
    }

    private static func options(_ reader: inout ArgumentReader) throws(CommandError) -> Options {
        var options = Options()
        while let word = reader.peek(), !word.isQuoted, word.text.hasPrefix("-") {
            _ = reader.next()
            switch word.text.lowercased() {
            case "-r", "-e": options.isRegular = true
            case "-case": options.isCaseSensitive = true
            case "-v": options.isInverted = true
            case "-i": options.isCaseSensitive = false
            case "-a": options.after = try reader.nextCount(for: "-A", of: "!grep")
            case "-b": options.before = min(try reader.nextCount(for: "-B", of: "!grep"), KeptLines.limit)
            case "-c":
                options.before = min(try reader.nextCount(for: "-C", of: "!grep"), KeptLines.limit)
                options.after = options.before
            case "-until":
                guard let text = reader.next()?.text else { throw .badOption("-until", of: "!grep") }
                options.end = text
            default: throw .badOption(word.text, of: "!grep")
            }
        }
        return options
    }
}
