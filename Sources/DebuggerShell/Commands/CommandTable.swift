/// The commands of a shell by name.
struct CommandTable: Sendable {
    /// All commands in the order in which help lists them.
    let commands: [any ShellCommand]
    private let exact: [String: Int]
    private let lowered: [String: Int]
    /// The prefixes under which an extension's commands may be named.
    private static let extensionPrefixes = ["mex.", "kdexts.", "kdextx64.", "exts.", "ext."]

    /// Makes a table; of two commands with one name the first counts.
    init(_ commands: [any ShellCommand]) {
        self.commands = commands
        let pairs = commands.enumerated().flatMap { index, command in command.names.map { ($0, index) } }
        exact = Dictionary(pairs, uniquingKeysWith: { first, _ in first })
        lowered = Dictionary(pairs.map { ($0.0.lowercased(), $0.1) }, uniquingKeysWith: { first, _ in first })
    }

    /// The command of a name in either case; where case tells two apart, as `dD` and `dd`, it counts.
    func command(named name: String) -> (any ShellCommand)? {
        (exact[name] ?? lowered[name.lowercased()]).map { commands[$0] }
    }

    /// A command and how it was called.
    typealias Match = (command: any ShellCommand, invocation: Invocation)

    /// Finds the command that a text calls.
    ///
    /// - Throws: The debugger's words for a name that it does not know.
    func match(_ text: String) throws(CommandError) -> Match {
        let head = Self.head(of: text)
        if head.hasPrefix("!") {
            let name = "!" + Self.withoutPrefix(head.dropFirst())
            guard let command = command(named: name) else { throw .unknownExtension(String(name.dropFirst())) }
            return (command, Self.invocation(name, after: head, in: text))
        }
        if let command = command(named: String(head)) {
            return (command, Self.invocation(String(head), after: head, in: text))
        }
        // Options may stand directly behind some names: lmvm.
        var name = head.dropLast()
        while !name.isEmpty {
            if let command = command(named: String(name)), command.takesAttachedOptions {
                return (command, Self.invocation(String(name), after: name, in: text))
            }
            name = name.dropLast()
        }
        throw .unknownCommand(text, column: 0)
    }

    private static func invocation(_ name: String, after head: Substring, in text: String)
        -> Invocation
    {
        let rest = text[head.endIndex...]
        let arguments = rest.drop(while: \.isWhitespace)
        return Invocation(
            name: name, arguments: arguments, text: text,
            argumentColumn: text.distance(from: text.startIndex, to: arguments.startIndex))
    }

    /// The name at the start of a command: `!` and `.` with the word behind, a run of letters, or a run of signs.
    private static func head(of text: String) -> Substring {
        guard let first = text.first else { return "" }
        if first == "!" || first == "." {
            let body = text.dropFirst().prefix { $0.isLetter || $0.isNumber || $0 == "_" || $0 == "." || $0 == "+" }
            return text[..<body.endIndex]
        }
        if first.isLetter { return text.prefix { $0.isLetter } }
        if first == "|" || first == "$" || first == "?" { return text.prefix { $0 == first || $0 == "<" } }
        return text.prefix(1)
    }

    private static func withoutPrefix(_ name: Substring) -> Substring {
        for prefix in extensionPrefixes where name.lowercased().hasPrefix(prefix) {
            return name.dropFirst(prefix.count)
        }
        return name
    }
}

extension CommandError {
    /// A first word that is no command.
    static func unknownCommand(_ text: String, column: Int) -> CommandError { .caret("Syntax error", column: column) }

    /// A word behind `!` that is no command.
    static func unknownExtension(_ name: String) -> CommandError {
        .words(["\(name) is not extension gallery command", "No export \(name) found"])
    }
}
