import KernelObjects

/// What came, what went and what grew between two dumps of one boot.
public struct Comparison: Sendable {
    /// What a holder keeps, then and now.
    public struct HolderChange: Sendable {
        /// Who.
        public let key: HolderKey
        /// Its name, from the newer dump that has it.
        public let label: String
        /// All tokens that it holds.
        public internal(set) var tokens = Growth()
        /// Leaked sessions that it holds.
        public internal(set) var leakedSessions = Growth()
        /// Exited processes whose objects it holds.
        public internal(set) var zombies = Growth()
        /// Its handles to tokens.
        public internal(set) var tokenHandles = Growth()

        /// Whether anything of it changed.
        var isChanged: Bool {
            tokens.isChanged || leakedSessions.isChanged || zombies.isChanged || tokenHandles.isChanged
        }
    }

    /// Tokens of one creation stack, then and now.
    public struct CreationChange: Sendable {
        /// Where they were made.
        public let key: CreationKey
        /// How many there were and are.
        public internal(set) var tokens = Growth()
    }

    /// A logon session whose state changed.
    public struct StateChange: Sendable {
        /// Position in the old dump.
        public let old: Int
        /// Position in the new dump.
        public let new: Int
    }

    /// The older dump's analysis.
    public let old: Analysis
    /// The newer dump's analysis.
    public let new: Analysis
    /// Whether they can be compared at all.
    public let basis: ComparisonBasis
    /// All logon sessions.
    public let sessions: Growth
    /// Leaked logon sessions.
    public let leakedSessions: Growth
    /// Leaked terminal sessions.
    public let leakedTerminalSessions: Growth
    /// All tokens.
    public let tokens: Growth
    /// Handles to tokens; nil where handle tables were not read in both.
    public let tokenHandles: Growth?
    /// Processes, running and exited.
    public let processes: Growth
    /// Exited processes whose objects still exist.
    public let zombies: Growth
    /// Sessions that the new dump alone has, by position there.
    public let newSessions: [Int]
    /// Sessions that the old dump alone has, by position there.
    public let goneSessions: [Int]
    /// Sessions of both whose state changed.
    public let changedSessions: [StateChange]
    /// Tokens that the new dump alone has, by position there.
    public let newTokens: [Int]
    /// Tokens that the old dump alone has, by position there.
    public let goneTokens: [Int]
    /// Zombies that the new dump alone has, by position there.
    public let newZombies: [Int]
    /// Zombies that the old dump alone has, by position there.
    public let goneZombies: [Int]
    /// Holders of which something changed, who grew most first.
    public let holders: [HolderChange]
    /// Creation stacks of which something changed, what grew most first.
    public let creations: [CreationChange]

    /// Compares two analyses.
    ///
    /// Tokens are the same by address and id, sessions by LUID and container, processes by id and creation time.
    public init(from old: Analysis, to new: Analysis) {
        self.old = old
        self.new = new
        basis = ComparisonBasis(old: old.snapshot, new: new.snapshot)
        let before = ComparisonSide(old)
        let after = ComparisonSide(new)
        sessions = Growth(from: Set(before.sessions.keys), to: Set(after.sessions.keys))
        leakedSessions = Growth(from: before.leakedSessions, to: after.leakedSessions)
        leakedTerminalSessions = Growth(from: before.leakedTerminals, to: after.leakedTerminals)
        tokens = Growth(from: Set(before.tokens.keys), to: Set(after.tokens.keys))
        processes = Growth(from: before.processes, to: after.processes)
        zombies = Growth(from: Set(before.zombies.keys), to: Set(after.zombies.keys))
        tokenHandles =
            before.hasHandles && after.hasHandles ? Growth(from: before.tokenHandles, to: after.tokenHandles) : nil
        newSessions = after.sessions.filter { before.sessions[$0.key] == nil }.values.sorted()
        goneSessions = before.sessions.filter { after.sessions[$0.key] == nil }.values.sorted()
        changedSessions = after.sessions.compactMap { key, position in
            guard let was = before.sessions[key], old.sessions[was].state != new.sessions[position].state else {
                return nil
            }
            return StateChange(old: was, new: position)
        }.sorted { $0.new < $1.new }
        newTokens = after.tokens.filter { before.tokens[$0.key] == nil }.values.sorted()
        goneTokens = before.tokens.filter { after.tokens[$0.key] == nil }.values.sorted()
        newZombies = after.zombies.filter { before.zombies[$0.key] == nil }.values.sorted()
        goneZombies = before.zombies.filter { after.zombies[$0.key] == nil }.values.sorted()
        holders = HolderChanges(before, after).ranked()
        creations = Self.creations(before, after)
    }

    private static func creations(_ before: ComparisonSide, _ after: ComparisonSide) -> [CreationChange] {
        var changes: [CreationKey: Growth] = [:]
        for (key, position) in before.tokens {
            guard let creation = before.analysis.snapshot.tokens[position].creation else { continue }
            changes[CreationKey(creation), default: Growth()].countOld(isKept: after.tokens[key] != nil)
        }
        for (key, position) in after.tokens {
            guard let creation = after.analysis.snapshot.tokens[position].creation else { continue }
            changes[CreationKey(creation), default: Growth()].countNew(isKept: before.tokens[key] != nil)
        }
        return changes.filter { $0.value.isChanged }.map { CreationChange(key: $0.key, tokens: $0.value) }
            .sorted { $0.ranksBefore($1) }
    }
}

extension Comparison.CreationChange {
    fileprivate func ranksBefore(_ other: Self) -> Bool {
        if tokens.change != other.tokens.change { return tokens.change > other.tokens.change }
        if tokens.appeared != other.tokens.appeared { return tokens.appeared > other.tokens.appeared }
        if key.processID != other.key.processID { return key.processID < other.key.processID }
        if key.imageName != other.key.imageName { return key.imageName < other.key.imageName }
        if key.method.number != other.key.method.number { return key.method.number < other.key.method.number }
        return key.trace.lexicographicallyPrecedes(other.key.trace)
    }
}
