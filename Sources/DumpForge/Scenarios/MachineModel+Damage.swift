extension MachineModel {
    /// Chooses what is spoilt of a leaking machine: one thing of each kind, never two on one session.
    mutating func chooseDamage(leakingProcess: Int) {
        var leaked = logonSessions.indices.filter { !terminalIsLive(ofSession: $0) && logonSessions[$0].buddy == nil }
        generator.shuffle(&leaked)
        let sessionDamage: [SessionDamage] = [
            .chainCut, .chainCycle, .tokenListWild, .tokenListCycle, .tokenListZero, .pagedOut, .referenceCount(4000),
            .referenceCount(-5), .referenceCount(0), .namePointer, .nameLength,
        ]
        for damage in sessionDamage {
            guard let session = leaked.popLast() else { return }
            logonSessions[session].damage = damage
        }
        let tokenDamage: [TokenDamage] = [
            .pagedOut, .notInDump, .groupCount, .groupsPointer, .diagnosticPointer, .sessionPointer,
        ]
        for damage in tokenDamage {
            guard let session = leaked.popLast(),
                let token = tokens.firstIndex(where: { isLeakedCopy($0, of: session) })
            else { return }
            tokens[token].damage = damage
        }
        if processes[leakingProcess].handles.count > 600 { processes[leakingProcess].lostHandlePages = [1] }
        if let process = processes.indices.first(where: { processes[$0].image == "spoolsv.exe" }) {
            processes[process].hasWildLink = true
        }
    }

    private func isLeakedCopy(_ token: ModelToken, of session: Int) -> Bool {
        token.session == session && token.isReferencing
    }

    /// Whether some token of a session carries a terminal session that is live; true for sessions without any.
    private func terminalIsLive(ofSession session: Int) -> Bool {
        let own = tokens.filter { $0.session == session && $0.isReferencing }
        guard !own.isEmpty else { return true }
        let ended = Set(terminalSessions.filter { !$0.isLive }.map(\.id))
        return !own.contains { ended.contains($0.terminalSession) }
    }
}
