import BinaryReading
import KernelProfiles

/// Computes a machine's truth from its model and its addresses.
struct TruthBuilder {
    private let machine: ForgedMachine
    private let model: MachineModel
    private let addresses: MachineAddresses
    private let pins: TokenPins
    private let states: SessionStates
    private let chains: LogonSessionChains
    /// Whether the walk of the chains misses each session.
    private let isOffChain: [Bool]

    init(machine: ForgedMachine) {
        self.machine = machine
        model = machine.model
        addresses = machine.layout.addresses
        pins = TokenPins(model: machine.model, addresses: machine.layout.addresses)
        states = SessionStates(model: machine.model)
        chains = LogonSessionChains(model: machine.model)
        isOffChain = chains.entriesOffChain(model: machine.model)
    }

    /// The truth of a dump of one type.
    func truth(for type: ForgedDumpType) -> ForgedTruth {
        let sessions = logonSessions()
        let terminals = terminalSessions()
        let tokenHandles = model.processes.map { process in
            process.handles.count { if case .token = $0.object { true } else { false } }
        }
        let leaked = sessions.count { $0.state == .leaked }
        let isLeak = leaked > 0 || terminals.contains { !$0.isLive }
        return ForgedTruth(
            dump: dump(type), scenario: machine.options.scenario, seed: machine.options.seed,
            counts: .init(
                logonSessions: sessions.count, tokens: model.tokens.count, processes: model.processes.count,
                threads: model.threads.count, tokenHandles: tokenHandles.reduce(0, +), leakedSessions: leaked,
                drivers: addresses.modules.count),
            logonSessions: sessions.sorted { ($0.luid, $0.address) < ($1.luid, $1.address) },
            tokens: model.tokens.indices.map { token($0, hasUserPages: type.hasUserPages) }.sorted {
                $0.address < $1.address
            },
            processes: model.processes.indices.map { process($0) }.sorted { $0.processID < $1.processID },
            holders: holders(), terminalHolders: terminalHolders(), terminalSessions: terminals,
            modules: addresses.modules.map { .init(name: $0.name, base: $0.base, byteCount: $0.byteCount) },
            missing: addresses.losses,
            verdict: isLeak ? "leak" : tokenHandles.contains { $0 >= 10_000 } ? "suspect" : "clean")
    }

    private func dump(_ type: ForgedDumpType) -> ForgedTruth.Dump {
        let options = machine.options
        let identity = options.profile.identity
        return ForgedTruth.Dump(
            type: type, build: options.profile.build, version: options.profile.version,
            pdbName: identity?.name ?? "", pdbGUID: identity?.guid.symbolServerText ?? "", pdbAge: identity?.age ?? 0,
            kernelBase: machine.layout.plan.kernelBase, directoryTableBase: machine.memory.directoryTableBase,
            tracking: model.features.tracking, trackable: model.features.canTrack, processors: options.processors,
            captured: FileTime(model.now).description, uptimeSeconds: (model.now - model.bootTime) / 10_000_000,
            hasFiveLevels: options.pageTableLevels == 5, hasLargeKernelPages: options.largeKernelPages,
            isDebuggerDataEncoded: options.encodedDebuggerData, invalidPTEMask: machine.layout.invalidMask,
            buildLab: machine.layout.buildLab)
    }

    // MARK: - Sessions

    private func logonSessions() -> [ForgedTruth.LogonSession] {
        model.logonSessions.indices.map { logonSession($0) }
    }

    /// Whether a session can be found: by its chain, or by the pointer of a token that something besides the session leads to.
    private func isFound(_ number: Int) -> Bool {
        guard model.logonSessions[number].damage != .pagedOut else { return false }
        guard isOffChain[number] else { return true }
        return states.tokens[number].contains { token in
            guard model.tokens[token].damage == nil else { return false }
            return pins.pins[token].contains { pin in
                switch pin {
                case .handle, .primaryToken, .impersonation, .trustLink: true
                case .sessionCache, .kernelReferences: false
                }
            }
        }
    }

