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
        /// Return addresses that all have in common, innermost first.
        public let trace: [VirtualAddress]
    }

    /// What they share.
    public let key: Key
    /// Tokens that hold a leaked session or terminal session.
    public let tokens: Int
    /// Leaked sessions that they reference.
    public let leakedSessions: Int

    /// Groups the creators of the tokens that hold a leaked session or terminal session; who made most leaks comes first.
    ///
    /// - Parameter byStack: Whether tokens must have the kernel's part of their traces in common; a group's trace is then what all its
    ///   traces begin with. User frames alone make no groups: below the first few they differ from call to call.
    static func groups(
        _ index: SnapshotIndex, sessions: [SessionAnalysis], terminalSessions: [TerminalSessionAnalysis], byStack: Bool
    ) -> [CreatorAnalysis] {
        var groups: [Key: Group] = [:]
        var counted: Set<Int> = []
        func count(_ token: Int, session: Int?) {
            guard counted.insert(token).inserted, let creation = index.snapshot.tokens[token].creation else { return }
            let kernelFrames = byStack ? Array(creation.trace.prefix(while: \.isKernel)) : []
            groups[Key(creation, trace: kernelFrames), default: Group()].add(
                byStack ? creation.trace : [], session: session)
        }
        for session in sessions where session.isLeakOfItsOwn {
            for token in session.referencingTokens { count(token, session: session.session) }
        }
        for terminal in terminalSessions where terminal.state == .leaked {
            for token in terminal.tokens { count(token, session: nil) }
        }
        return groups.map { key, group in
            CreatorAnalysis(
                key: Key(key, trace: group.commonTrace ?? []), tokens: group.tokens, leakedSessions: group.sessions)
        }.sorted { $0.ranksBefore($1) }
    }

    /// What is known of a group while tokens are counted, those of one session after another.
    private struct Group {
        var tokens = 0
        var sessions = 0
        var commonTrace: [VirtualAddress]?
        private var lastSession: Int?

        mutating func add(_ trace: [VirtualAddress], session: Int?) {
            tokens += 1
            if let session, session != lastSession {
                sessions += 1
                lastSession = session
            }
            guard let common = commonTrace else {
                commonTrace = trace
                return
            }
            let shared = zip(common, trace).prefix { $0 == $1 }.count
            if shared < common.count { commonTrace = Array(common.prefix(shared)) }
        }
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
    fileprivate init(_ creation: TokenCreation, trace: [VirtualAddress]) {
        self.init(
            processID: creation.processID, imageName: creation.imageName, method: creation.method, trace: trace)
    }

    fileprivate init(_ key: CreatorAnalysis.Key, trace: [VirtualAddress]) {
        self.init(processID: key.processID, imageName: key.imageName, method: key.method, trace: trace)
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
