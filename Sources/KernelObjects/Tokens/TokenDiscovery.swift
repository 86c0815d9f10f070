import AddressTranslation
import BinaryReading

/// Finds tokens and the sessions that only tokens lead to, each from the other, until nothing new comes up.
///
/// Every way to a token is one call of ``offer(_:source:expectedSession:named:)``; a further source is a further caller.
struct TokenDiscovery {
    private let context: ReadingContext
    private let makeReading: @Sendable (ReadingContext) -> TokenReading
    private var reading: TokenReading
    private(set) var table: LogonSessionTable
    /// What was read as a token, in reading order; one that nothing names validly has no source.
    private var tokens: [Token] = []
    private var positions = PositionTable()
    private var failures: [VirtualAddress: TokenReading.Failure] = [:]
    /// Addresses that are named as tokens and whose memory cannot be read.
    private(set) var unreadable: Set<VirtualAddress> = []
    private var unexpandedTokens: [Int] = []

    /// Tokens that a worker reads at a time.
    private static let tokensPerPart = 2048

    init(_ context: ReadingContext, _ layouts: TokenReading.Layouts, table: LogonSessionTable) {
        self.context = context
        self.table = table
        makeReading = { TokenReading($0, layouts) }
        reading = TokenReading(context, layouts)
    }

    /// Number of tokens that something names.
    var count: Int { tokens.count { !$0.sources.isEmpty } }

    /// Reads tokens ahead on all processors; each must still be offered by whatever names it.
    mutating func readAhead(_ addresses: [VirtualAddress]) {
        let unknown = addresses.filter { positions[$0] == nil && failure(of: $0) == nil }
        guard unknown.count > Self.tokensPerPart else { return }
        let ordered = unknown.sortedWithoutRepetitions()
        let parts = stride(from: 0, to: ordered.count, by: Self.tokensPerPart).map {
            ordered[$0..<min($0 + Self.tokensPerPart, ordered.count)]
        }
        let results = readConcurrently(parts, in: context, makeReader: makeReading) { reading, part in
            var batch = TokenReading.Batch()
            for address in part { batch.add(reading.token(at: address), at: address) }
            return batch
        }
        adopt(results)
    }

    /// Takes in tokens that were read; each must still be offered by whatever names it.
    mutating func adopt(_ batches: [TokenReading.Batch]) {
        let count = batches.reduce(0) { $0 + $1.tokens.count }
        tokens.reserveCapacity(tokens.count + count)
        if positions.count == 0 { positions = PositionTable(minimumCapacity: count) }
        for batch in batches {
            for token in batch.tokens where positions[token.address] == nil {
                positions[token.address] = tokens.count
                tokens.append(token)
            }
            failures.merge(batch.failures) { known, _ in known }
        }
    }

    private func failure(of address: VirtualAddress) -> TokenReading.Failure? {
        failures.isEmpty ? nil : failures[address]
    }

    /// The position of a token that was read or is read now; nil where there is none.
    private mutating func positionReading(_ address: VirtualAddress) -> Int? {
        if let position = positions[address] { return position }
        guard failure(of: address) == nil else { return nil }
        store(reading.token(at: address), at: address)
        return positions[address]
    }

    private mutating func store(_ result: Result<Token, TokenReading.Failure>, at address: VirtualAddress) {
        switch result {
        case .success(let token):
            positions[address] = tokens.count
            tokens.append(token)
        case .failure(let failure): failures[address] = failure
        }
    }

    /// Takes in the address of a token that something names.
    ///
    /// - Parameters:
    ///   - expectedSession: The LUID that it must carry; nil where any will do.
    ///   - name: What names it, for the gap if it cannot be read.
    mutating func offer(
        _ address: VirtualAddress, source: Token.Sources, expectedSession: LUID? = nil,
        named name: @autoclosure () -> String
    ) {
        if let position = positionReading(address) {
            guard expectedSession.map({ $0 == tokens[position].authenticationID }) ?? true else {
                return noteStale(address, name(), why: "it belongs to another logon session")
            }
            accept(position, source: source)
        } else if case .unreadable(let error) = failure(of: address) {
            guard unreadable.insert(address).inserted else { return }
            context.note(
                .tokens, "_TOKEN", detail: name(), at: address, why: error.reasonText,
                limits: "this token counts as present; its user, creator and holders are not known")
        } else if case .notAToken(let why) = failure(of: address) {
            noteStale(address, name(), why: why)
        }
    }

    /// Takes in what a scan of the pool found: only what header, type, reference count, user and session agree on. A session that cannot be
    /// read contradicts nothing.
    mutating func offer(poolCandidate address: VirtualAddress) {
        guard let position = positionReading(address) else { return }
        let token = tokens[position]
        if token.sources.isEmpty {
            guard !token.tokenID.isNone, token.user != nil, let session = token.logonSession,
                LogonSessionReading.isPlausible(session)
            else { return }
            table.add(reachedFrom: token)
            if let known = table.sessions[session] {
                guard known.luid == token.authenticationID else { return }
            } else if context.memory.isReadable(at: session, count: 1) {
                return
            }
        }
        accept(position, source: .poolScan)
    }

    /// Walks the chains of the session table.
    mutating func readSessionTable() { table.readChains() }

    /// Takes in entries of the session table that a scan of the pool found.
    mutating func offer(sessionCandidates addresses: [VirtualAddress]) { table.add(poolCandidates: addresses) }

    private mutating func accept(_ position: Int, source: Token.Sources) {
        if tokens[position].sources.isEmpty { unexpandedTokens.append(position) }
        tokens[position].sources.insert(source)
    }

    private func noteStale(_ address: VirtualAddress, _ name: String, why: String) {
        context.note(
            .tokens, "pointer to a token", detail: name, at: address, why: why,
            limits: "nothing is concluded from this pointer: it is stale or damaged")
    }

    /// Follows all that the found sessions and tokens lead to.
    mutating func expand() {
        while true {
            let sessions = table.takeNewSessions()
            guard !sessions.isEmpty || !unexpandedTokens.isEmpty else { return }
            readAhead(sessions.flatMap(\.listedTokens))
            for session in sessions { expand(session) }
            expandTokens()
        }
    }

    private mutating func expand(_ session: LogonSession) {
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
        while let position = unexpandedTokens.popLast() {
            let token = tokens[position]
            if let linked = token.trustLinkedToken {
                offer(linked, source: .trustLink, named: "trust link of token \(token.address.debuggerText)")
            }
            table.add(reachedFrom: token)
        }
    }

    /// The tokens that something names, by address, handed over: the discovery has none left, so that a large machine's tokens are in
    /// memory once.
    mutating func sortedTokens() -> [Token] {
        positions = PositionTable()
        var named = tokens
        tokens = []
        named.removeAll { $0.sources.isEmpty }
        if !zip(named, named.dropFirst()).allSatisfy({ $0.address < $1.address }) {
            named.sort { $0.address < $1.address }
        }
        return named
    }
}