    private func logonSession(_ number: Int) -> ForgedTruth.LogonSession {
        let session = model.logonSessions[number]
        let own = states.tokens[number]
        var count = chains.referenceCounts[number]
        if case .referenceCount(let absurd) = session.damage { count = absurd }
        var list = chains.listed[number].isEmpty ? "empty" : "populated"
        if !model.features.tracking || session.damage == .tokenListZero { list = "uninitialized" }
        return ForgedTruth.LogonSession(
            luid: session.luid, address: addresses.logonSessions[number], account: session.account,
            authority: session.authority, kind: states.kinds[number], state: states.states[number],
            referenceCount: count, flags: session.flags, tokenList: list,
            buddy: session.buddy.map { model.logonSessions[$0].luid },
            cachedToken: session.cachedToken.map { addresses.tokens[$0] },
            bucket: model.features.bucket(of: session.luid), tokens: own.map { addresses.tokens[$0] }.sorted(),
            referencingTokens: own.filter { model.tokens[$0].isReferencing }.map { addresses.tokens[$0] }.sorted(),
            isInSilo: session.silo != nil,
            isSelfPinned: session.cachedToken.map { model.tokens[$0].isReferencing } ?? false,
            isMissing: session.damage == .pagedOut, isOffChain: isOffChain[number],
            damaged: session.damage?.name.map { [$0] } ?? [])
    }

    // MARK: - Tokens

    private func token(_ number: Int, hasUserPages: Bool) -> ForgedTruth.Token {
        let token = model.tokens[number]
        let session = model.logonSessions[token.session]
        let groups = model.groupLists[token.groups]
        let count = machine.layout.counts.tokens[number]
        let isListed =
            model.features.tracking && token.isReferencing && session.damage != .tokenListZero
            && isFound(token.session)
        return ForgedTruth.Token(
            address: addresses.tokens[number], tokenID: token.tokenID, luid: session.luid, isPrimary: token.isPrimary,
            level: token.level, terminalSession: token.terminalSession, flags: token.flags,
            user: groups.first?.sid.text ?? "", parentTokenID: token.parentTokenID, modifiedID: token.modifiedID,
            originatingLogonSession: token.origin,
            elevation: session.flags & 2 != 0 ? "full" : session.flags & 4 != 0 ? "limited" : "default",
            groups: groups.count { $0.attributes & 0x20 == 0 }, pinsTerminalSession: token.pinnedTerminal != nil,
            creator: creator(of: number, hasUserPages), pins: pins.pins[number], isListed: isListed,
            reachable: reachable(number, isListed: isListed), pointerCount: count.references,
            handleCount: count.handles, unseenHandles: pins.unseen[number],
            isMissing: token.damage == .pagedOut || token.damage == .notInDump, damaged: token.damage?.name)
    }

    private func reachable(_ number: Int, isListed: Bool) -> [String] {
        var found: Set<String> = isListed ? ["tokenList"] : []
        for pin in pins.pins[number] {
            switch pin {
            case .handle: found.insert("handle")
            case .primaryToken: found.insert("primaryToken")
            case .impersonation: found.insert("impersonation")
            case .sessionCache where isFound(model.tokens[number].session): found.insert("sessionCache")
            case .trustLink: found.insert("trustLink")
            case .sessionCache, .kernelReferences: break
            }
        }
        if found.isEmpty { return ["poolOnly"] }
        let order = ["tokenList", "handle", "primaryToken", "impersonation", "sessionCache", "trustLink"]
        return order.filter { found.contains($0) }
    }

    private func creator(of number: Int, _ hasUserPages: Bool) -> ForgedTruth.Creator? {
        guard let creator = model.tokens[number].creator, let trace = addresses.traces[number] else { return nil }
        let process = model.processes[creator.process]
        return ForgedTruth.Creator(
            processID: process.id, threadID: creator.thread, image: process.imageFileName,
            method: creator.method.name,
            kernelFrames: trace.kernelFrames.map { .init(address: $0.address, symbol: $0.symbol) },
            userFrames: trace.userFrames.map { userFrame($0, creator: creator.process, hasUserPages) },
            captureCount: model.tokens[number].captureCount)
    }

