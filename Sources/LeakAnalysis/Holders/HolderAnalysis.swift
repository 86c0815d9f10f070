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
    private let pins: [[Pin]]

    init(_ index: SnapshotIndex, sessions: [SessionAnalysis], tokenHolders: [[Holder]], pins: [[Pin]]) {
        self.index = index
        self.sessions = sessions
        self.tokenHolders = tokenHolders
        self.pins = pins
    }

    /// Holders of leaked sessions and terminal sessions: who alone keeps most comes first.
    func holders(terminalSessions: [TerminalSessionAnalysis], processPins: ProcessPins) -> [HolderAnalysis] {
        var all: [Holder: HolderAnalysis] = [:]
        func change(_ holder: Holder, _ body: (inout HolderAnalysis) -> Void) {
            body(&all[holder, default: HolderAnalysis(holder)])
        }
        for session in sessions where session.isLeakOfItsOwn {
            for holder in session.holders {
                change(holder) {
                    $0.leakedSessions += 1
                    if session.holders.count == 1 { $0.leakedSessionsAlone += 1 }
                }
            }
            for token in session.referencingTokens {
                for holder in tokenHolders[token] { change(holder) { $0.tokens += 1 } }
                for pin in pins[token] where pin.kind == .handle {
                    change(pin.handleOwner) { $0.handles = ($0.handles ?? 0) + 1 }
                }
            }
        }
        for terminal in terminalSessions where terminal.state == .leaked {
            for holder in terminal.holders { change(holder) { $0.leakedTerminalSessions += 1 } }
        }
        for (_, owners) in processPins.holdersOfExited {
            for holder in Set(owners) where all[holder] != nil { change(holder) { $0.exitedProcesses += 1 } }
        }
        if index.handles != nil {
            for holder in all.keys where all[holder]?.handles == nil { change(holder) { $0.handles = 0 } }
        }
        return all.values.filter { $0.leakedSessions > 0 || $0.leakedTerminalSessions > 0 }.sorted(by: ranksBefore)
    }

    private func ranksBefore(_ left: HolderAnalysis, _ right: HolderAnalysis) -> Bool {
        let leftKey = (left.leakedSessionsAlone, left.leakedSessions, left.leakedTerminalSessions, left.tokens)
        let rightKey = (right.leakedSessionsAlone, right.leakedSessions, right.leakedTerminalSessions, right.tokens)
        return leftKey != rightKey ? leftKey > rightKey : left.holder < right.holder
    }
}
