import BinaryReading
import KernelObjects
import LeakAnalysis
import LeakReports

/// What `!logonsession` prints of one session: the documented block, then what the kernel knows beyond it
/// (`debugger-commands.md` §9; all after `References` is this shell's own reading of the documentation).
struct LogonSessionBlock {
    /// How much of the tokens is shown.
    enum Level: UInt64, Comparable {
        /// The session alone.
        case session = 0
        /// A line for each token.
        case tokens = 1
        /// Who made and who holds each.
        case makers = 2
        /// Groups and privileges too.
        case identities = 3
        /// The stack that made it.
        case stacks = 4

        static func < (left: Level, right: Level) -> Bool { left.rawValue < right.rawValue }
    }

    private let analysis: Analysis
    private let level: Level

    init(_ analysis: Analysis, level: Level) {
        self.analysis = analysis
        self.level = level
    }

    /// Writes one session.
    func write(_ row: SessionAnalysis, number: Int, to output: CommandOutput) throws(CommandError) {
        let session = analysis.snapshot.logonSessions[row.session]
        let address = session.address.description
        let label = Self.right(number, 3)
        let text = "** Session \(label) = \(address)"
        let command = "dt nt!_SEP_LOGON_SESSION_REFERENCES \(address)"
        let start = text.utf8.count - address.utf8.count
        try output.line(OutputLine(text, links: [OutputLine.Link(range: start..<text.utf8.count, command: command)]))
        let luid = session.luid.rawValue
        try field("LogonId", "{\((luid & 0xFFFF_FFFF).hexText) \((luid >> 32).hexText)}", output)
        try field("References", String(session.referenceCount), output)
        try field("Account", accountText(session, row), output)
        try field("State", stateText(row), output)
        try field("Tokens", tokenCountText(row), output)
        if !row.holders.isEmpty {
            try field("Held by", row.holders.map(analysis.label(of:)).joined(separator: " "), output)
        }
        if level >= .tokens { try writeTokens(of: row, to: output) }
    }

    private static func right(_ number: Int, _ width: Int) -> String {
        let digits = String(number)
        return String(repeating: " ", count: max(0, width - digits.count)) + digits
    }

    private func field(_ name: String, _ value: String, _ output: CommandOutput, indent: Int = 3) throws(CommandError) {
        let padding = String(repeating: " ", count: max(0, 11 - name.count))
        try output.line(String(repeating: " ", count: indent) + name + padding + " = " + value.terminalSafe)
    }

    private func accountText(_ session: LogonSession, _ row: SessionAnalysis) -> String {
        guard session.accountName != nil || session.authorityName != nil else { return "(the names cannot be read)" }
        let names = [session.authorityName, session.accountName].compactMap { $0 }.filter { !$0.isEmpty }
        return names.isEmpty
            ? row.user.map { analysis.name(of: $0) ?? $0.description } ?? "(none)" : names.joined(separator: "\\")
    }

    private func stateText(_ row: SessionAnalysis) -> String {
        let reasons = row.pastLife.map(\.text).joined(separator: "; ")
        return "\(row.state.rawValue), \(row.kind.text)" + (reasons.isEmpty ? "" : " (\(reasons))")
    }

    private func tokenCountText(_ row: SessionAnalysis) -> String {
        var text = String(row.referenceTotal)
        let others = row.tokens.count - row.referencingTokens.count
        if others > 0 { text += ", and \(others) that do not count" }
        if row.account.unexplained != 0 { text += "; \(row.account.unexplained) references unexplained" }
        return text
    }

    // MARK: Tokens

    private func writeTokens(of row: SessionAnalysis, to output: CommandOutput) throws(CommandError) {
        for (number, position) in row.tokens.enumerated() {
            let token = analysis.snapshot.tokens[position]
            let address = token.address.description
            var line = "   ** Token \(Self.right(number, 3)) = \(address)"
            let start = line.utf8.count - address.utf8.count
            line +=
                "  \(token.kind.word), session \(token.terminalSessionID), flags \(token.flags.hexText), id \(token.tokenID)"
                + (token.isReferencingSession ? "" : ", does not count")
            let link = OutputLine.Link(range: start..<(start + address.utf8.count), command: "!token -n \(address)")
            try output.line(OutputLine(line, links: [link]))
            if level >= .makers { try writeMaker(of: token, position, to: output) }
            if level >= .identities { try writeIdentity(of: token, to: output) }
            if level >= .stacks { try writeStack(of: token, to: output) }
        }
        for address in row.unreadableTokens {
            try output.line("   ** Token     = \(address)  cannot be read")
        }
    }

    private func writeMaker(of token: Token, _ position: Int, to output: CommandOutput) throws(CommandError) {
        if let creation = token.creation {
            let cid = "\(creation.processID.paddedHexDigits(4)).\(creation.threadID.paddedHexDigits(4))"
            try field("Created by", "\(creation.imageName) Cid \(cid), \(creation.method.word)", output, indent: 6)
        } else {
            let tracking = analysis.snapshot.tracking
            let reason =
                tracking.isSupported
                ? tracking.isEnabled == false ? "not recorded: leak tracking was off" : "not recorded"
                : "this kernel does not record creators"
            try field("Created by", "(\(reason))", output, indent: 6)
        }
        let holders = analysis.tokens[position].holders.map(analysis.label(of:)).joined(separator: " ")
        try field("Held by", holders.isEmpty ? "(not found)" : holders, output, indent: 6)
    }

    private func sidText(_ sid: SID) -> String {
        analysis.name(of: sid).map { "\(sid) (\($0))" } ?? sid.description
    }

    private func writeIdentity(of token: Token, to output: CommandOutput) throws(CommandError) {
        try field("User", token.user.map(sidText) ?? "(cannot be read)", output, indent: 6)
        for group in token.groups { try field("Group", sidText(group.sid), output, indent: 6) }
        let privileges = (0..<64).filter { token.privileges.present >> UInt64($0) & 1 == 1 }.map { number in
            Privilege.name(number) + (token.privileges.enabled >> UInt64(number) & 1 == 1 ? "" : " (off)")
        }
        try field("Privileges", privileges.isEmpty ? "(none)" : privileges.joined(separator: ", "), output, indent: 6)
    }

    private func writeStack(of token: Token, to output: CommandOutput) throws(CommandError) {
        guard let creation = token.creation else { return }
        for address in creation.trace {
            let frame = analysis.snapshot.frame(at: address)
            try field(
                "Stack", "\(address.debuggerText) \(frame.module == nil ? "" : frame.text)".trimmed, output, indent: 6)
        }
    }
}
