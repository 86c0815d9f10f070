import AddressTranslation
import BinaryReading

/// Finds tokens and the sessions that only tokens lead to, each from the other, until nothing new comes up.
///
/// Every way to a token is one call of ``offer(_:source:named:)``; a further source is a further caller.
struct TokenDiscovery {
    private let context: ReadingContext
    private var reading: TokenReading
    private(set) var table: LogonSessionTable
    private var tokens: [Token] = []
    /// Addresses that are named as tokens and whose memory cannot be read.
    private(set) var unreadable: Set<VirtualAddress> = []
    private var positions: [VirtualAddress: Int] = [:]
    private var expandedSessions: Set<VirtualAddress> = []
    private var firstUnexpandedToken = 0

    init(_ context: ReadingContext, types: ObjectTypes, naming: FrameNaming, table: LogonSessionTable)
        throws(LayoutError)
    {
        self.context = context
        self.table = table
        reading = try TokenReading(context, types: types, naming: naming)
    }

    /// Takes in the address of a token that something names.
    ///
    /// - Parameters:
    ///   - name: What names it, for the gap if it cannot be read.
    ///   - expectedSession: The LUID that it must carry; nil where any will do.
    mutating func offer(
        _ address: VirtualAddress, source: Token.Sources, expectedSession: LUID? = nil,
        named name: @autoclosure () -> String
    ) {
        if let position = positions[address] {
            guard expectedSession.map({ $0 == tokens[position].authenticationID }) ?? true else {
                return noteStale(address, name(), why: "it belongs to another logon session")
            }
            tokens[position].sources.insert(source)
            return
        }
        guard !unreadable.contains(address) else { return }
        switch reading.token(at: address, source: source) {
        case .success(let token):
            guard expectedSession.map({ $0 == token.authenticationID }) ?? true else {
                return noteStale(address, name(), why: "it belongs to another logon session")
            }
            positions[address] = tokens.count
            tokens.append(token)
        case .failure(.unreadable(let error)):
            unreadable.insert(address)
            context.note(
                .tokens, "_TOKEN", detail: name(), at: address, why: error.reasonText,
                limits: "this token counts as present; its user, creator and holders are not known")
        case .failure(.notAToken(let why)): noteStale(address, name(), why: why)
        }
    }

    private func noteStale(_ address: VirtualAddress, _ name: String, why: String) {
        context.note(
            .tokens, "pointer to a token", detail: name, at: address, why: why,
            limits: "nothing is concluded from this pointer: it is stale or damaged")
    }

    /// Follows all that the found sessions and tokens lead to.
    mutating func expand() {
        while true {
            let sessions = table.sessions.values.filter { !expandedSessions.contains($0.address) }
            guard !sessions.isEmpty || firstUnexpandedToken < tokens.count else { return }
            for session in sessions.sorted(by: { $0.address < $1.address }) { expand(session) }
            expandTokens()
        }
    }

    /// The tokens by address, handed over: the discovery has none left, so that a large machine's tokens are in memory once.
    mutating func sortedTokens() -> [Token] {
        positions = [:]
        let unsorted = tokens
        tokens = []
        // Sorting positions moves words, not tokens.
        return unsorted.indices.sorted { unsorted[$0].address < unsorted[$1].address }.map { unsorted[$0] }
    }

    private mutating func expand(_ session: LogonSession) {
        expandedSessions.insert(session.address)
        for address in session.listedTokens {
            offer(
                address, source: .tokenList, expectedSession: session.luid,
                named: "TokenList of logon session \(session.luid)")
        }
        if let cached = session.cachedToken {
            offer(cached, source: .sessionCache, named: "cached token of logon session \(session.luid)")
        }
    }

    private mutating func expandTokens() {
        while firstUnexpandedToken < tokens.count {
            let token = tokens[firstUnexpandedToken]
            firstUnexpandedToken += 1
            if let linked = token.trustLinkedToken {
                offer(linked, source: .trustLink, named: "trust link of token \(token.address.debuggerText)")
            }
            _ = table.add(reachedFrom: token)
        }
    }
}
