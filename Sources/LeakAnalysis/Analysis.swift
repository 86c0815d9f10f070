package import BinaryReading
public import KernelObjects

/// The answer: which logon sessions leaked, who holds them, who made their tokens, and what frees them.
///
/// A pure function of a snapshot; reads no memory. All work is linear in tokens, sessions and handles, or sorts them.
public struct Analysis: Sendable {
    /// What was read, every array sorted; the positions in this analysis are those of its arrays.
    public let snapshot: Snapshot
    /// For each logon session of the snapshot, what it is.
    public let sessions: [SessionAnalysis]
    /// For each token of the snapshot, what keeps it.
    public let tokens: [TokenAnalysis]
    /// For each process of the snapshot, what keeps its object.
    public let processPins: [[Pin]]
    /// Terminal sessions by id.
    public let terminalSessions: [TerminalSessionAnalysis]
    /// Holders of leaks, who alone keeps most first.
    public let holders: [HolderAnalysis]
    /// Makers of the tokens that hold leaks, who made most first.
    public let creators: [CreatorAnalysis]
    /// The same whatever the stack, without traces.
    public let makers: [CreatorAnalysis]
    /// What to do, step by step.
    public let fixPlan: [FixStep]
    /// Token objects counted and found.
    public let tokenObjects: TokenObjectAccount
    /// How this kernel counts a session's references.
    public let convention: ReferenceConvention
    /// Tells the time of LUIDs and token ids.
    public let clock: BootClock
    /// How many there are of everything.
    public let totals: Totals
    /// What the dump shows.
    public let verdict: Verdict
    /// Everything worth a sentence, what matters most first.
    public let findings: [Finding]

    /// Analyses a snapshot.
    ///
    /// - Parameters:
    ///   - snapshot: What was read from a dump.
    ///   - handles: What was found in handle tables; nil where they were not read.
    public init(of snapshot: Snapshot, handles: HandleEvidence? = nil) {
        let index = SnapshotIndex(snapshot, handles: handles)
        let clock = BootClock(index)
        let (holding, judged) = concurrently {
            TokenHolding(index)
        } _: {
            JudgedSessions(index)
        }
        let (pins, processPins, tokenHolders) = (holding.pins, holding.processPins, holding.holders)
        let census = SessionCensus(index, judged, tokenHolders: tokenHolders, pins: pins, clock: clock)
        let terminalSessions = TerminalSessionCensus(
            index, tokenHolders: tokenHolders, processPins: processPins, clock: clock
        ).analyses()
        let (makers, judgement) = concurrently {
            CreatorGrouping(index, sessions: census.sessions, terminalSessions: terminalSessions)
        } _: {
            Judgement(
                index, census: census, terminalSessions: terminalSessions, pins: pins, processPins: processPins,
                tokenHolders: tokenHolders, clock: clock)
        }

        self.snapshot = index.snapshot
        self.clock = clock
        self.processPins = processPins.heldBy
        self.terminalSessions = terminalSessions
        holders = judgement.holders
        sessions = census.sessions
        convention = census.convention
        accountNames = census.accountNames
        tokens = judgement.tokens
        creators = makers.byStack
        self.makers = makers.byProcess
        fixPlan = judgement.fixPlan
        tokenObjects = judgement.tokenObjects
        totals = judgement.totals
        verdict = judgement.verdict
        findings = judgement.findings
    }

    /// The token at an address; nil where none was read there.
    package func token(at address: VirtualAddress) -> Token? {
        var low = 0
        var high = snapshot.tokens.count
        while low < high {
            let middle = (low + high) / 2
            if snapshot.tokens[middle].address < address { low = middle + 1 } else { high = middle }
        }
        guard low < snapshot.tokens.count, snapshot.tokens[low].address == address else { return nil }
        return snapshot.tokens[low]
    }

    /// The name of a holder: `2228:RyansTokenGrabber.exe`, `kernel`, `self` or `unknown`.
    public func label(of holder: Holder) -> String { snapshot.label(of: holder) }

    /// The name of a SID: well known, or that of an account whose logon session says it; nil where nothing tells.
    public func name(of sid: SID) -> String? { sid.wellKnownName ?? accountNames[sid] }

    /// Account names by SID, as the logon sessions of the dump give them.
    private let accountNames: [SID: String]
}

/// What keeps tokens and processes, and who.
private struct TokenHolding: Sendable {
    let pins: TokenPins
    let processPins: ProcessPins
    let holders: [[Holder]]

    init(_ index: SnapshotIndex) {
        pins = TokenPins(index)
        processPins = ProcessPins(index)
        holders = HolderResolution(index, pins: pins, processPins: processPins).holders
    }
}

/// What follows from pins, sessions and terminal sessions without asking who made the tokens.
private struct Judgement: Sendable {
    let holders: [HolderAnalysis]
    let tokens: [TokenAnalysis]
    let fixPlan: [FixStep]
    let tokenObjects: TokenObjectAccount
    let totals: Totals
    let verdict: Verdict
    let findings: [Finding]

    init(
        _ index: SnapshotIndex, census: SessionCensus, terminalSessions: [TerminalSessionAnalysis], pins: TokenPins,
        processPins: ProcessPins, tokenHolders: [[Holder]], clock: BootClock
    ) {
        holders = HolderRanking(index, sessions: census.sessions, tokenHolders: tokenHolders, pins: pins)
            .holders(terminalSessions: terminalSessions, processPins: processPins)
        var identity = CreatorIdentity(index, clock: clock)
        tokens = index.snapshot.tokens.indices.map { position in
            let token = index.snapshot.tokens[position]
            return TokenAnalysis(
                token: position, session: index.sessionOfToken[position], pins: pins[position],
                holders: tokenHolders[position], kernelReferences: pins.kernelReferences[position],
                creatorIsRunning: token.creation.flatMap { identity.isRunning($0, of: token) })
        }
        var planner = FixPlanner(sessions: census.sessions, holders: holders) { index.action(for: $0) }
        fixPlan = planner.steps()
        tokenObjects = TokenObjectAccount(index.snapshot)
        totals = Totals(
            index, sessions: census.sessions, terminalSessions: terminalSessions,
            handles: index.handlesWereRead ? pins.handleCounts.entries.reduce(0) { $0 + $1.value } : nil)
        let summary = FindingContext(
            index: index, census: census, terminalSessions: terminalSessions, holders: holders, tokens: tokens,
            handleCounts: pins.handleCounts, processPins: processPins, tokenObjects: tokenObjects)
        verdict = summary.verdict()
        findings = summary.findings()
    }
}

extension Snapshot {
    /// The name of a holder; positions are those of sorted processes.
    func label(of holder: Holder) -> String {
        switch holder {
        case .process(let position):
            processes.indices.contains(position)
                ? "\(processes[position].processID):\(processes[position].imageName)" : "unknown"
        case .kernel: "kernel"
        case .itself: "self"
        case .unknown: "unknown"
        }
    }
}
