import BinaryReading
import KernelObjects

/// What the analysis says of one token.
public struct TokenAnalysis: Sendable {
    /// Position of the token in the snapshot.
    public let token: Int
    /// Position of the session that it belongs to; nil where that was not found.
    public let session: Int?
    /// What keeps it alive.
    public let pins: ArraySlice<Pin>
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
    /// Running processes by the id and the image name that a creation recorded.
    private var candidates: [UInt64: [String: [Process]]] = [:]

    init(_ index: SnapshotIndex, clock: BootClock) {
        self.index = index
        self.clock = clock
    }

    /// Length at which image names are compared: what the kernel records of them.
    static let recordedNameLength = 15

    mutating func isRunning(_ creation: TokenCreation, of token: Token) -> Bool? {
        let isAlive = processes(ofCreator: creation).contains { isOlder($0, than: token) }
        return isAlive || index.knowsAllProcesses ? isAlive : nil
    }

    /// Running processes that have the id and the name.
    private mutating func processes(ofCreator creation: TokenCreation) -> [Process] {
        guard let own = index.processesByID[creation.processID] else { return [] }
        if let known = candidates[creation.processID]?[creation.imageName] { return known }
        let name = creation.imageName.prefix(Self.recordedNameLength)
        let found = own.map { index.snapshot.processes[$0] }
            .filter { !$0.hasExited && $0.shortImageName.prefix(Self.recordedNameLength) == name }
        candidates[creation.processID, default: [:]][creation.imageName] = found
        return found
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
