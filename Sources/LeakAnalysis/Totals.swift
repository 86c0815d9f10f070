import KernelObjects

/// How many there are of everything.
public struct Totals: Hashable, Sendable {
    /// Logon sessions by state.
    public let sessions: [SessionState: Int]
    /// All logon sessions.
    public let sessionCount: Int
    /// Terminal sessions that live.
    public let liveTerminalSessions: Int
    /// Terminal sessions that leaked.
    public let leakedTerminalSessions: Int
    /// Tokens found.
    public let tokens: Int
    /// Handles to tokens; nil while handle tables are not read.
    public let handles: Int?
    /// Running processes and zombies.
    public let processes: Int
    /// Exited processes whose objects still exist.
    public let zombies: Int

    init(
        _ index: SnapshotIndex, sessions: [SessionAnalysis], terminalSessions: [TerminalSessionAnalysis],
        handles: Int?
    ) {
        var counts: [SessionState: Int] = [:]
        for state in SessionState.allCases { counts[state] = 0 }
        for session in sessions { counts[session.state, default: 0] += 1 }
        self.sessions = counts
        sessionCount = sessions.count
        liveTerminalSessions = terminalSessions.count { $0.state == .live }
        leakedTerminalSessions = terminalSessions.count { $0.state == .leaked }
        tokens = index.snapshot.tokens.count
        self.handles = handles
        processes = index.snapshot.processes.count
        zombies = index.snapshot.processes.count { $0.hasExited }
    }
}
