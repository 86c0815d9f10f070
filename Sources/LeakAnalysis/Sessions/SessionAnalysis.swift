public import BinaryReading
public import KernelObjects

/// What the analysis says of one logon session.
public struct SessionAnalysis: Sendable {
    /// What does not change once it is said. Behind a reference: a large machine has ten thousands of sessions, and all of the analysis
    /// looks at them.
    struct Facts: Sendable {
        let session: Int
        let kind: LogonKind
        let state: SessionState
        let confidence: Confidence
        let pastLife: [PastLifeEvidence]
        let limitedHalf: Int?
        let user: SID?
        let tokens: [Int]
        let referencingTokens: [Int]
        let unreadableTokens: [VirtualAddress]
        let account: SessionAccount
        let terminalSessions: [UInt32]
        let made: TimeBracket
    }

    private let facts: Shared<Facts>

    /// Position of the session in the snapshot.
    public var session: Int { facts.value.session }
    /// What kind of logon made it.
    public var kind: LogonKind { facts.value.kind }
    /// Its state.
    public var state: SessionState { facts.value.state }
    /// How sure the state is.
    public var confidence: Confidence { facts.value.confidence }
    /// What shows that it is past its life, strongest first.
    public var pastLife: [PastLifeEvidence] { facts.value.pastLife }
    /// The limited half that a FULL half without tokens is reported with; such a half is not counted again among holders and steps.
    public var limitedHalf: Int? { facts.value.limitedHalf }
    /// The user, from any of its tokens.
    public var user: SID? { facts.value.user }
    /// Positions of all its tokens, counting or not.
    public var tokens: [Int] { facts.value.tokens }
    /// Positions of the tokens that reference it.
    public var referencingTokens: [Int] { facts.value.referencingTokens }
    /// Listed tokens that cannot be read, which count as referencing.
    public var unreadableTokens: [VirtualAddress] { facts.value.unreadableTokens }
    /// Its references.
    public var account: SessionAccount { facts.value.account }
    /// Terminal sessions that its tokens carry.
    public var terminalSessions: [UInt32] { facts.value.terminalSessions }
    /// When it was made.
    public var made: TimeBracket { facts.value.made }
    /// Who holds it: the holders of its referencing tokens. A FULL half without tokens has those of its limited half.
    public internal(set) var holders: [Holder]

    init(_ facts: Facts, holders: [Holder]) {
        self.facts = Shared(facts)
        self.holders = holders
    }

    /// Number of tokens that reference it, unreadable ones included.
    public var referenceTotal: Int { referencingTokens.count + unreadableTokens.count }
    /// Whether it counts as a leak of its own.
    public var isLeakOfItsOwn: Bool { state == .leaked && limitedHalf == nil }
}
