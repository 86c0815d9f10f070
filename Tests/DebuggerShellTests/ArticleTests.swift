import BinaryReading
import DumpForge
import Testing

@testable import DebuggerShell

/// The article's lines over the leak of its first dump: what the answers say is held against the machine's truth.
@Suite("the article, first dump")
struct ArticleTests {
    private let machine: ShellFixture
    private let array: UInt64

    init() throws {
        machine = try ShellFixture.article.get()
        let row = try #require(machine.answer("dp nt!SepLogonSessions L1").first)
        array = try #require(UInt64(hexText: row.suffix(17)))
    }

    private static func text(_ address: UInt64) -> String { "0x" + VirtualAddress(address).debuggerText }

    /// The session that heads the first chain, by the table itself.
    private func firstSession() throws -> ForgedTruth.LogonSession {
        let row = try #require(machine.answer("dq \(Self.text(array)) L1").first)
        let address = try #require(UInt64(hexText: row.suffix(17)))
        return try #require(machine.truth.logonSessions.first { $0.address == address })
    }

    @Test("figures 6 and 7: the extension and the log")
    func loading() {
        let log = KeptLog()
        let shell = DebuggerShell(over: machine.kernel, log: log)
        #expect(ShellFixture.answer(".load mex", shell).first?.hasPrefix("Mex External ") == true)
        #expect(ShellFixture.answer("!logopen out.log", shell) == ["Opened log file 'out.log'"])
        _ = ShellFixture.answer(".echo kept", shell)
        #expect(ShellFixture.answer(".logclose", shell) == ["Closing open log file out.log"])
        #expect(
            log.lines.suffix(4) == [
                "\(shell.prompt).echo kept", "kept", "\(shell.prompt).logclose", "Closing open log file out.log",
            ])
        #expect(ShellFixture.answer("!logopen", shell).first?.hasSuffix("_SUFFIX.log'") == true)
        #expect(ShellFixture.answer(".logopen /t a.txt", shell).last == "Opened log file 'a_SUFFIX.txt'")
        #expect(log.paths.count == 3)
    }

    @Test("figure 18: the first session, whose pointer stands alone before it")
    func firstSessionFields() throws {
        let session = try firstSession()
        let lines = machine.answer("dt _SEP_LOGON_SESSION_REFERENCES* \(Self.text(array))")
        #expect(lines.prefix(2) == ["\(Self.text(session.address)) ", "nt!_SEP_LOGON_SESSION_REFERENCES"])
        #expect(lines.contains("   +0x008 LogonId          : _LUID"))
        #expect(lines.contains("   +0x018 ReferenceCount   : 0n\(session.referenceCount)"))
        #expect(lines.contains("   +0x038 AccountName      : _UNICODE_STRING \"\(session.account)\""))
        #expect(lines.contains("   +0x048 AuthorityName    : _UNICODE_STRING \"\(session.authority)\""))
        #expect(lines.last?.hasPrefix("   +0x0b0 TokenList        : _LIST_ENTRY [ 0x") == true)
        #expect(
            machine.answer("dt nt!_LUID \(Self.text(session.address + 8))").first
                == "   +0x000 LowPart          : \(ValueText.unsigned(session.luid & 0xFFFF_FFFF))")
        // With the module there is no header.
        #expect(
            machine.answer("dt nt!_SEP_LOGON_SESSION_REFERENCES* \(Self.text(array))")
                == lines.filter { $0 != "nt!_SEP_LOGON_SESSION_REFERENCES" })
    }

    @Test("figures 20 and 21: the list of a session's tokens, head included, and the first token behind it")
    func tokens() throws {
        let session = try #require(
            machine.chainedSessions.first { $0.tokenList == "populated" && $0.referencingTokens.count > 1 })
        let listed = machine.truth.tokens.filter { session.tokens.contains($0.address) && $0.isListed }
        let nodes = machine.answer("dt nt!_LIST_ENTRY* \(Self.text(session.address))+0x0b0 -l Flink")
        let labels = nodes.filter { $0.hasPrefix("Flink at ") }
        #expect(labels.count == listed.count + 1)
        #expect(nodes[1] == String(repeating: "-", count: 45))
        let addresses = Set(listed.map(\.address))
        let node = try #require(labels.first).dropFirst("Flink at ".count)
        let lines = machine.answer("dt _TOKEN*\(node)+8+8")
        let token = try #require(listed.first { lines[0] == "\(Self.text($0.address)) " })
        #expect(addresses.contains(token.address))
        #expect(lines[1] == "nt!_TOKEN")
        #expect(lines.contains("   +0x078 SessionId        : \(ValueText.unsigned(UInt64(token.terminalSession)))"))
        let type = token.isPrimary ? "1 ( TokenPrimary )" : "2 ( TokenImpersonation )"
        #expect(lines.contains("   +0x0c0 TokenType        : \(type)"))
        #expect(
            lines.contains("   +0x0d8 LogonSession     : \(Self.text(session.address)) _SEP_LOGON_SESSION_REFERENCES"))
    }

    @Test("figure 23: who made the first token")
    func creator() throws {
        let token = try #require(machine.truth.tokens.first { $0.creator?.image == "lsass.exe" && $0.isListed })
        let creator = try #require(token.creator)
        let lines = machine.answer("dt nt!_TOKEN \(Self.text(token.address)) DiagnosticInfo.")
        let process = Self.text(UInt64(creator.processID))
        #expect(lines[0].hasPrefix("   +0x478 DiagnosticInfo  : 0xffff"))
        #expect(lines[0].hasSuffix(" _SEP_TOKEN_DIAG_TRACK_ENTRY"))
        #expect(lines.contains("      +0x000 ProcessCid      : \(process) Void"))
        #expect(lines.contains("      +0x010 ImageFileName   : [16]  \"lsass.exe\""))
    }

    @Test("a list of processes by a link inside them (debugger-commands.md §6.6)")
    func processes() throws {
        let offset = try #require(machine.kernel.profile.structure(named: "_EPROCESS")?["ActiveProcessLinks"]).offset
        let lines = machine.answer(
            "dt nt!_EPROCESS -l ActiveProcessLinks.Flink ImageFileName (poi(nt!PsActiveProcessHead) - 0x\(String(offset, radix: 16)))"
        )
        #expect(lines[0].hasPrefix("ActiveProcessLinks.Flink at 0xffff"))
        #expect(lines[1] == String(repeating: "-", count: 45))
        #expect(lines[2].hasPrefix("   +0x\(String(offset, radix: 16)) ActiveProcessLinks :  [ 0xffff"))
        #expect(lines[3].hasSuffix(" ImageFileName : [15]  \"System\""))
        #expect(lines[4].isEmpty)
        // The head of the list is shown like any node.
        #expect(lines.count == 5 * (machine.truth.processes.count + 1))
    }
}

