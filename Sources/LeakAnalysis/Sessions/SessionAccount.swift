import KernelObjects

/// What a session's counter says against what was found (`sessions.md` §3).
public struct SessionAccount: Hashable, Sendable {
    /// `ReferenceCount`.
    public let expected: Int64
    /// Tokens that reference the session.
    public let tokens: Int64
    /// 1 for a FULL half whose limited half exists, which owns a reference on it.
    public let limitedHalf: Int64
    /// 1 for the SYSTEM and the ANONYMOUS session of a container, which its globals reference.
    public let siloGlobals: Int64
    /// What this kernel counts besides: 1 for a session that never had a token, or the constant of an older kernel's convention.
    public let convention: Int64

    /// All references that were found.
    public var found: Int64 { tokens &+ limitedHalf &+ siloGlobals &+ convention }
    /// What is left over; negative where more was found than the counter says.
    public var unexplained: Int64 { expected &- found }
    /// Whether the account closes.
    public var isClosed: Bool { unexplained == 0 }

    init(of session: LogonSession, tokens: Int, limitedHalfExists: Bool, convention: Int64) {
        expected = session.referenceCount
        self.tokens = Int64(tokens)
        limitedHalf = session.flags.contains(.fullHalf) && limitedHalfExists ? 1 : 0
        siloGlobals =
            session.serverSilo != nil && [.localSystem, .anonymous].contains(session.luid) ? 1 : 0
        self.convention = convention
    }
}

/// How a kernel counts a session's references besides tokens.
///
/// From build 10240 on the rule was read in code. On older kernels it is taken from sessions whose tokens are all known
/// (`sessions.md` §11).
public struct ReferenceConvention: Hashable, Sendable {
    /// First build whose rule was read in code.
    public static let firstVerifiedBuild = 10_240

    /// The constant that every counter holds besides its references.
    public let constant: Int64
    /// Whether the rule was read in this kernel's line, so that it needs no calibration.
    public let isVerified: Bool
    /// Sessions that the constant was taken from; 0 where none could serve.
    public let samples: Int

    /// Takes the constant from what remains in the accounts of sessions in use.
    ///
    /// Where handle tables are not read some tokens may be unseen: the smallest remainder is then the best bound. Where they are, the
    /// most frequent remainder is the convention.
    init(build: Int, remainders: [Int64], handlesWereRead: Bool) {
        isVerified = build >= Self.firstVerifiedBuild
        guard !isVerified, let smallest = remainders.min() else {
            constant = 0
            samples = 0
            return
        }
        var frequency: [Int64: Int] = [:]
        for remainder in remainders { frequency[remainder, default: 0] += 1 }
        let chosen: Int64
        if handlesWereRead {
            chosen = frequency.max { ($0.value, $1.key) < ($1.value, $0.key) }?.key ?? 0
        } else {
            chosen = Swift.min(smallest, 0)
        }
        constant = chosen
        samples = frequency[chosen] ?? 0
    }
}
