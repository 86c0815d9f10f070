import BinaryReading
import KernelObjects

/// Puts together what is said of each session.
struct SessionCensus: Sendable {
    private(set) var sessions: [SessionAnalysis] = []
    let convention: ReferenceConvention
    /// Account names by SID.
    private(set) var accountNames: [SID: String] = [:]

    init(
        _ index: SnapshotIndex, _ judged: JudgedSessions, tokenHolders: [[Holder]], pins: TokenPins, clock: BootClock
    ) {
        let all = index.snapshot.logonSessions
        let (referencing, unreadable, totals) = (judged.referencing, judged.unreadable, judged.totals)
        let (kinds, judgements) = (judged.kinds, judged.judgements)
        convention = Self.convention(index, judgements: judgements, referencing: totals)
        for (position, session) in all.enumerated() {
            let judgement = judgements[position]
            let tokens = index.tokensOfSession[position]
            let user = tokens.lazy.compactMap { index.snapshot.tokens[$0].user }.first
            if let user, let name = session.qualifiedName { accountNames[user] = accountNames[user] ?? name }
            let isUntouched = judgement.state == .unused
            sessions.append(
                SessionAnalysis(
                    SessionAnalysis.Facts(
                        session: position, kind: kinds[position], state: judgement.state,
                        confidence: judgement.confidence, pastLife: judgement.pastLife,
                        limitedHalf: judgement.limitedHalf, user: user, tokens: tokens,
                        referencingTokens: referencing[position], unreadableTokens: unreadable[position],
                        account: SessionAccount(
                            of: session, tokens: totals[position], limitedHalfExists: index.hasLimitedHalf(session),
                            convention: isUntouched ? 1 : convention.constant),
                        terminalSessions: Self.terminalSessions(of: tokens, index),
                        made: clock.time(of: session.luid)),
                    holders: Self.holders(
                        tokens: referencing[position], unreadable: unreadable[position], index, tokenHolders, pins)))
        }
        for position in sessions.indices {
            if let half = sessions[position].limitedHalf { sessions[position].holders = sessions[half].holders }
        }
    }

    /// The terminal sessions that tokens carry, nearly always one.
    private static func terminalSessions(of tokens: [Int], _ index: SnapshotIndex) -> [UInt32] {
        guard let first = tokens.first else { return [] }
        let id = index.snapshot.tokens[first].terminalSessionID
        guard !tokens.allSatisfy({ index.snapshot.tokens[$0].terminalSessionID == id }) else { return [id] }
        return Set(tokens.map { index.snapshot.tokens[$0].terminalSessionID }).sorted()
    }

    /// The holders of the tokens that reference a session; a handle to the address of one that cannot be read holds it as well.
    private static func holders(
        tokens: [Int], unreadable: [VirtualAddress], _ index: SnapshotIndex, _ tokenHolders: [[Holder]],
        _ pins: TokenPins
    ) -> [Holder] {
        var holders = HolderUnion()
        for token in tokens { holders.add(tokenHolders[token]) }
        for address in unreadable {
            let owners = pins.pins(ofUnreadable: address).compactMap { pin -> Holder? in
                switch pin.kind {
                case .handle: pin.handleOwner
                case .primaryToken, .impersonation: pin.hasExited == true ? .unknown : pin.process.map(Holder.process)
                default: nil
                }
            }
            holders.add(unsorted: owners.isEmpty ? [.unknown] : owners)
        }
        return holders.sorted
    }

    /// What remains in the accounts of LOCAL SERVICE, NETWORK SERVICE and of user sessions in use (`sessions.md` §11).
    private static func convention(
        _ index: SnapshotIndex, judgements: [SessionStates.Judgement], referencing: [Int]
    ) -> ReferenceConvention {
        var remainders: [Int64] = []
        for (position, session) in index.snapshot.logonSessions.enumerated() {
            let isResident = [LUID.localService, .networkService].contains(session.luid)
            guard isResident || judgements[position].state == .active, referencing[position] > 0 else { continue }
            let account = SessionAccount(
                of: session, tokens: referencing[position], limitedHalfExists: index.hasLimitedHalf(session),
                convention: 0)
            remainders.append(account.unexplained)
        }
        return ReferenceConvention(
            build: index.snapshot.dump.build, remainders: remainders, handlesWereRead: index.handlesWereRead)
    }
}

extension LogonSession {
    /// `DOMAIN\account`; nil where LSA never described the session.
    package var qualifiedName: String? {
        guard let accountName, !accountName.isEmpty else { return nil }
        guard let authorityName, !authorityName.isEmpty else { return accountName }
        return authorityName + "\\" + accountName
    }
}