/// The second dump: the token grabber.
@Suite("the article, second dump")
struct GrabberTests {
    private static let grabber = Result {
        try ShellFixture(.grabber, "10.0.17763.5933", as: .bitmapKernel) { $0.logonSessions = 24 }
    }
    private let machine: ShellFixture
    private let token: ForgedTruth.Token
    private let creator: ForgedTruth.Creator

    init() throws {
        machine = try Self.grabber.get()
        token = try #require(machine.truth.tokens.first { $0.creator?.image == "RyansTokenGrab" })
        creator = try #require(token.creator)
    }

    private var address: String { "0x" + VirtualAddress(token.address).debuggerText }

    @Test("figure 14: lists without a session are null and have no name behind them")
    func emptyLists() {
        let rows = machine.answer("dps poi(nt!SepLogonSessions)")
        let filled = Set(machine.chainedSessions.map(\.bucket))
        for (index, row) in rows.enumerated() {
            #expect(row.hasSuffix("  00000000`00000000") == !filled.contains(index))
        }
        let line =
            "!count -q !grep AccountName !fel -x \"dt nt!_SEP_LOGON_SESSION_REFERENCES @#Line -l Next\" !cut -f 2 dps poi(nt!SepLogonSessions)"
        #expect(machine.answer(line) == ["\(machine.chainedSessions.count)"])
    }

    @Test("figures 26 and 27: the token with its diagnostic information")
    func diagnostics() {
        let lines = machine.answer("dt nt!_TOKEN \(address) SessionId DiagnosticInfo.")
        #expect(
            lines.contains { $0.hasSuffix(" SessionId       : \(ValueText.unsigned(UInt64(token.terminalSession)))") })
        #expect(lines.contains("      +0x010 ImageFileName   : [16]  \"RyansTokenGrab\""))
        let process = VirtualAddress(UInt64(creator.processID)).debuggerText
        #expect(lines.contains("      +0x000 ProcessCid      : 0x\(process) Void"))
    }

    @Test("figures 28 to 30: the stack that made it, cleaned up, and its names")
    func stack() throws {
        let offset = try #require(machine.kernel.profile.structure(named: "_TOKEN")?["DiagnosticInfo"]).offset
        let entry = "poi(\(address)+0x\(String(offset, radix: 16)))"
        let array = "dt -a nt!_SEP_TOKEN_DIAG_TRACK_ENTRY \(entry) CreateTrace"
        let frames = creator.kernelFrames.map(\.address) + creator.userFrames.map(\.address)
        let texts = frames.map { "0x" + VirtualAddress($0).debuggerText }

        let lines = machine.answer(array)
        #expect(lines.count == 31)
        for (index, text) in texts.enumerated() {
            #expect(lines[index + 1] == "    [\(index < 10 ? "0" : "")\(index)] \(text)")
        }

        let bare = machine.answer("!cut -f 2 !grep [ \(array)")
        #expect(bare.prefix(texts.count) == texts[...])

        let named = machine.answer(
            "!fel -x \"u @#Line L1\" !head \(creator.kernelFrames.count) !cut -f 2 !grep [ \(array)")
        let labels = named.filter { $0.hasSuffix(":") }
        #expect(labels == creator.kernelFrames.map { $0.symbol + ":" })
        #expect(labels.first?.hasPrefix("nt!SepDuplicateToken+") == true)
    }
}

/// A log in memory.
final class KeptLog: LogWriting {
    var lines: [String] = []
    var paths: [String] = []
    private var isOpen = false

    func open(path: String, appends: Bool) -> String? {
        paths.append(path)
        isOpen = true
        return nil
    }
    func write(_ line: String) { if isOpen { lines.append(line) } }
    func close() { isOpen = false }
    var nameSuffix: String { "SUFFIX" }
}
