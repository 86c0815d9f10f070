import BinaryReading
import KernelObjects

/// One of two dumps, by keys that the other one shares.
struct ComparisonSide {
    /// A handle to a token: whose, which, to what.
    struct HandleKey: Hashable {
        let process: VirtualAddress
        let value: UInt64
        let token: Comparison.TokenKey
    }

    let analysis: Analysis
    private(set) var sessions: [Comparison.SessionKey: Int] = [:]
    private(set) var leakedSessions: Set<Comparison.SessionKey> = []
    private(set) var leakedTerminals: Set<UInt32> = []
    private(set) var tokens: [Comparison.TokenKey: Int] = [:]
    private(set) var processes: Set<Comparison.ProcessKey> = []
    private(set) var zombies: [Comparison.ProcessKey: Int] = [:]
    private(set) var tokenHandles: Set<HandleKey> = []
    let hasHandles: Bool

    init(_ analysis: Analysis) {
        self.analysis = analysis
        let snapshot = analysis.snapshot
        hasHandles = analysis.totals.handles != nil
        for (position, session) in snapshot.logonSessions.enumerated() {
            let key = Comparison.SessionKey(session)
            sessions[key] = sessions[key] ?? position
            if analysis.sessions[position].isLeakOfItsOwn { leakedSessions.insert(key) }
        }
        for terminal in analysis.terminalSessions where terminal.state == .leaked {
            leakedTerminals.insert(terminal.id)
        }
        for (position, process) in snapshot.processes.enumerated() {
            let key = Comparison.ProcessKey(process)
            processes.insert(key)
            if process.hasExited { zombies[key] = position }
        }
        for (position, token) in snapshot.tokens.enumerated() {
            let key = Comparison.TokenKey(token)
            tokens[key] = position
            for pin in analysis.tokens[position].pins where pin.kind == .handle {
                tokenHandles.insert(handleKey(pin, to: key))
            }
        }
    }

    func handleKey(_ pin: Pin, to token: Comparison.TokenKey) -> HandleKey {
        HandleKey(
            process: pin.process.map { analysis.snapshot.processes[$0].address } ?? .null, value: pin.handle ?? 0,
            token: token)
    }
}

/// Counts for each holder what it keeps in both dumps.
struct HolderChanges {
    private let before: ComparisonSide
    private let after: ComparisonSide
    private var changes: [Comparison.HolderKey: Comparison.HolderChange] = [:]

    init(_ before: ComparisonSide, _ after: ComparisonSide) {
        self.before = before
        self.after = after
        count(after, other: before) { $0.countNew(isKept: $1) }
        count(before, other: after) { $0.countOld(isKept: $1) }
    }

    /// Holders of which something changed: by leaked sessions, then tokens, handles and zombies.
    func ranked() -> [Comparison.HolderChange] {
        changes.values.filter(\.isChanged).sorted { left, right in
            let leftKey = [left.leakedSessions, left.tokens, left.tokenHandles, left.zombies].map(\.change)
            let rightKey = [right.leakedSessions, right.tokens, right.tokenHandles, right.zombies].map(\.change)
            return leftKey != rightKey ? rightKey.lexicographicallyPrecedes(leftKey) : left.label < right.label
        }
    }

    private mutating func change(
        _ holder: Holder, of side: ComparisonSide, _ body: (inout Comparison.HolderChange) -> Void
    ) {
        let key = side.analysis.key(of: holder)
        body(&changes[key, default: Comparison.HolderChange(key: key, label: side.analysis.label(of: holder))])
    }

    private mutating func count(
        _ side: ComparisonSide, other: ComparisonSide, _ count: (inout Growth, _ isKept: Bool) -> Void
    ) {
        let analysis = side.analysis
        for (key, position) in side.tokens {
            let token = analysis.tokens[position]
            let isKept = other.tokens[key] != nil
            for holder in token.holders { change(holder, of: side) { count(&$0.tokens, isKept) } }
            for pin in token.pins where pin.kind == .handle {
                let isHandleKept = other.tokenHandles.contains(side.handleKey(pin, to: key))
                change(pin.handleOwner, of: side) { count(&$0.tokenHandles, isHandleKept) }
            }
        }
        for (position, session) in analysis.sessions.enumerated() where session.isLeakOfItsOwn {
            let isKept = other.leakedSessions.contains(
                Comparison.SessionKey(analysis.snapshot.logonSessions[position]))
            for holder in session.holders { change(holder, of: side) { count(&$0.leakedSessions, isKept) } }
        }
        for (key, position) in side.zombies {
            let isKept = other.zombies[key] != nil
            let pins = analysis.processPins[position]
            for holder in pins.isEmpty ? [.kernel] : Set(pins.map(\.zombieHolder)) {
                change(holder, of: side) { count(&$0.zombies, isKept) }
            }
        }
    }
}

extension Pin {
    /// Who holds an exited process by this pin.
    fileprivate var zombieHolder: Holder { kind == .kernelReferences ? .kernel : handleOwner }
}
