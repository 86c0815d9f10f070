public import BinaryReading
public import KernelObjects

/// What the analysis says of one logon session.
public struct SessionAnalysis: Sendable {
    /// Position of the session in the snapshot.
    public let session: Int
    /// What kind of logon made it.
    public let kind: LogonKind
    /// Its state.
    public let state: SessionState
    /// How sure the state is.
    public let confidence: Confidence
    /// What shows that it is past its life, strongest first.
    public let pastLife: [PastLifeEvidence]
    /// The limited half that a FULL half without tokens is reported with; such a half is not counted again among holders and steps.
    public let limitedHalf: Int?
    /// The user, from any of its tokens.
    public let user: SID?
    /// Positions of all its tokens, counting or not.
    public let tokens: [Int]
    /// Positions of the tokens that reference it.
    public let referencingTokens: [Int]
    /// Listed tokens that cannot be read, which count as referencing.
    public let unreadableTokens: [VirtualAddress]
    /// Its references.
    public let account: SessionAccount
    /// Terminal sessions that its tokens carry.
    public let terminalSessions: [UInt32]
    /// When it was made.
    public let made: TimeBracket
    /// Who holds it: the holders of its referencing tokens. A FULL half without tokens has those of its limited half.
    public internal(set) var holders: [Holder]

    /// Number of tokens that reference it, unreadable ones included.
    public var referenceTotal: Int { referencingTokens.count + unreadableTokens.count }
    /// Whether it counts as a leak of its own.
    public var isLeakOfItsOwn: Bool { state == .leaked && limitedHalf == nil }
}
