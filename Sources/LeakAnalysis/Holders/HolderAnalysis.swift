import KernelObjects

/// What one holder keeps alive.
public struct HolderAnalysis: Sendable {
    /// Who.
    public let holder: Holder
    /// Leaked sessions that it holds, alone or with others.
    public var leakedSessions = 0
    /// Leaked sessions that nobody else holds: they go when it lets go.
    public var leakedSessionsAlone = 0
    /// Leaked terminal sessions that it holds.
    public var leakedTerminalSessions = 0
    /// Referencing tokens of leaked sessions that it holds.
    public var tokens = 0
    /// Its handles to those tokens; nil while handle tables are not read.
    public var handles: Int?
    /// Exited processes that it holds.
    public var exitedProcesses = 0

    init(_ holder: Holder) { self.holder = holder }
}

/// Counts what each holder keeps alive.
struct HolderRanking {
    private let index: SnapshotIndex
    private let sessions: [SessionAnalysis]
    private let tokenHolders: [[Holder]]
    private let pins: TokenPins

    init(_ index: SnapshotIndex, sessions: [SessionAnalysis], tokenHolders: [[Holder]], pins: TokenPins) {
        self.index = index
        self.sessions = sessions
        self.tokenHolders = tokenHolders
        self.pins = pins
    }

    /// Holders of leaked sessions and terminal sessions: who alone keeps most comes first.
    func holders(terminalSessions: [TerminalSessionAnalysis], processPins: ProcessPins) -> [HolderAnalysis] {
        var all = HolderTable(processCount: index.snapshot.processes.count, repeating: Counts())
        for session in sessions where session.isLeakOfItsOwn {
            for holder in session.holders {
                all[holder].leakedSessions += 1
                if session.holders.count == 1 { all[holder].leakedSessionsAlone += 1 }
            }
            for token in session.referencingTokens {
                for holder in tokenHolders[token] { all[holder].tokens += 1 }
                for pin in pins[token] where pin.kind == .handle { all[pin.handleOwner].handles += 1 }
            }
        }
        for terminal in terminalSessions where terminal.state == .leaked {
            for holder in terminal.holders { all[holder].leakedTerminalSessions += 1 }
        }
        for (_, owners) in processPins.holdersOfExited {
            for holder in Set(owners) { all[holder].exitedProcesses += 1 }
        }
        return all.entries.filter { $0.value.leakedSessions > 0 || $0.value.leakedTerminalSessions > 0 }
            .map { row(of: $0.holder, $0.value) }.sorted(by: ranksBefore)
    }

    private struct Counts {
        var leakedSessions = 0
        var leakedSessionsAlone = 0
        var leakedTerminalSessions = 0
        var tokens = 0
        var handles = 0
        var exitedProcesses = 0
    }

    private func row(of holder: Holder, _ counts: Counts) -> HolderAnalysis {
        var row = HolderAnalysis(holder)
        row.leakedSessions = counts.leakedSessions
        row.leakedSessionsAlone = counts.leakedSessionsAlone
        row.leakedTerminalSessions = counts.leakedTerminalSessions
        row.tokens = counts.tokens
        row.handles = index.handlesWereRead ? counts.handles : nil
        row.exitedProcesses = counts.exitedProcesses
        return row
    }

    private func ranksBefore(_ left: HolderAnalysis, _ right: HolderAnalysis) -> Bool {
        let leftKey = (left.leakedSessionsAlone, left.leakedSessions, left.leakedTerminalSessions, left.tokens)
        let rightKey = (right.leakedSessionsAlone, right.leakedSessions, right.leakedTerminalSessions, right.tokens)
        return leftKey != rightKey ? leftKey > rightKey : left.holder < right.holder
    }
}
