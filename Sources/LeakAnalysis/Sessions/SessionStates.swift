import BinaryReading
import KernelObjects

/// Decides the state of every logon session, in the order that DESIGN §1 gives.
struct SessionStates {
    /// A state with its reasons.
    struct Judgement {
        var state: SessionState
        var confidence: Confidence
        var pastLife: [PastLifeEvidence] = []
        /// The limited half whose state a FULL half without tokens takes.
        var limitedHalf: Int?
    }

    private let index: SnapshotIndex
    private let uses: Set<Int>
    private let kinds: [LogonKind]
    private let referencing: [Int]

    /// - Parameters:
    ///   - kinds: Kind of each session.
    ///   - referencing: Number of referencing tokens of each session, unreadable ones included.
    init(_ index: SnapshotIndex, kinds: [LogonKind], referencing: [Int]) {
        self.index = index
        self.kinds = kinds
        self.referencing = referencing
        uses = Self.sessionsInUse(index)
    }

    /// A judgement for each session.
    func judgements() -> [Judgement] {
        let folding = index.snapshot.logonSessions.indices.map(limitedHalf(of:))
        var all = index.snapshot.logonSessions.indices.map { own($0) }
        for (position, half) in folding.enumerated() {
            guard let half, folding[half] == nil, ![.system, .unused, .active].contains(all[position].state) else {
                continue
            }
            let luid = index.snapshot.logonSessions[half].luid
            let evidence: [PastLifeEvidence] = all[half].state == .leaked ? [.limitedHalfLeaked(luid: luid)] : []
            all[position] = Judgement(
                state: all[half].state, confidence: all[half].confidence, pastLife: evidence, limitedHalf: half)
        }
        return all
    }

    /// Sessions of which a running process has a primary token, or that a thread of a running process impersonates.
    private static func sessionsInUse(_ index: SnapshotIndex) -> Set<Int> {
        var uses: Set<Int> = []
        func use(_ address: VirtualAddress?) {
            guard let address, let token = index.tokenAt[address], let session = index.sessionOfToken[token] else {
                return
            }
            uses.insert(session)
        }
        for process in index.snapshot.processes where !process.hasExited { use(process.primaryToken) }
        for thread in index.snapshot.threads where !thread.hasExited {
            guard let process = index.processAt[thread.process], !index.snapshot.processes[process].hasExited else {
                continue
            }
            use(thread.impersonationToken)
            use(thread.adjustedClientToken)
        }
        return uses
    }

    /// The limited half of a FULL half that has no referencing token of its own.
    private func limitedHalf(of position: Int) -> Int? {
        let session = index.snapshot.logonSessions[position]
        guard session.flags.contains(.fullHalf), referencing[position] == 0 else { return nil }
        guard let half = index.buddy(of: session), half != position else { return nil }
        return half
    }

    private func own(_ position: Int) -> Judgement {
        let session = index.snapshot.logonSessions[position]
        if session.luid.isSystemSession { return Judgement(state: .system, confidence: .certain) }
        if session.referenceCount == 1, !session.flags.contains(.referenced), referencing[position] == 0 {
            return Judgement(state: .unused, confidence: isVerifiedBuild ? .certain : .likely)
        }
        if uses.contains(position) { return Judgement(state: .active, confidence: .certain) }
        let evidence = pastLife(of: position)
        let isReferenced = session.referenceCount > 0 || referencing[position] > 0
        guard isReferenced, let confidence = evidence.map({ confidence(in: $0, position) }).max() else {
            return Judgement(state: .idle, confidence: index.knowsAllProcesses ? .likely : .possible)
        }
        return Judgement(state: .leaked, confidence: confidence, pastLife: evidence)
    }

    private var isVerifiedBuild: Bool { index.snapshot.dump.build >= ReferenceConvention.firstVerifiedBuild }

    /// Everything that shows that a session is past its life, strongest first.
    private func pastLife(of position: Int) -> [PastLifeEvidence] {
        let session = index.snapshot.logonSessions[position]
        var evidence: [PastLifeEvidence] = []
        if !session.flags.isDisjoint(with: [.logoffBegun, .logoffCompleted]) {
            evidence.append(.logoffDeclared(completed: session.flags.contains(.logoffCompleted)))
        }
        let tokens = index.tokensOfSession[position].map { index.snapshot.tokens[$0] }
        var seen: Set<UInt32> = []
        for token in tokens where index.hasEnded(terminalSession: token.terminalSessionID) {
            guard seen.insert(token.terminalSessionID).inserted else { continue }
            evidence.append(.terminalSessionEnded(id: token.terminalSessionID, token: token.address))
        }
        let desktop = tokens.lazy.compactMap(\.user).compactMap(\.terminalSessionOfVirtualAccount?.session).first
        if let desktop, index.hasEnded(terminalSession: desktop) {
            evidence.append(.desktopOfEndedTerminalSession(id: desktop))
        }
        if kinds[position].needsProcess { evidence.append(.noRunningProcess(kinds[position])) }
        if let cached = session.cachedToken, let token = index.tokenAt[cached],
            index.sessionOfToken[token] == position, index.snapshot.tokens[token].isReferencingSession
        {
            evidence.append(.selfPinned(cachedToken: cached))
        }
        return evidence
    }

    /// How sure one fact makes it: one step less where it rests on something unverified or derived.
    private func confidence(in evidence: PastLifeEvidence, _ position: Int) -> Confidence {
        let restsOnCount = referencing[position] == 0 && !isVerifiedBuild
        let restsOnUnverified: Bool
        switch evidence {
        case .logoffDeclared: restsOnUnverified = !isVerifiedBuild
        case .terminalSessionEnded, .desktopOfEndedTerminalSession, .noRunningProcess:
            restsOnUnverified = !index.knowsAllProcesses
        case .selfPinned, .limitedHalfLeaked: restsOnUnverified = false
        }
        return restsOnCount || restsOnUnverified ? evidence.confidence.lowered : evidence.confidence
    }
}
