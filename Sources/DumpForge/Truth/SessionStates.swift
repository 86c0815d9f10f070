/// Kind and state of each logon session of a model, by the design's rules (§1).
struct SessionStates {
    private(set) var kinds: [ForgedTruth.Kind] = []
    private(set) var states: [ForgedTruth.State] = []
    /// Tokens of each session.
    let tokens: [[Int]]
    /// Ids of terminal sessions in which a process runs.
    let liveTerminals: Set<UInt32>

    init(model: MachineModel) {
        var tokens = Array(repeating: [Int](), count: model.logonSessions.count)
        for (number, token) in model.tokens.enumerated() { tokens[token.session].append(number) }
        self.tokens = tokens
        let running = model.processes.filter { $0.exited == nil }
        liveTerminals = Set(running.map { process in process.terminal.map { model.terminalSessions[$0].id } ?? 0 })
        var isActive = Array(repeating: false, count: model.logonSessions.count)
        for process in running { isActive[model.tokens[process.token].session] = true }
        for thread in model.threads where !thread.isExited {
            if let token = thread.impersonation { isActive[model.tokens[token].session] = true }
        }
        kinds = model.logonSessions.indices.map { kind(of: $0, model: model) }
        states = model.logonSessions.indices.map { state(of: $0, model: model, isActive: isActive) }
        for (number, session) in model.logonSessions.enumerated() {
            let isIdleHalf = session.flags & 2 != 0 && !isActive[number] && states[number] != .system
            guard isIdleHalf, let limited = session.buddy else { continue }
            if !tokens[number].contains(where: { model.tokens[$0].isReferencing }) { states[number] = states[limited] }
        }
    }

    private func kind(of number: Int, model: MachineModel) -> ForgedTruth.Kind {
        let session = model.logonSessions[number]
        if (0x3E3...0x3E7).contains(session.luid) { return .system }
        let readable = tokens[number].map { model.tokens[$0] }.filter { token in
            token.damage == nil || token.damage == .sessionPointer || token.damage == .diagnosticPointer
        }
        let lists = readable.map { model.groupLists[$0.groups] }
        let users = lists.compactMap { $0.first?.sid.subauthorities.first }
        if users.contains(90) { return .windowManager }
        if users.contains(96) { return .fontDriver }
        let order: [(SecurityIdentifier, ForgedTruth.Kind)] = [
            (.remoteInteractive, .remoteInteractive), (.interactive, .interactive), (.network, .network),
            (.batch, .batch), (.service, .service),
        ]
        for (sid, kind) in order where lists.contains(where: { $0.contains { $0.sid == sid } }) { return kind }
        return .unknown
    }

    private func state(of number: Int, model: MachineModel, isActive: [Bool]) -> ForgedTruth.State {
        let session = model.logonSessions[number]
        if (0x3E3...0x3E7).contains(session.luid) { return .system }
        if session.isUnused { return .unused }
        if isActive[number] { return .active }
        return isPastItsLife(number, model: model) ? .leaked : .idle
    }

    private func isPastItsLife(_ number: Int, model: MachineModel) -> Bool {
        let session = model.logonSessions[number]
        if session.flags & 0x30 != 0 { return true }
        let own = tokens[number].map { model.tokens[$0] }
        if own.contains(where: { !liveTerminals.contains($0.terminalSession) }) { return true }
        if let cached = session.cachedToken, model.tokens[cached].isReferencing { return true }
        switch kinds[number] {
        case .interactive, .remoteInteractive, .batch, .service: return true
        case .windowManager, .fontDriver:
            let id = own.first.flatMap { model.groupLists[$0.groups].first?.sid.subauthorities.last }
            return id.map { !liveTerminals.contains($0) } ?? false
        case .system, .network, .unknown: return false
        }
    }
}
