import KernelObjects

/// The kind of every logon session, from its tokens; tokens that share their groups are looked at once.
struct LogonKinds {
    private(set) var kinds: [LogonKind] = []
    private var kindOfGroups: [BufferIdentity: LogonKind?] = [:]

    init(_ index: SnapshotIndex) {
        kinds.reserveCapacity(index.snapshot.logonSessions.count)
        for (position, session) in index.snapshot.logonSessions.enumerated() {
            guard !session.luid.isSystemSession else {
                kinds.append(.system)
                continue
            }
            var first: LogonKind?
            for token in index.tokensOfSession[position] {
                guard let kind = kind(of: index.snapshot.tokens[token]) else { continue }
                if kind.rank < first?.rank ?? .max { first = kind }
            }
            kinds.append(first ?? .unknown)
        }
    }

    private mutating func kind(of token: Token) -> LogonKind? {
        if let user = token.user, let kind = LogonKind(virtualUser: user) { return kind }
        let groups = BufferIdentity(token.groups)
        if let known = kindOfGroups[groups] { return known }
        let kind = LogonKind(groups: token.groups)
        kindOfGroups[groups] = .some(kind)
        return kind
    }
}
