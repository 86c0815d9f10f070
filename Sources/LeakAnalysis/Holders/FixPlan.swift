/// One step of the way to free the leaked sessions.
public struct FixStep: Sendable {
    /// What to do with a holder.
    public enum Action: String, Hashable, Sendable, CaseIterable {
        /// End the process, or restart its service.
        case stopProcess
        /// Windows does not survive the end of this process: restart the machine.
        case restartMachine
        /// The kernel holds: find the driver; until it is updated only a restart frees.
        case findDriver
    }

    /// Who must let go.
    public let holder: Holder
    /// How.
    public let action: Action
    /// Sessions that go with this step, when those above are done.
    public let freesSessions: Int
    /// Referencing tokens of those sessions.
    public let freesTokens: Int
    /// Sessions that are gone after this step and those above.
    public let cumulativeSessions: Int
}

/// Plans the steps: a session goes only when its last holder lets go, so that the next step is always the holder that frees most on top
/// of those above.
struct FixPlanner {
    /// Most steps that are planned; a longer plan helps nobody.
    static let maximumSteps = 100

    private var sessionsOfHolder: [Holder: [Int]] = [:]
    private var remaining: [Int: [Holder]] = [:]
    private var gain: [Holder: Int] = [:]
    private let tokens: [Int: Int]
    private let order: [Holder]
    private let action: (Holder) -> FixStep.Action

    /// - Parameters:
    ///   - holders: In the order that breaks ties.
    ///   - action: What can be done with a holder.
    init(
        sessions: [SessionAnalysis], holders: [HolderAnalysis], action: @escaping (Holder) -> FixStep.Action
    ) {
        self.action = action
        order = holders.map(\.holder).filter { $0 != .unknown }
        var tokens: [Int: Int] = [:]
        for session in sessions where session.isLeakOfItsOwn && !session.holders.isEmpty {
            remaining[session.session] = session.holders
            tokens[session.session] = session.referenceTotal
            for holder in session.holders { sessionsOfHolder[holder, default: []].append(session.session) }
            if session.holders.count == 1 { gain[session.holders[0], default: 0] += 1 }
        }
        self.tokens = tokens
    }

    mutating func steps() -> [FixStep] {
        var open = order.filter { sessionsOfHolder[$0] != nil }
        var steps: [FixStep] = []
        var total = 0
        while steps.count < Self.maximumSteps, let next = best(of: open) {
            open.removeAll { $0 == next }
            let freed = letGo(next)
            total += freed.count
            steps.append(
                FixStep(
                    holder: next, action: action(next), freesSessions: freed.count,
                    freesTokens: freed.reduce(0) { $0 + (tokens[$1] ?? 0) }, cumulativeSessions: total))
        }
        // Steps at the end that free nothing, because somebody unknown holds as well, are no help.
        while steps.last?.freesSessions == 0 { steps.removeLast() }
        return steps
    }

    /// The holder that frees most now; where nobody frees anything alone, the one that takes part in most of what is left.
    private func best(of open: [Holder]) -> Holder? {
        func worth(_ holder: Holder) -> (Int, Int) {
            let freed = gain[holder] ?? 0
            return (freed, freed > 0 ? 0 : (sessionsOfHolder[holder] ?? []).count { remaining[$0] != nil })
        }
        var best: (holder: Holder, worth: (Int, Int))?
        for holder in open {
            let worth = worth(holder)
            if worth > best?.worth ?? (0, 0) { best = (holder, worth) }
        }
        return best?.holder
    }

    private mutating func letGo(_ holder: Holder) -> [Int] {
        var freed: [Int] = []
        for session in sessionsOfHolder[holder] ?? [] {
            guard var left = remaining[session] else { continue }
            left.removeAll { $0 == holder }
            remaining[session] = left.isEmpty ? nil : left
            if left.isEmpty { freed.append(session) }
            if left.count == 1 { gain[left[0], default: 0] += 1 }
        }
        gain[holder] = nil
        return freed
    }
}
