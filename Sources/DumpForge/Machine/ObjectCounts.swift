/// How often each object is referred to, counted over the model (`sessions.md` R10).
struct ObjectCounts {
    /// Handles to an object, and the references of their entries.
    struct Count {
        var handles: Int64 = 0
        var references: Int64 = 0
    }

    private(set) var tokens: [Count]
    private(set) var processes: [Count]
    private(set) var threads: [Count]
    private(set) var others: [Count]
    /// Number of all token handles.
    private(set) var tokenHandles = 0
    /// Tokens that pin each terminal session.
    private(set) var terminalPins: [Int]
    /// Processes in each terminal session, exited ones included.
    private(set) var terminalProcesses: [Int]

    init(model: MachineModel) {
        tokens = Array(repeating: Count(), count: model.tokens.count)
        processes = Array(repeating: Count(), count: model.processes.count)
        threads = Array(repeating: Count(), count: model.threads.count)
        others = Array(repeating: Count(), count: model.otherObjects.count)
        terminalPins = Array(repeating: 0, count: model.terminalSessions.count)
        terminalProcesses = terminalPins
        for process in model.processes {
            for handle in process.handles { add(handle) }
        }
        addPointers(model)
    }

    private mutating func add(_ handle: ModelHandle) {
        let references = Int64(handle.credit) + 1
        switch handle.object {
        case .token(let number):
            tokens[number].handles += 1
            tokens[number].references += references
            tokenHandles += 1
        case .process(let number):
            processes[number].handles += 1
            processes[number].references += references
        case .thread(let number):
            threads[number].handles += 1
            threads[number].references += references
        case .other(let number):
            others[number].handles += 1
            others[number].references += references
        }
    }

    private mutating func addPointers(_ model: MachineModel) {
        for (number, token) in model.tokens.enumerated() {
            tokens[number].references += Int64(token.kernelReferences)
            if let terminal = token.pinnedTerminal { terminalPins[terminal] += 1 }
            if let linked = token.trustLink { tokens[linked].references += 1 }
        }
        for session in model.logonSessions {
            if let cached = session.cachedToken { tokens[cached].references += 1 }
        }
        for (number, thread) in model.threads.enumerated() {
            if let token = thread.impersonation { tokens[token].references += 1 }
            processes[thread.process].references += 1
            threads[number].references += thread.isExited ? 0 : 1
        }
        for (number, process) in model.processes.enumerated() {
            tokens[process.token].references += Int64(process.tokenCredit) + 1
            if let terminal = process.terminal { terminalProcesses[terminal] += 1 }
            processes[number].references += Int64(process.kernelReferences) + (process.exited == nil ? 1 : 0)
        }
        for number in others.indices { others[number].references += 1 }
    }
}

extension ObjectCounts {
    /// Objects and handles of one type.
    func total(ofType name: String, model: MachineModel) -> (objects: Int, handles: Int) {
        func handles(_ counts: [Count]) -> Int { counts.reduce(0) { $0 + Int($1.handles) } }
        switch name {
        case "Token": return (tokens.count, tokenHandles)
        case "Process": return (processes.count, handles(processes))
        case "Thread": return (threads.count, handles(threads))
        case "Type": return (30, 0)
        case "Session": return (terminalPins.indices.count { isThere($0, model: model) }, 0)
        default:
            let own = model.otherObjects.indices.filter { model.otherObjects[$0] == name }
            return (own.count, own.reduce(0) { $0 + Int(others[$1].handles) })
        }
    }

    /// Whether a terminal session's object exists.
    func isThere(_ terminal: Int, model: MachineModel) -> Bool {
        model.terminalSessions[terminal].isLive || terminalPins[terminal] > 0 || terminalProcesses[terminal] > 0
    }
}
