import BinaryReading
import KernelObjects
import LeakAnalysis

/// `!logonsession`: logon sessions with their tokens, makers, holders and creation stacks (`debugger-commands.md` §9).
///
/// Sessions stand by LUID. The documentation names levels 0 to 4, "least to most token information", without a sample beyond 0: 1 lists the
/// tokens, 2 adds who made and who holds them, 3 groups and privileges, 4 the stacks.
struct ShowLogonSession: ShellCommand {
    let names = ["!logonsession"]
    let summary = "Shows logon sessions; with a level also their tokens, makers and stacks."
    let usage = [
        "!logonsession LUID [LEVEL]", "    LUID 0: all sessions.",
        "    LEVEL 0: sessions   1: their tokens   2: makers and holders   3: SIDs and privileges   4: creation stacks",
        "!logonsession 0", "!logonsession 3e7 1", "!logonsession 1a2b3c 4",
    ]

    func run(_ invocation: Invocation, in session: ShellSession, to output: CommandOutput) throws(CommandError) {
        var arguments = ArgumentReader(invocation.arguments)
        guard let word = arguments.next() else {
            throw .words(["!logonsession needs a LUID; 0 shows all.", "Usage: !logonsession LUID [LEVEL]"])
        }
        let luid = try Self.luid(word, session)
        let number = try arguments.next().map { (word) throws(CommandError) in try session.value(of: word) } ?? 0
        guard let level = LogonSessionBlock.Level(rawValue: number) else {
            throw .words("A level is 0 to 4; \(String(number, radix: 16)) is none.")
        }
        let analysis = try session.analysis()
        let block = LogonSessionBlock(analysis, level: level)
        if luid == 0 {
            try Self.showAll(block, analysis, to: output)
        } else {
            let found = analysis.sessions.filter { analysis.snapshot.logonSessions[$0.session].luid.rawValue == luid }
            guard !found.isEmpty else {
                throw .words([
                    "No logon session has the LUID \(luid.hexText).",
                    "Numbers are hex unless 0n stands before them; !logonsession 0 lists all sessions.",
                ])
            }
            for (number, row) in found.enumerated() { try block.write(row, number: number, to: output) }
        }
    }

    /// A number, or both halves with a colon between them as Windows tools print them: `0:3e7`.
    private static func luid(_ word: ArgumentReader.Word, _ session: ShellSession) throws(CommandError) -> UInt64 {
        let parts = word.text.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 2 else { return try session.value(of: word) }
        guard let high = UInt64(hexText: parts[0]), let low = UInt64(hexText: parts[1]), high <= 0xFFFF_FFFF,
            low <= 0xFFFF_FFFF
        else { throw .words("A LUID is one number or HIGH:LOW; \(word.text) is neither.") }
        return high << 32 | low
    }

    private static func showAll(_ block: LogonSessionBlock, _ analysis: Analysis, to output: CommandOutput)
        throws(CommandError)
    {
        try output.line("")
        try output.line("Dumping all logon sessions.")
        try output.line("")
        for (number, row) in analysis.sessions.enumerated() { try block.write(row, number: number, to: output) }
        let count = analysis.sessions.count
        try output.line(count == 1 ? "1 session in the system." : "\(count) sessions in the system.")
        let coverage = analysis.snapshot.coverage
        if coverage.sessionChainsComplete < 16 {
            try output.failure(
                "Only \(coverage.sessionChainsComplete) of the 16 chains could be walked to their end; sessions may be missing."
            )
        }
    }
}
