import BinaryReading
import Testing

@testable import DebuggerShell

/// `dt` as `debugger-commands.md` §6 has it.
@Suite("dt")
struct DisplayTypeTests {
    private let machine: ShellFixture

    init() throws { machine = try ShellFixture.article.get() }

    @Test("a type alone (§6.3)")
    func layout() {
        let lines = machine.answer("dt nt!_SEP_LOGON_SESSION_REFERENCES")
        for line in [
            "   +0x000 Next             : Ptr64 _SEP_LOGON_SESSION_REFERENCES", "   +0x008 LogonId          : _LUID",
            "   +0x018 ReferenceCount   : Int8B", "   +0x020 Flags            : Uint4B",
            "   +0x030 Token            : Ptr64 Void", "   +0x038 AccountName      : _UNICODE_STRING",
            "   +0x0b0 TokenList        : _LIST_ENTRY",
        ] { #expect(lines.contains(line)) }
        #expect(machine.answer("dt _SEP_LOGON_SESSION_REFERENCES") == ["nt!_SEP_LOGON_SESSION_REFERENCES"] + lines)
        #expect(machine.answer("dt NT!_sep_logon_session_references") == lines)
        #expect(machine.answer("dt_SEP_LOGON_SESSION_REFERENCES").dropFirst() == lines[...])
    }

    @Test("bit fields, unions, verbose heads, enumerations (§6.3)")
    func kinds() {
        #expect(
            machine.answer("dt -v nt!_EX_FAST_REF") == [
                "struct _EX_FAST_REF, 3 elements, 0x8 bytes", "   +0x000 Object           : Ptr64 to Void",
                "   +0x000 Value            : Uint8B", "   +0x000 RefCnt           : Pos 0, 4 Bits",
            ])
        #expect(machine.answer("dt nt!_TOKEN_TYPE") == ["   TokenPrimary = 0n1", "   TokenImpersonation = 0n2"])
        let recursive = machine.answer("dt -r1 nt!_TOKEN TokenType")
        #expect(
            recursive == ["   +0x0c0 TokenType : ", "      TokenPrimary = 0n1", "      TokenImpersonation = 0n2"])
        #expect(machine.answer("dt nt!_EPROCESS ImageFileName").first?.hasSuffix(" ImageFileName : [15] UChar") == true)
    }

    @Test("names are padded to the longest that was typed; a final star does not count, a final point does (§6.1)")
    func widths() {
        #expect(
            machine.answer("dt nt!_TOKEN TokenId Session*") == [
                "   +0x010 TokenId : _LUID", "   +0x078 SessionId : Uint4B", "   +0x480 SessionObject : Ptr64 Void",
            ])
        #expect(machine.answer("dt nt!_TOKEN TokenId.").first == "   +0x010 TokenId  : _LUID")
        #expect(machine.answer("dt nt!_TOKEN -y Tok").count == 7)
    }

    @Test("structures with a form of their own (§6.2)")
    func oneLineForms() throws {
        let head = machine.answer("dt nt!_LIST_ENTRY nt!PsActiveProcessHead")
        #expect(head[0].hasPrefix(" [ 0xffff"))
        #expect(head[1].hasPrefix("   +0x000 Flink            : 0xffff"))
        #expect(head[1].contains(" _LIST_ENTRY [ 0xffff"))
        let session = try #require(machine.chainedSessions.first { !$0.account.isEmpty })
        let text = machine.answer("dt nt!_UNICODE_STRING \(VirtualAddress(session.address + 0x38))")
        #expect(text[0] == " \"\(session.account)\"")
        #expect(
            text[1] == "   +0x000 Length           : \(ValueText.unsigned(UInt64(session.account.utf16.count * 2)))")
        #expect(text[3].hasSuffix("  \"\(session.account)\""))
    }

    @Test(
        "numbers (§1 and §6.2)",
        arguments: [(0, "0"), (9, "9"), (0xA, "0xa"), (0x2A4, "0x2a4"), (0x1E_73DE_FF20, "0x0000001e`73deff20")])
    func numbers(_ value: UInt64, _ text: String) { #expect(ValueText.unsigned(value) == text) }

    @Test("arrays on their own lines, basic types (§6.4)")
    func arrays() {
        #expect(machine.answer("dt -ca2 ULONG nt!SeTokenLeakTracking") == ["[0] 1", "[1] 0"])
        #expect(machine.answer("dt ULONG nt!SeTokenLeakTracking") == ["1"])
        #expect(machine.answer("dt -a2 nt!_TOKEN_SOURCE nt!SeSystemTokenSource").first?.contains("[8]  \"") == true)
    }

    @Test("patterns list types, then data")
    func patterns() {
        let lines = machine.answer("dt nt!_TOKEN*")
        #expect(lines.first == "          nt!_TOKEN")
        #expect(lines.last?.contains("--symbols") == true)
        #expect(machine.answer("dt nt!SeTokenLeak*").first?.hasSuffix(" nt!SeTokenLeakTracking") == true)
    }

    @Test("the last type, an address before the name, names that are no addresses")
    func wordOrder() throws {
        let session = try #require(machine.chainedSessions.first)
        let address = "0x" + VirtualAddress(session.address).debuggerText
        let shell = DebuggerShell(over: machine.kernel)
        let lines = ShellFixture.answer("dt nt!_SEP_LOGON_SESSION_REFERENCES \(address)", shell)
        #expect(ShellFixture.answer("dt \(address) nt!_SEP_LOGON_SESSION_REFERENCES", shell) == lines)
        #expect(ShellFixture.answer("dt . \(address)", shell).dropFirst() == lines[...])
        #expect(
            ShellFixture.answer("dt -o nt!_SEP_LOGON_SESSION_REFERENCES \(address) Flags", shell).first?.hasPrefix(
                "   Flags : ") == true)
    }

    @Test("a field whose page is not there is shown as such, and the listing goes on")
    func unreadableFields() {
        // The last bytes of the kernel image's last page: what follows it is not mapped.
        let end = machine.truth.dump.kernelBase + (machine.kernel.imageByteCount ?? 0)
        let lines = machine.answer("dt nt!_LIST_ENTRY \(VirtualAddress(end - 8))")
        #expect(
            lines.isEmpty || lines.last?.hasSuffix(": ????") == true
                || lines == ["Cannot find specified field members."])
    }

    @Test("-r follows structures and pointers for as many levels as it says (§6.4)")
    func recursion() throws {
        let session = try #require(machine.chainedSessions.first { $0.tokenList == "populated" })
        let address = "0x" + VirtualAddress(session.address).debuggerText
        let flat = machine.answer("dt nt!_SEP_LOGON_SESSION_REFERENCES \(address)")
        let one = machine.answer("dt nt!_SEP_LOGON_SESSION_REFERENCES \(address) -r1")
        #expect(Set(flat).isSubset(of: one))
        let low = "      +0x000 LowPart          : \(ValueText.unsigned(session.luid & 0xFFFF_FFFF))"
        #expect(one.contains(low))
        #expect(!flat.contains(low))
        #expect(machine.answer("dt nt!_SEP_LOGON_SESSION_REFERENCES \(address) -b").contains(low))
        #expect(machine.answer("dt nt!_SEP_LOGON_SESSION_REFERENCES \(address) -c").count == 1)
    }
}
