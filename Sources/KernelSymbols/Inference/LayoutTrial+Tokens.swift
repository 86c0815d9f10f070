import AddressTranslation
import BinaryReading

extension LayoutTrial {
    private static var localSystem: UInt64 { 0x3e7 }
    private static var mostGroups: UInt32 { 4096 }

    /// Looks at the tokens of the processes: each must be a token by its header, and its session must bear its LUID.
    mutating func checkTokens() throws(LayoutRefusal) {
        for process in processes {
            guard let token = probe.primaryToken(of: process) else { continue }
            check(token: token)
        }
        guard !tokens.isEmpty else { throw LayoutRefusal("no process has a token that leads to a logon session") }
        guard let token = probe.primaryToken(of: systemProcess),
            let luid = probe.word("_TOKEN.AuthenticationId", of: token)
        else { return }
        guard luid == Self.localSystem else {
            throw LayoutRefusal("the token of the System process names logon session \(luid.hexText)")
        }
    }

    /// Checks one token; where it holds, takes it and its session in.
    mutating func check(token: VirtualAddress) {
        guard !tokens.contains(token) else { return }
        let hasHeader = isOfType(types.token, token)
        tally.count(hasHeader, "tokens have the header of a token")
        let isShaped = isShaped(token)
        tally.count(isShaped, "tokens have their fields in place")
        let session = session(of: token)
        tally.count(session.map { $0 != nil }, "the session of a token bears its LUID")
        if let object = sessionObject(of: token) {
            tally.count(object, "the terminal session of a token is an object or none")
        }
        guard hasHeader != false, isShaped == true, let session, let session else { return }
        tokens.append(token)
        sessions[session.address] = session.luid
    }

    /// Type, level, and the groups, which lie behind the token's fixed part or elsewhere (`sessions.md` §6).
    private func isShaped(_ token: VirtualAddress) -> Bool? {
        guard let identifier = probe.word("_TOKEN.TokenId", of: token),
            let kind = probe.doubleWord("_TOKEN.TokenType", of: token),
            let level = probe.doubleWord("_TOKEN.ImpersonationLevel", of: token),
            let count = probe.doubleWord("_TOKEN.UserAndGroupCount", of: token),
            let groups = probe.pointer("_TOKEN.UserAndGroups", of: token)
        else { return nil }
        return identifier != 0 && (kind == 1 || kind == 2) && level <= 3 && (1...Self.mostGroups).contains(count)
            && groups.isKernel && !(token..<(token + layout.offset("_TOKEN.VariablePart"))).contains(groups)
    }

    /// The session of a token where it bears the token's LUID: outer nil where it is not in the dump, inner nil where it does not.
    private func session(of token: VirtualAddress) -> (address: VirtualAddress, luid: UInt64)?? {
        guard let address = probe.pointer("_TOKEN.LogonSession", of: token),
            let luid = probe.word("_TOKEN.AuthenticationId", of: token)
        else { return nil }
        guard address.isKernel, address.rawValue & 0xF == 0 else { return .some(nil) }
        guard let own = probe.word("_SEP_LOGON_SESSION_REFERENCES.LogonId", of: address) else { return nil }
        return .some(own == luid ? (address, luid) : nil)
    }

    /// Whether `SessionObject` can be what its name says; nil where the kernel has none or it is not in the dump.
    private func sessionObject(of token: VirtualAddress) -> Bool? {
        guard layout.field("_TOKEN.SessionObject") != nil,
            let object = probe.pointer("_TOKEN.SessionObject", of: token)
        else { return nil }
        guard !object.isNull else { return true }
        guard object.isKernel, object.rawValue & 0xF == 0 else { return false }
        return typeIndex(of: object).map {
            types.names.indices.contains($0) && (types.names[$0] ?? "Session") == "Session"
        }
    }

    /// Leak tracking: the creation entry of a token that has one must read as such (`sessions.md` §5).
    mutating func checkCreations() {
        guard layout.field("_TOKEN.DiagnosticInfo") != nil,
            layout.field("_SEP_TOKEN_DIAG_TRACK_ENTRY.CreateMethod") != nil
        else { return }
        var recorded = 0
        var bare = 0
        for token in tokens {
            guard let entry = probe.pointer("_TOKEN.DiagnosticInfo", of: token) else { continue }
            if entry.isNull {
                bare += 1
                continue
            }
            let answer = entry.isKernel ? isCreation(entry) : false
            tally.count(answer, "the creator of a token reads as one")
            if answer != false { recorded += 1 }
        }
        if recorded > 0 || bare > 0 { recordsCreators = recorded > 0 }
    }

    private func isCreation(_ entry: VirtualAddress) -> Bool? {
        guard let process = probe.word("_SEP_TOKEN_DIAG_TRACK_ENTRY.ProcessCid", of: entry),
            let thread = probe.word("_SEP_TOKEN_DIAG_TRACK_ENTRY.ThreadCid", of: entry),
            let method = probe.doubleWord("_SEP_TOKEN_DIAG_TRACK_ENTRY.CreateMethod", of: entry),
            let hasName = probe.isImageName(at: entry + layout.offset("_SEP_TOKEN_DIAG_TRACK_ENTRY.ImageFileName"))
        else { return nil }
        return process % 4 == 0 && process >> 32 == 0 && thread % 4 == 0 && thread >> 32 == 0 && hasName
            && (1...64).contains(method)
    }
}
