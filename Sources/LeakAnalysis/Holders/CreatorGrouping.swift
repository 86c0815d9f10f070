import BinaryReading
import KernelObjects

/// Groups the creators of the tokens that hold a leaked session or terminal session; who made most leaks comes first.
struct CreatorGrouping {
    /// Tokens that have the kernel's part of their traces in common; a group's trace is what all its traces begin with.
    ///
    /// User frames alone make no groups: below the first few they differ from call to call.
    private(set) var byStack: [CreatorAnalysis] = []
    /// The same whatever the stack, without traces.
    private(set) var byProcess: [CreatorAnalysis] = []

    private let index: SnapshotIndex
    private var stacks: [Group] = []
    private var processes: [Group] = []
    private var processKeys: [ProcessKey] = []
    private var processNumbers: [ProcessKey: Int] = [:]
    /// The maker that was counted last: tokens of one session mostly have one.
    private var lastProcess = -1
    /// The newest group of each fingerprint, and for each group the one before it.
    private var stackNumbers = PositionTable()
    private var olderStacks: [Int32] = []

    init(_ index: SnapshotIndex, sessions: [SessionAnalysis], terminalSessions: [TerminalSessionAnalysis]) {
        self.index = index
        var isCounted = Array(repeating: false, count: index.snapshot.tokens.count)
        for session in sessions where session.isLeakOfItsOwn {
            for token in session.referencingTokens where !isCounted[token] {
                isCounted[token] = true
                count(token, session: session.session)
            }
        }
        for terminal in terminalSessions where terminal.state == .leaked {
            for token in terminal.tokens where !isCounted[token] {
                isCounted[token] = true
                count(token, session: nil)
            }
        }
        byStack = ranked(stacks)
        byProcess = ranked(processes)
    }

    private struct ProcessKey: Hashable {
        let processID: UInt64
        let imageName: String
        let method: TokenCreation.Method
    }

    /// What is known of a group while tokens are counted, those of one session after another. Small, since there are as many groups as
    /// tokens where every trace differs.
    private struct Group {
        private let trace: [VirtualAddress]
        private let maker: Int32
        /// Number of frames of the kernel, which all traces of the group begin with.
        private let kernelFrameCount: Int32
        /// How many frames of the trace all traces of the group begin with.
        private var commonFrames: Int32
        private(set) var tokens: Int32 = 0
        private(set) var sessions: Int32 = 0
        private var lastSession: Int32 = -1

        init(process: Int, trace: [VirtualAddress], kernelFrames: Int) {
            maker = Int32(truncatingIfNeeded: process)
            self.trace = trace
            commonFrames = Int32(truncatingIfNeeded: trace.count)
            kernelFrameCount = Int32(truncatingIfNeeded: kernelFrames)
        }

        /// Position of the maker of which the group is, or which it is.
        var process: Int { Int(maker) }

        mutating func add(session: Int?) {
            tokens &+= 1
            guard let session else { return }
            let number = Int32(truncatingIfNeeded: session)
            guard number != lastSession else { return }
            sessions &+= 1
            lastSession = number
        }

        mutating func narrow(to trace: [VirtualAddress]) {
            let limit = min(Int(commonFrames), trace.count)
            var shared = Int(kernelFrameCount)
            while shared < limit, self.trace[shared] == trace[shared] { shared += 1 }
            commonFrames = Int32(truncatingIfNeeded: shared)
        }

        /// Whether a trace of a maker belongs to the group.
        func isOf(_ process: Int, _ trace: [VirtualAddress], kernelFrames: Int) -> Bool {
            guard self.process == process, kernelFrameCount == kernelFrames else { return false }
            for frame in 0..<kernelFrames where self.trace[frame] != trace[frame] { return false }
            return true
        }

        /// The frames that all traces begin with.
        var commonTrace: [VirtualAddress] {
            commonFrames == trace.count ? trace : Array(trace.prefix(Int(commonFrames)))
        }

        /// A frame of those; zero beyond them.
        func frame(_ number: Int) -> UInt64 { number < commonFrames ? trace[number].rawValue : 0 }
    }

