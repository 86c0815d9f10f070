import BinaryReading
import KernelObjects
import LeakReports

/// All that `!token` prints of one token (`debugger-commands.md` §8.2).
struct TokenCard {
    private static let largestGroupCount: UInt64 = 0x1000
    private static let groupByteCount = 16

    private let record: StructureRecord
    private let session: ShellSession
    private let sids: SIDText

    /// Reads a token; nil where it cannot be read or the symbols do not know it.
    init?(at address: VirtualAddress, in session: ShellSession, wantsNames: Bool) {
        guard let record = StructureRecord("_TOKEN", at: address, in: session) else { return nil }
        self.record = record
        self.session = session
        sids = SIDText(session, wantsNames: wantsNames)
    }

    /// Writes the card.
    func write(to output: CommandOutput) throws(CommandError) {
        try output.line("_TOKEN \(record.address.description)")
        let terminal = record.number("SessionId").map { $0 == 0 ? "0" : $0.hexText } ?? "????"
        try output.line("TS Session ID: \(terminal)")
        try writeGroups(to: output)
        try output.line("Primary Group: " + (try sidText(at: record.pointer("PrimaryGroup"))))
        try writePrivileges(to: output)
        for line in identityLines { try output.line(line) }
        for line in try packageLines() { try output.line(line) }
    }

    private func number(_ path: String, radix: Int = 16) -> String {
        record.number(path).map { String($0, radix: radix) } ?? "????"
    }

    private func sidText(at address: VirtualAddress?) throws(CommandError) -> String {
        guard let address else { return "????" }
        guard !address.isNull else { return "(null)" }
        guard let sid = SID(at: address, in: session.memory) else {
            return "(cannot be read at \(address.extensionText))"
        }
        return try sids.text(sid)
    }

    // MARK: Groups

    private func writeGroups(to output: CommandOutput) throws(CommandError) {
        let count = record.number("UserAndGroupCount")
        guard let count, count <= Self.largestGroupCount, let array = record.pointer("UserAndGroups") else {
            try output.line("User: ????")
            return try output.line("User Groups: the array of groups cannot be read")
        }
        // The first entry is the user.
        try output.line("User: " + (count > 0 ? try sidText(at: session.pointer(at: array)) : "(null)"))
        try output.line("User Groups: ")
        guard count > 1 else { return }
        for index in 1..<Int(count) {
            let entry = array + Self.groupByteCount * index
            let label = index <= 10 ? "0\(index - 1)" : String(index - 1)
            try output.line(" \(label) " + (try sidText(at: session.pointer(at: entry))))
            let attributes = session.loadValue(byteCount: 4, at: (entry + 8).rawValue, isPhysical: false)
            try output.line("    Attributes - " + (attributes.map(Self.attributeText) ?? "????"))
        }
    }

    /// The words of SE_GROUP_* in the debugger's order.
    private static let attributeWords: [(bits: UInt64, word: String)] = [
        (0x1, "Mandatory"), (0x2, "Default"), (0x4, "Enabled"), (0x8, "Owner"), (0x10, "DenyOnly"),
        (0x20, "GroupIntegrity"), (0x40, "GroupIntegrityEnabled"), (0x2000_0000, "GroupResource"),
        (0xC000_0000, "LogonId"),
    ]

    private static func attributeText(_ attributes: UInt64) -> String {
        attributeWords.filter { attributes & $0.bits == $0.bits }.map { $0.word + " " }.joined()
    }

    // MARK: Privileges

    private func writePrivileges(to output: CommandOutput) throws(CommandError) {
        try output.line("Privs: ")
        guard let present = record.number("Privileges.Present"), let enabled = record.number("Privileges.Enabled"),
            let byDefault = record.number("Privileges.EnabledByDefault")
        else {
            return try output.line(" the privileges cannot be read")
        }
        for number in 0..<64 where present >> UInt64(number) & 1 == 1 {
            let name = Privilege.name(number)
            let words =
                (enabled >> UInt64(number) & 1 == 1 ? "Enabled " : "")
                + (byDefault >> UInt64(number) & 1 == 1 ? "Default " : "")
            let label = number < 10 ? "0\(number)" : String(number)
            try output.line(
                " \(label) 0x\(UInt64(number).paddedHexDigits(9)) \(name)"
                    + String(repeating: " ", count: max(0, 32 - name.count)) + "  Attributes - \(words)")
        }
    }

    // MARK: Identity

    private func luidParts(_ field: String, separator: String) -> String {
        guard let value = record.number(field) else { return "????" }
        return "(\(String(value >> 32, radix: 16)),\(separator)\(String(value & 0xFFFF_FFFF, radix: 16)))"
    }

    private static func padded(_ text: String) -> String {
        text + String(repeating: " ", count: max(1, 27 - text.count))
    }

    private var identityLines: [String] {
        let levels = ["Anonymous", "Identification", "Impersonation", "Delegation"]
        let level = record.number("ImpersonationLevel").map { value in
            Int(exactly: value).flatMap { levels.indices.contains($0) ? levels[$0] : nil } ?? value.hexText
        }
        let type = record.number("TokenType").map { value in
            value == 1 ? "Primary" : value == 2 ? "Impersonation" : "Unknown (\(value.hexText))"
        }
        let use = record.number("TokenInUse").map { $0 != 0 ? "( Token in use )" : "( Token NOT in use ) " }
        let source = record.text("TokenSource.SourceName", byteCount: 8).map(Self.withoutBlanks) ?? "????"
        return [
            Self.padded("Authentication ID:") + luidParts("AuthenticationId", separator: ""),
            Self.padded("Impersonation Level:") + (level ?? "????"),
            Self.padded("TokenType:") + (type ?? "????"),
            Self.padded("Source: \(source.terminalSafe)") + "TokenFlags: 0x\(number("TokenFlags")) \(use ?? "")",
            Self.padded("Token ID: \(number("TokenId"))") + "ParentToken ID: \(number("ParentTokenId"))",
            Self.padded("Modified ID:") + luidParts("ModifiedId", separator: " "),
            Self.padded("RestrictedSidCount: \(number("RestrictedSidCount", radix: 10))")
                + "RestrictedSids: \(pointerText("RestrictedSids"))",
            "OriginatingLogonSession: \(number("OriginatingLogonSession"))",
        ]
    }

    private static func withoutBlanks(_ text: String) -> String { text.trimmed }

    private func pointerText(_ field: String) -> String {
        record.number(field).map { "0x" + $0.paddedHexDigits(16) } ?? "????"
    }

    /// What tokens have since Windows 8.
    private func packageLines() throws(CommandError) -> [String] {
        guard record.has("Package") else { return [] }
        var lines = [
            "PackageSid: " + (try sidText(at: record.pointer("Package"))),
            "CapabilityCount: \(number("CapabilityCount", radix: 10))      Capabilities: \(pointerText("Capabilities"))",
            "LowboxNumberEntry: \(pointerText("LowboxNumberEntry"))",
            "Security Attributes:",
        ]
        // What a debugger with public symbols says too: they do not have the type.
        if session.types.structure("_AUTHZBASEP_SECURITY_ATTRIBUTE") == nil {
            lines.append("Unable to get the offset of nt!_AUTHZBASEP_SECURITY_ATTRIBUTE.ListLink")
        }
        if record.has("TrustLevelSid") {
            lines.append("Process Token TrustLevelSid: " + (try sidText(at: record.pointer("TrustLevelSid"))))
        }
        return lines
    }
}
