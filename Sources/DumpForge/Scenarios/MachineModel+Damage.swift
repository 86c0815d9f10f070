extension MachineModel {
    /// Chooses what is spoilt of a leaking machine: one thing of each kind, never two on one session.
    mutating func chooseDamage(leakingProcess: Int) {
        var leaked = abandonedSessions()
        generator.shuffle(&leaked)
        let sessionDamage: [SessionDamage] = [
            .chainCut, .chainCycle, .tokenListWild, .tokenListCycle, .tokenListZero, .pagedOut, .referenceCount(4000),
            .referenceCount(-5), .referenceCount(0), .namePointer, .nameLength,
        ]
        for damage in sessionDamage {
            guard let victim = leaked.popLast() else { return }
            logonSessions[victim.session].damage = damage
        }
        let tokenDamage: [TokenDamage] = [
            .pagedOut, .notInDump, .groupCount, .groupsPointer, .diagnosticPointer, .sessionPointer,
        ]
        for damage in tokenDamage {
            guard let victim = leaked.popLast() else { return }
            tokens[victim.token].damage = damage
        }
        if processes[leakingProcess].handles.count > 600 { processes[leakingProcess].lostHandlePages = [1] }
        if let process = processes.indices.first(where: { processes[$0].image == "spoolsv.exe" }) {
            processes[process].hasWildLink = true
        }
    }

    /// The sessions that somebody left behind, UAC pairs excepted, with one of the tokens that keep each.
    private func abandonedSessions() -> [(session: Int, token: Int)] {
        let ended = Set(terminalSessions.filter { !$0.isLive }.map(\.id))
        var holders: [Int: Int] = [:]
        for (number, token) in tokens.enumerated() where token.isReferencing {
            guard ended.contains(token.terminalSession), logonSessions[token.session].buddy == nil else { continue }
            holders[token.session] = number
        }
        return holders.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
    }
}
