import BinaryReading
import KernelObjects

/// Everything of a snapshot by address, id or LUID. Positions are those in its arrays, which it keeps sorted.
struct SnapshotIndex: Sendable {
    let snapshot: Snapshot
    /// Handles that were given apart from the snapshot; else they stand in its tables.
    let evidence: HandleEvidence?
    let tokenAt: PositionTable
    let processAt: PositionTable
    private(set) var processesByID: [UInt64: [Int]] = [:]
    let sessionAt: PositionTable
    private(set) var sessionsByLUID: [LUID: [Int]] = [:]
    /// The session that each token belongs to.
    private(set) var sessionOfToken: [Int?] = []
    /// All tokens of each session, counting or not.
    private(set) var tokensOfSession: [[Int]] = []
    /// Terminal sessions that a running process is in, with the number of such processes.
    private(set) var liveTerminalSessions: [UInt32: Int] = [:]

    init(_ unsorted: Snapshot, handles: HandleEvidence?) {
        var snapshot = unsorted
        snapshot.processes.sortWhereNeeded { ($0.address, $0.processID) < ($1.address, $1.processID) }
        snapshot.threads.sortWhereNeeded { $0.address < $1.address }
        snapshot.tokens.sortWhereNeeded { $0.address < $1.address }
        snapshot.logonSessions.sortWhereNeeded { ($0.luid, $0.address) < ($1.luid, $1.address) }
        self.snapshot = snapshot
        evidence = handles
        processAt = PositionTable(snapshot.processes.map(\.address))
        tokenAt = PositionTable(snapshot.tokens.map(\.address))
        sessionAt = PositionTable(snapshot.logonSessions.map(\.address))
        for (position, process) in snapshot.processes.enumerated() {
            processesByID[process.processID, default: []].append(position)
            if !process.hasExited, let id = process.terminalSessionID { liveTerminalSessions[id, default: 0] += 1 }
        }
        for (position, session) in snapshot.logonSessions.enumerated() {
            sessionsByLUID[session.luid, default: []].append(position)
        }
        matchTokens()
    }

    /// Whether a terminal session is known to have no running process. Session 0 never ends.
    func hasEnded(terminalSession id: UInt32) -> Bool { id != 0 && liveTerminalSessions[id] == nil }

    /// Whether handle tables were looked at.
    var handlesWereRead: Bool { evidence != nil || snapshot.coverage.handleTablePages != nil }

    /// Whether every process that the kernel lists could be read, so that "no running process" is a fact.
    var knowsAllProcesses: Bool {
        snapshot.coverage.isProcessListComplete && snapshot.coverage.unreadableProcesses == 0
    }

    /// The other half of a split pair, in the same silo.
    func buddy(of session: LogonSession) -> Int? {
        guard let luid = session.buddy else { return nil }
        return sessionsByLUID[luid]?.first { snapshot.logonSessions[$0].serverSilo == session.serverSilo }
    }

    /// Whether the limited half of a pair exists, which owns a reference on the full one.
    func hasLimitedHalf(_ session: LogonSession) -> Bool {
        buddy(of: session).map { snapshot.logonSessions[$0].flags.contains(.limitedHalf) } ?? false
    }

    /// Whether a token without any handle must be the cached token of a session whose entry cannot be read.
    ///
    /// Derived (`sessions.md` §3, §7): a primary token that does not count in its session and was never inserted anywhere, so that no
    /// handle is counted, is one that the kernel made for the session's own cache.
    func isCachedByLostSession(_ position: Int) -> Bool {
        let token = snapshot.tokens[position]
        return sessionOfToken[position] == nil && !token.isReferencingSession && token.handleCount == 0
            && token.kind == .primary && !token.isInUse
    }

    /// By the token's `LogonSession` pointer where it leads to a session of its LUID, else by the session that caches or lists it, else
    /// by LUID, which a container may use a second time.
    private mutating func matchTokens() {
        sessionOfToken = snapshot.tokens.map { token in
            token.logonSession.flatMap { sessionAt[$0] }.flatMap { isSession($0, of: token) ? $0 : nil }
        }
        if sessionOfToken.contains(nil) {
            let claims = tokenClaims()
            for (position, token) in snapshot.tokens.enumerated() where sessionOfToken[position] == nil {
                sessionOfToken[position] = session(claiming: token, claims)
            }
        }
        tokensOfSession = Array(repeating: [], count: snapshot.logonSessions.count)
        for (token, session) in sessionOfToken.enumerated() {
            if let session { tokensOfSession[session].append(token) }
        }
    }

    private func isSession(_ position: Int, of token: Token) -> Bool {
        snapshot.logonSessions[position].luid == token.authenticationID
    }

    /// Tokens that sessions cache or list, by their address.
    private func tokenClaims() -> [VirtualAddress: Int] {
        var claims: [VirtualAddress: Int] = [:]
        for (position, session) in snapshot.logonSessions.enumerated() {
            for token in session.listedTokens { claims[token] = position }
            if let cached = session.cachedToken { claims[cached] = position }
        }
        return claims
    }

    private func session(claiming token: Token, _ claims: [VirtualAddress: Int]) -> Int? {
        if let claim = claims[token.address], isSession(claim, of: token) { return claim }
        guard let candidates = sessionsByLUID[token.authenticationID] else { return nil }
        return candidates.first { snapshot.logonSessions[$0].serverSilo == nil } ?? candidates.first
    }
}

extension Array {
    /// Sorts; an array that is in order already stays where it is and is not copied.
    fileprivate mutating func sortWhereNeeded(by isBefore: (Element, Element) -> Bool) {
        for position in indices.dropFirst() where isBefore(self[position], self[position - 1]) {
            sort(by: isBefore)
            return
        }
    }
}
