public import BinaryReading
import KernelObjects

/// What the analysis says of one terminal session (`sessions.md` §8).
public struct TerminalSessionAnalysis: Sendable {
    /// Whether somebody is in it.
    public enum State: String, Hashable, Sendable, CaseIterable {
        /// A running process is in it.
        case live
        /// Pinned without a running process: its id cannot be used again.
        case leaked
    }

    /// Its id.
    public let id: UInt32
    /// Whether somebody is in it.
    public let state: State
    /// How sure the state is.
    public let confidence: Confidence
    /// The session object that its tokens hold; nil where none does.
    public let sessionObject: VirtualAddress?
    /// Number of running processes in it.
    public let runningProcesses: Int
    /// Positions of exited processes in it, which pin it too.
    public let exitedProcesses: [Int]
    /// Positions of the tokens that pin it.
    public let tokens: [Int]
    /// Who holds those tokens and exited processes.
    public let holders: [Holder]
    /// When its last process ended; nil while it lives.
    public let leakedSince: TimeBracket?
}

/// Finds the terminal sessions that processes and tokens speak of.
struct TerminalSessionCensus {
    private struct Entry {
        var tokens: [Int] = []
        var exited: [Int] = []
    }

    private let index: SnapshotIndex
    private let tokenHolders: [[Holder]]
    private let processPins: ProcessPins
    private let clock: BootClock

    init(_ index: SnapshotIndex, tokenHolders: [[Holder]], processPins: ProcessPins, clock: BootClock) {
        self.index = index
        self.tokenHolders = tokenHolders
        self.processPins = processPins
        self.clock = clock
    }

    /// Live and leaked ones by id. An id that nothing pins is not listed: it is free.
    func analyses() -> [TerminalSessionAnalysis] {
        var entries: [UInt32: Entry] = [:]
        for id in index.liveTerminalSessions.keys { entries[id] = Entry() }
        for (position, token) in index.snapshot.tokens.enumerated() {
            guard let object = token.sessionObject, !object.isNull else { continue }
            entries[token.terminalSessionID, default: Entry()].tokens.append(position)
        }
        for (position, process) in index.snapshot.processes.enumerated() where process.hasExited {
            guard let id = process.terminalSessionID else { continue }
            entries[id, default: Entry()].exited.append(position)
        }
        return entries.keys.sorted().compactMap { id in entries[id].map { analysis(of: id, $0) } }
    }

    private func analysis(of id: UInt32, _ entry: Entry) -> TerminalSessionAnalysis {
        let running = index.liveTerminalSessions[id] ?? 0
        // Session 0 is the system's own and never ends.
        let isLeaked = running == 0 && id != 0
        return TerminalSessionAnalysis(
            id: id, state: isLeaked ? .leaked : .live,
            confidence: isLeaked && !index.knowsAllProcesses ? .likely : .certain,
            sessionObject: sessionObject(of: entry), runningProcesses: running, exitedProcesses: entry.exited,
            tokens: entry.tokens, holders: holders(of: entry), leakedSince: isLeaked ? end(of: id, entry) : nil)
    }

    /// The object of the newest token: where an id was used again, tokens of the older session hold another one.
    private func sessionObject(of entry: Entry) -> VirtualAddress? {
        let newest = entry.tokens.max { index.snapshot.tokens[$0].tokenID < index.snapshot.tokens[$1].tokenID }
        return newest.flatMap { index.snapshot.tokens[$0].sessionObject }
    }

    private func holders(of entry: Entry) -> [Holder] {
        var holders = HolderUnion()
        for token in entry.tokens { holders.add(tokenHolders[token]) }
        for process in entry.exited { holders.add(unsorted: processPins.holdersOfExited[process] ?? []) }
        return holders.isEmpty ? holdersOfCachingSessions(entry) : holders.sorted
    }

    /// A token that only its session caches lives as long as that session: who holds the session's tokens holds it.
    private func holdersOfCachingSessions(_ entry: Entry) -> [Holder] {
        var holders = HolderUnion()
        for session in Set(entry.tokens.compactMap { index.sessionOfToken[$0] }) {
            for token in index.tokensOfSession[session] where index.snapshot.tokens[token].isReferencingSession {
                holders.add(tokenHolders[token])
            }
        }
        return holders.sorted
    }

    /// Not before its newest token was made or its last known process ended, not after the capture.
    private func end(of id: UInt32, _ entry: Entry) -> TimeBracket {
        let ends = entry.exited.compactMap { index.snapshot.processes[$0].exitedAt }
        let newest = entry.tokens.map { index.snapshot.tokens[$0].tokenID }.max()
        let made = newest.flatMap { clock.time(of: $0).notBefore }
        return TimeBracket(notBefore: (ends + [made].compactMap { $0 }).max(), notAfter: index.snapshot.dump.captured)
    }
}