    /// Only the system library's own pages are in a dump with user pages, so that only its functions have names.
    private func userFrame(_ frame: CreationTrace.UserFrame, creator: Int, _ hasUserPages: Bool)
        -> ForgedTruth.Creator.UserFrame
    {
        let isOwn = frame.module.map { addresses.userModulesOfProcess[creator].contains($0) } ?? false
        guard let number = frame.module, isOwn || addresses.userModules[number].isShared else {
            return .init(address: frame.address, module: nil, offset: nil, symbol: nil, isFromOtherProcess: false)
        }
        let module = addresses.userModules[number]
        let offset = frame.address - module.base
        let symbol = hasUserPages && number == 0 ? ModuleCode.systemLibrary.name(of: UInt32(offset)) : nil
        return .init(
            address: frame.address, module: module.name.split(separator: ".").first.map(String.init) ?? module.name,
            offset: offset, symbol: symbol, isFromOtherProcess: !isOwn)
    }

    // MARK: - Processes and holders

    private func process(_ number: Int) -> ForgedTruth.Process {
        let process = model.processes[number]
        return ForgedTruth.Process(
            processID: process.id, address: addresses.processes[number], image: process.image,
            imageFileName: process.imageFileName, exited: process.exited != nil,
            terminalSession: process.terminal.map { model.terminalSessions[$0].id } ?? 0,
            token: addresses.tokens[process.token], parent: process.parent,
            created: FileTime(process.created).description, threads: process.threads.count,
            handles: process.handles.count, heldBy: pins.processPins[number], serviceGroup: process.serviceGroup,
            services: process.services)
    }

    private func holders() -> [ForgedTruth.Holder] {
        var sessions: [String: Int] = [:]
        var alone: [String: Int] = [:]
        var tokens: [String: Int] = [:]
        for number in model.logonSessions.indices where states.states[number] == .leaked {
            var all: Set<String> = []
            for token in states.tokens[number] where model.tokens[token].isReferencing {
                let own = pins.holders(of: token)
                for holder in own { tokens[holder, default: 0] += 1 }
                all.formUnion(own)
            }
            for holder in all { sessions[holder, default: 0] += 1 }
            if all.count == 1, let only = all.first { alone[only, default: 0] += 1 }
        }
        return sessions.map { holder, count in
            ForgedTruth.Holder(
                holder: holder, leakedSessions: count, leakedSessionsAlone: alone[holder] ?? 0,
                tokens: tokens[holder] ?? 0)
        }.sorted { ($1.leakedSessions, $0.holder) < ($0.leakedSessions, $1.holder) }
    }

    private func terminalHolders() -> [ForgedTruth.Holder] {
        var ids: [String: Set<UInt32>] = [:]
        for (number, token) in model.tokens.enumerated() where token.pinnedTerminal != nil {
            guard !states.liveTerminals.contains(token.terminalSession) else { continue }
            for holder in pins.holders(of: number) { ids[holder, default: []].insert(token.terminalSession) }
        }
        for process in model.processes where process.exited != nil {
            guard let terminal = process.terminal.map({ model.terminalSessions[$0].id }),
                !states.liveTerminals.contains(terminal)
            else { continue }
            for holder in pins.holdersOfExited(process.id) { ids[holder, default: []].insert(terminal) }
        }
        return ids.map { holder, terminals in
            ForgedTruth.Holder(
                holder: holder, leakedSessions: terminals.count, leakedSessionsAlone: 0, tokens: 0)
        }.sorted { ($1.leakedSessions, $0.holder) < ($0.leakedSessions, $1.holder) }
    }

    private func terminalSessions() -> [ForgedTruth.TerminalSession] {
        var tokens: [UInt32: Int] = [:]
        for token in model.tokens where token.pinnedTerminal != nil { tokens[token.terminalSession, default: 0] += 1 }
        var exited: [UInt32: Int] = [:]
        for process in model.processes where process.exited != nil {
            if let terminal = process.terminal { exited[model.terminalSessions[terminal].id, default: 0] += 1 }
        }
        let ids = states.liveTerminals.union(tokens.keys).union(exited.keys)
        return ids.sorted().map { id in
            ForgedTruth.TerminalSession(
                id: id, isLive: states.liveTerminals.contains(id), pinnedByTokens: tokens[id] ?? 0,
                pinnedByExitedProcesses: exited[id] ?? 0)
        }
    }
}