    /// What a group is ranked by.
    private struct Rank {
        let sessions: Int32
        let tokens: Int32
        /// Rank of the maker among makers by id, name and method.
        let process: Int32
        let group: Int32
        let firstFrame: UInt64
        let secondFrame: UInt64
    }

    /// Groups, those of most sessions first, then of most tokens; equal ones by maker and frames.
    private func ranked(_ groups: [Group]) -> [CreatorAnalysis] {
        let rankOfProcess = ranksOfProcesses()
        var ranks = groups.enumerated().map { number, group in
            Rank(
                sessions: group.sessions, tokens: group.tokens, process: rankOfProcess[group.process],
                group: Int32(truncatingIfNeeded: number), firstFrame: group.frame(0), secondFrame: group.frame(1))
        }
        ranks.sort { left, right in
            if left.sessions != right.sessions { return left.sessions > right.sessions }
            if left.tokens != right.tokens { return left.tokens > right.tokens }
            if left.process != right.process { return left.process < right.process }
            if left.firstFrame != right.firstFrame { return left.firstFrame < right.firstFrame }
            if left.secondFrame != right.secondFrame { return left.secondFrame < right.secondFrame }
            return groups[Int(left.group)].commonTrace.lexicographicallyPrecedes(groups[Int(right.group)].commonTrace)
        }
        return ranks.map { rank in
            let group = groups[Int(rank.group)]
            let key = processKeys[group.process]
            return CreatorAnalysis(
                key: CreatorAnalysis.Key(
                    processID: key.processID, imageName: key.imageName, method: key.method,
                    trace: group.commonTrace),
                tokens: Int(group.tokens), leakedSessions: Int(group.sessions))
        }
    }

    private func ranksOfProcesses() -> [Int32] {
        let order = processKeys.indices.sorted { left, right in
            let (own, its) = (processKeys[left], processKeys[right])
            if own.processID != its.processID { return own.processID < its.processID }
            if own.imageName != its.imageName { return own.imageName < its.imageName }
            return own.method.number < its.method.number
        }
        var ranks = Array(repeating: Int32(0), count: order.count)
        for (rank, process) in order.enumerated() { ranks[process] = Int32(truncatingIfNeeded: rank) }
        return ranks
    }

    private mutating func count(_ token: Int, session: Int?) {
        guard let creation = index.snapshot.tokens[token].creation else { return }
        let process = number(ofMaker: creation)
        processes[process].add(session: session)
        let stack = number(ofStack: creation.trace, process: process)
        stacks[stack].narrow(to: creation.trace)
        stacks[stack].add(session: session)
    }

    private mutating func number(ofMaker creation: TokenCreation) -> Int {
        let key = ProcessKey(processID: creation.processID, imageName: creation.imageName, method: creation.method)
        if lastProcess >= 0, processKeys[lastProcess] == key { return lastProcess }
        lastProcess = processNumbers[key] ?? processes.count
        if lastProcess == processes.count {
            processNumbers[key] = lastProcess
            processKeys.append(key)
            processes.append(Group(process: lastProcess, trace: [], kernelFrames: 0))
        }
        return lastProcess
    }

    private mutating func number(ofStack trace: [VirtualAddress], process: Int) -> Int {
        let kernelFrames = trace.firstIndex { !$0.isKernel } ?? trace.count
        var fingerprint = Fingerprint()
        fingerprint.combine(UInt64(process))
        for frame in trace.prefix(kernelFrames) { fingerprint.combine(frame.rawValue) }
        let newest = stackNumbers[fingerprint.value]
        var candidate = newest ?? -1
        while candidate >= 0 {
            if stacks[candidate].isOf(process, trace, kernelFrames: kernelFrames) { return candidate }
            candidate = Int(olderStacks[candidate])
        }
        stackNumbers[fingerprint.value] = stacks.count
        olderStacks.append(Int32(truncatingIfNeeded: newest ?? -1))
        stacks.append(Group(process: process, trace: trace, kernelFrames: kernelFrames))
        return stacks.count - 1
    }
}
