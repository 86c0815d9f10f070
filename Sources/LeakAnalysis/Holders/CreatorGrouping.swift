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
    private var processNumbers: [ProcessKey: Int] = [:]
    /// Groups by stack whose fingerprint is the same, nearly always one.
    private var stackNumbers: [Int: [Int]] = [:]

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
        byStack = Self.ranked(stacks)
        byProcess = Self.ranked(processes)
    }

    private struct ProcessKey: Hashable {
        let processID: UInt64
        let imageName: String
        let method: TokenCreation.Method
    }

    /// What is known of a group while tokens are counted, those of one session after another.
    private struct Group {
        let process: ProcessKey
        var commonTrace: ArraySlice<VirtualAddress>
        /// Number of frames of the kernel, which all traces of the group begin with.
        let kernelFrames: Int
        var tokens = 0
        var sessions = 0
        private var lastSession: Int?

        init(_ process: ProcessKey, trace: ArraySlice<VirtualAddress>, kernelFrames: Int) {
            self.process = process
            commonTrace = trace
            self.kernelFrames = kernelFrames
        }

        mutating func add(session: Int?) {
            tokens += 1
            guard let session, session != lastSession else { return }
            sessions += 1
            lastSession = session
        }

        func ranksBefore(_ other: Group) -> Bool {
            if sessions != other.sessions { return sessions > other.sessions }
            if tokens != other.tokens { return tokens > other.tokens }
            let (own, its) = (process, other.process)
            if own.processID != its.processID { return own.processID < its.processID }
            if own.imageName != its.imageName { return own.imageName < its.imageName }
            if own.method != its.method { return own.method.number < its.method.number }
            return commonTrace.lexicographicallyPrecedes(other.commonTrace)
        }

        func analysis() -> CreatorAnalysis {
            CreatorAnalysis(
                key: CreatorAnalysis.Key(
                    processID: process.processID, imageName: process.imageName, method: process.method,
                    trace: Array(commonTrace)),
                tokens: tokens, leakedSessions: sessions)
        }
    }

    /// Groups by rank. Their numbers are sorted: as many as tokens where every trace differs.
    private static func ranked(_ groups: [Group]) -> [CreatorAnalysis] {
        groups.indices.sorted { groups[$0].ranksBefore(groups[$1]) }.map { groups[$0].analysis() }
    }

    private mutating func count(_ token: Int, session: Int?) {
        guard let creation = index.snapshot.tokens[token].creation else { return }
        let key = ProcessKey(
            processID: creation.processID, imageName: creation.imageName, method: creation.method)
        let process = number(of: key)
        processes[process].add(session: session)
        let stack = number(ofStack: creation.trace, key, process: process)
        let shared = zip(stacks[stack].commonTrace, creation.trace).prefix { $0 == $1 }.count
        if shared < stacks[stack].commonTrace.count { stacks[stack].commonTrace = creation.trace.prefix(shared) }
        stacks[stack].add(session: session)
    }

    private mutating func number(of key: ProcessKey) -> Int {
        if let number = processNumbers[key] { return number }
        processNumbers[key] = processes.count
        processes.append(Group(key, trace: [], kernelFrames: 0))
        return processes.count - 1
    }

    private mutating func number(ofStack trace: [VirtualAddress], _ key: ProcessKey, process: Int) -> Int {
        let kernelFrames = trace.prefix(while: \.isKernel)
        var hasher = Hasher()
        hasher.combine(process)
        for frame in kernelFrames { hasher.combine(frame.rawValue) }
        let fingerprint = hasher.finalize()
        let known = stackNumbers[fingerprint]?.first { number in
            stacks[number].kernelFrames == kernelFrames.count && stacks[number].process == key
                && stacks[number].commonTrace.prefix(kernelFrames.count) == kernelFrames
        }
        if let known { return known }
        stackNumbers[fingerprint, default: []].append(stacks.count)
        stacks.append(Group(key, trace: trace[...], kernelFrames: kernelFrames.count))
        return stacks.count - 1
    }
}
