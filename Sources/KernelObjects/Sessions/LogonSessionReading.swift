import AddressTranslation
import BinaryReading
import KernelProfiles

/// Reads entries of the logon-session table with their names and token lists.
struct LogonSessionReading {
    private let context: ReadingContext
    let layout: LogonSessionLayout

    /// Most bytes of an account or authority name; Windows allows 256 characters in the longest of them.
    private static let nameLimit = 0x1000
    /// Distance of the token pointer in a list node; the node has no type in the symbols (`sessions.md` §4).
    private static let nodeTokenOffset = 0x10

    init(_ context: ReadingContext) throws(LayoutError) {
        self.context = context
        layout = try LogonSessionLayout(context.profile)
    }

    /// Makes a reading of another worker's, over the same layout.
    init(_ context: ReadingContext, _ layout: LogonSessionLayout) {
        self.context = context
        self.layout = layout
    }

    /// Whether an address can be an entry: pool blocks are aligned to 16 bytes.
    static func isPlausible(_ address: VirtualAddress) -> Bool { address.isKernel && address.rawValue & 0xF == 0 }

    /// The entry's own fields.
    func fields(at address: VirtualAddress) throws(TranslationError) -> LogonSessionLayout.Fields {
        try context.memory.withBytes(at: address, count: layout.byteCount) { layout.fields(in: $0) }
    }

    /// The session of an entry whose fields were read: follows names and token list.
    func session(
        at address: VirtualAddress, _ fields: LogonSessionLayout.Fields, origin: LogonSession.Origin
    ) -> LogonSession {
        let list = tokenList(of: fields, session: address)
        return LogonSession(
            address: address, luid: fields.luid, buddy: fields.buddy, sibling: fields.sibling,
            referenceCount: fields.referenceCount, flags: fields.flags,
            accountName: name(fields.accountName, "AccountName", of: fields.luid, at: address),
            authorityName: name(fields.authorityName, "AuthorityName", of: fields.luid, at: address),
            cachedToken: fields.token, serverSilo: fields.serverSilo, tokenListState: list.state,
            listedTokens: list.tokens, isTokenListComplete: list.isComplete, origin: origin)
    }

    private func name(_ string: UnicodeString, _ field: String, of luid: LUID, at address: VirtualAddress) -> String? {
        do throws(UnicodeString.Failure) { return try string.text(in: context.memory, limit: Self.nameLimit) } catch {
            context.note(
                .logonSessions, "_SEP_LOGON_SESSION_REFERENCES.\(field)", detail: "logon session \(luid)",
                at: address, why: error.text, limits: "whose session it is; the user SID of its tokens tells instead")
            return nil
        }
    }

    private struct TokenList {
        var state = LogonSession.TokenListState.uninitialized
        var tokens: [VirtualAddress] = []
        var isComplete = true
    }

    private func tokenList(of fields: LogonSessionLayout.Fields, session: VirtualAddress) -> TokenList {
        guard let offset = layout.tokenList, let head = fields.tokenListHead else { return TokenList() }
        guard !(head.flink.isNull && head.blink.isNull) else { return TokenList() }
        let headAddress = session + offset
        if head.flink == headAddress && head.blink == headAddress { return TokenList(state: .empty) }
        let walk = ListWalk(head: headAddress, in: context.memory)
        var list = TokenList(state: .populated, isComplete: walk.isComplete)
        if walk.end != .closed {
            noteList(
                fields.luid, at: headAddress, why: walk.end.text,
                limits: walk.isComplete
                    ? "nothing: the other direction of the list shows all tokens"
                    : "tokens of this session may be missing")
        }
        for node in walk.nodes {
            do throws(TranslationError) {
                list.tokens.append(try context.memory.loadAddress(at: node + Self.nodeTokenOffset))
            } catch {
                list.isComplete = false
                noteList(fields.luid, at: node, why: error.reasonText, limits: "one token of this session is missing")
            }
        }
        return list
    }

    private func noteList(_ luid: LUID, at address: VirtualAddress, why: String, limits: String) {
        context.note(
            .logonSessions, "_SEP_LOGON_SESSION_REFERENCES.TokenList", detail: "logon session \(luid)", at: address,
            why: why, limits: limits)
    }
}
