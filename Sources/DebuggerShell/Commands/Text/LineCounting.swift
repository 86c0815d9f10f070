/// `!count`: how many lines a command answers with (`debugger-commands.md` §10.5).
struct Count: ShellCommand {
    let names = ["!count"]
    let summary = "Counts the lines of a command's answer."
    let usage = [
        "!count [-q] COMMAND", "    -q  only the number, without the lines",
        "!count -q !grep AccountName dt _X ADDRESS -l Next",
    ]
    let takesCommand = true

    func run(_ invocation: Invocation, in session: ShellSession, to output: CommandOutput) throws(CommandError) {
        var reader = ArgumentReader(invocation.arguments)
        let isQuiet = reader.take("-q")
        var count = 0
        try session.filter(reader.rest, of: output) { (line) throws(CommandError) in
            count += 1
            if !isQuiet { try output.line(line) }
        }
        try output.line(isQuiet ? "\(count)" : "Count: \(count)")
    }
}

/// `!head`: the first lines.
struct Head: ShellCommand {
    let names = ["!head"]
    let summary = "Keeps the first lines of a command's answer."
    let usage = ["!head [-n] [COUNT] COMMAND", "    10 lines where no count is given", "!head -n 5 dps ADDRESS"]
    let takesCommand = true

    func run(_ invocation: Invocation, in session: ShellSession, to output: CommandOutput) throws(CommandError) {
        var reader = ArgumentReader(invocation.arguments)
        let limit = try reader.lineLimit(of: "!head")
        var count = 0
        try session.filter(reader.rest, of: output, isSatisfied: { count >= limit }) { (line) throws(CommandError) in
            guard count < limit else { throw .enough }
            try output.line(line)
            count += 1
            if count == limit { throw .enough }
        }
    }
}

/// `!tail`: the last lines.
struct Tail: ShellCommand {
    let names = ["!tail"]
    let summary = "Keeps the last lines of a command's answer."
    let usage = ["!tail [-n] [COUNT] COMMAND", "    10 lines where no count is given", "!tail -n 5 dps ADDRESS"]
    let takesCommand = true

    func run(_ invocation: Invocation, in session: ShellSession, to output: CommandOutput) throws(CommandError) {
        var reader = ArgumentReader(invocation.arguments)
        let limit = min(try reader.lineLimit(of: "!tail"), KeptLines.limit)
        var lines: [OutputLine] = []
        var next = 0
        try session.filter(reader.rest, of: output) { (line) throws(CommandError) in
            if lines.count < limit {
                lines.append(line)
            } else if limit > 0 {
                lines[next] = line
                next = (next + 1) % limit
            }
        }
        for line in lines[next...] + lines[..<next] { try output.line(line) }
    }
}

extension ArgumentReader {
    /// `-n 5` or `5`; ten where neither is given.
    fileprivate mutating func lineLimit(of command: String) throws(CommandError) -> Int {
        if take("-n") { return try nextCount(for: "-n", of: command) }
        guard let word = peek(), let count = Int(word.text), count >= 0 else { return 10 }
        _ = next()
        return count
    }
}
