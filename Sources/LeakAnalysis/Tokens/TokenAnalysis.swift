import KernelObjects

/// What the analysis says of one token.
public struct TokenAnalysis: Sendable {
    /// Position of the token in the snapshot.
    public let token: Int
    /// Position of the session that it belongs to; nil where that was not found.
    public let session: Int?
    /// What keeps it alive.
    public let pins: [Pin]
    /// Who holds it.
    public let holders: [Holder]
    /// References that nothing found explains; nil where handles may exist that were not seen.
    public let kernelReferences: Int64?
    /// Whether its creator still runs; nil without a recorded creator, or where processes could not be read.
    public let creatorIsRunning: Bool?
}

/// Tells whether the process that made a token is the one that has its id now (`sessions.md` §5: ids are used again).
struct CreatorIdentity {
    private let index: SnapshotIndex
    private let clock: BootClock

    init(_ index: SnapshotIndex, clock: BootClock) {
        self.index = index
        self.clock = clock
    }

    /// Length at which image names are compared: what the kernel records of them.
    static let recordedNameLength = 15

    func isRunning(_ creation: TokenCreation, of token: Token) -> Bool? {
        let candidates = index.processesByID[creation.processID] ?? []
        let isAlive = candidates.contains { position in
            let process = index.snapshot.processes[position]
            return !process.hasExited && isOlder(process, than: token)
                && process.shortImageName.prefix(Self.recordedNameLength)
                    == creation.imageName.prefix(Self.recordedNameLength)
        }
        return isAlive || index.knowsAllProcesses ? isAlive : nil
    }

    /// By the order of token ids where the process's own token can be read, else by the clock.
    private func isOlder(_ process: Process, than token: Token) -> Bool {
        if let own = process.primaryToken.flatMap({ index.tokenAt[$0] }) {
            let ownID = index.snapshot.tokens[own].tokenID
            if ownID <= token.tokenID { return true }
        }
        guard let created = process.created, let latest = clock.time(of: token.tokenID).notAfter else { return false }
        return created < latest
    }
}
