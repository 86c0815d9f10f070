public import BinaryReading
public import KernelObjects

/// Who made tokens that hold leaks: shown beside the holder, never instead of it (rule R7).
public struct CreatorAnalysis: Sendable {
    /// What the tokens of one group share.
    public struct Key: Hashable, Sendable {
        /// Process id of the creating thread.
        public let processID: UInt64
        /// Image name as recorded.
        public let imageName: String
        /// Which kernel routine made them.
        public let method: TokenCreation.Method
        /// Return addresses, innermost first.
        public let trace: [VirtualAddress]
    }

    /// What they share.
    public let key: Key
    /// Tokens that hold a leaked session or terminal session.
    public let tokens: Int
    /// Leaked sessions that they reference.
    public let leakedSessions: Int

    /// Groups the creators of the tokens that hold a leaked session or terminal session; who made most leaks comes first.
    static func groups(
        _ index: SnapshotIndex, sessions: [SessionAnalysis], terminalSessions: [TerminalSessionAnalysis]
    ) -> [CreatorAnalysis] {
        var tokens: [Key: Int] = [:]
        var leaks: [Key: Int] = [:]
        var counted: Set<Int> = []
        for session in sessions where session.isLeakOfItsOwn {
            var keys: Set<Key> = []
            for token in session.referencingTokens {
                guard let key = Key(index.snapshot.tokens[token]) else { continue }
                counted.insert(token)
                tokens[key, default: 0] += 1
                keys.insert(key)
            }
            for key in keys { leaks[key, default: 0] += 1 }
        }
        for terminal in terminalSessions where terminal.state == .leaked {
            for token in terminal.tokens where counted.insert(token).inserted {
                if let key = Key(index.snapshot.tokens[token]) { tokens[key, default: 0] += 1 }
            }
        }
        return tokens.map { CreatorAnalysis(key: $0.key, tokens: $0.value, leakedSessions: leaks[$0.key] ?? 0) }
            .sorted { $0.ranksBefore($1) }
    }

    private func ranksBefore(_ other: CreatorAnalysis) -> Bool {
        if leakedSessions != other.leakedSessions { return leakedSessions > other.leakedSessions }
        if tokens != other.tokens { return tokens > other.tokens }
        if key.processID != other.key.processID { return key.processID < other.key.processID }
        if key.imageName != other.key.imageName { return key.imageName < other.key.imageName }
        if key.method.number != other.key.method.number { return key.method.number < other.key.method.number }
        return key.trace.lexicographicallyPrecedes(other.key.trace)
    }
}

extension CreatorAnalysis.Key {
    init?(_ token: Token) {
        guard let creation = token.creation else { return nil }
        self.init(
            processID: creation.processID, imageName: creation.imageName, method: creation.method,
            trace: creation.trace)
    }
}

extension TokenCreation.Method {
    /// `CreateMethod` as the kernel numbers it.
    public var number: UInt32 {
        switch self {
        case .create: 12
        case .duplicate: 13
        case .filter: 15
        case .other(let number): number
        }
    }
}
