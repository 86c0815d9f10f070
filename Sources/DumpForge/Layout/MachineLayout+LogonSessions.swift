import BinaryReading
import KernelProfiles

extension MachineLayout {
    /// Hands out the entries of the session table.
    mutating func allocateLogonSessions() {
        for session in model.logonSessions {
            addresses.logonSessions.append(
                takePaged(
                    shapes.logonSession.byteCount, PoolTag.session, isIsolated: session.damage == .pagedOut))
        }
    }

    /// Writes the table, its chains and each session's list of tokens (`sessions.md` §1 to §4).
    mutating func writeLogonSessions() {
        let heads = takePaged(16 * 8, PoolTag.session)
        setSymbol("SepLogonSessions", heads)
        let chains = LogonSessionChains(model: model)
        for (bucket, chain) in chains.buckets.enumerated() {
            memory.store(chain.first.map { addresses.logonSessions[$0] } ?? 0, at: heads + UInt64(bucket) * 8)
            for (position, number) in chain.enumerated() {
                let next = position + 1 < chain.count ? addresses.logonSessions[chain[position + 1]] : 0
                writeSession(number, next: damagedNext(number, in: chain, at: position) ?? next, chains: chains)
            }
        }
    }

    private func damagedNext(_ number: Int, in chain: [Int], at position: Int) -> UInt64? {
        switch model.logonSessions[number].damage {
        case .chainCut: 0xFFFF_8000_0BAD_0BA0
        case .chainCycle: addresses.logonSessions[chain[position]]
        default: nil
        }
    }

    private mutating func writeSession(_ number: Int, next: UInt64, chains: LogonSessionChains) {
        let session = model.logonSessions[number]
        let address = addresses.logonSessions[number]
        var image = shapes.logonSession.blank()
        image.set("Next", next)
        image.set("LogonId", session.luid)
        if let buddy = session.buddy { image.set("BuddyLogonId", model.logonSessions[buddy].luid) }
        var count = chains.referenceCounts[number]
        if case .referenceCount(let absurd) = session.damage { count = absurd }
        image.set("ReferenceCount", UInt64(bitPattern: count))
        image.set("Flags", UInt64(session.flags))
        if let cached = session.cachedToken { image.set("Token", addresses.tokens[cached]) }
        if let silo = session.silo { image.set("ServerSilo", addresses.others[silo]) }
        addNames(of: session, to: &image)
        if let place = shapes.logonSession.place("TokenList"), model.features.tracking {
            let list = writeTokenList(
                chains.listed[number], head: address + UInt64(place.offset), damage: session.damage)
            image.setLinks("TokenList", forward: list.forward, backward: list.backward)
        }
        memory.store(image.bytes, at: address)
        if session.damage == .pagedOut {
            memory.setMapping(.pagedOut, at: address)
            addresses.losses.append(.init(what: "logonSession", address: address, why: "paged out"))
        }
    }

    private mutating func addNames(of session: ModelLogonSession, to image: inout StructureImage) {
        guard !session.account.isEmpty else { return }
        let account = utf16Bytes(session.account)
        let authority = utf16Bytes(session.authority)
        let block = takePaged(account.count + authority.count + 4, PoolTag.session)
        memory.store(account + [0, 0] + authority, at: block)
        let buffer = session.damage == .namePointer ? 0xFFFF_9000_0000_0001 : block
        image.setString(
            "AccountName", byteCount: session.damage == .nameLength ? 0xFFF0 : account.count, buffer: buffer)
        image.setString(
            "AuthorityName", byteCount: authority.count, buffer: block + UInt64(account.count) + 2)
    }

    /// Writes the nodes of a session's list of tokens: forward, backward, token.
    private mutating func writeTokenList(
        _ tokens: [Int], head: UInt64, damage: SessionDamage?
    ) -> (forward: UInt64, backward: UInt64) {
        let nodes = tokens.map { _ in takePaged(24, PoolTag.session) }
        for (position, node) in nodes.enumerated() {
            let isLast = position + 1 == nodes.count
            var forward = isLast ? head : nodes[position + 1]
            if isLast, damage == .tokenListCycle { forward = node }
            if position == 0, damage == .tokenListWild { forward = 0xFFFF_8000_0000_0BAD }
            memory.store(forward, at: node)
            memory.store(position == 0 ? head : nodes[position - 1], at: node + 8)
            memory.store(addresses.tokens[tokens[position]], at: node + 16)
        }
        if damage == .tokenListZero { return (0, 0) }
        return (nodes.first ?? head, nodes.last ?? head)
    }

    /// Writes the objects and blocks of the terminal sessions (`sessions.md` §3b, §8).
    mutating func writeTerminalSessions() {
        for (number, terminal) in model.terminalSessions.enumerated() where addresses.terminalBlocks[number] != 0 {
            let block = addresses.terminalBlocks[number]
            let object = addresses.terminalObjects[number]
            let members = model.processes.indices.filter { model.processes[$0].terminal == number }
            var image = shapes.sessionSpace.blank()
            image.set("ReferenceCount", UInt64(members.count))
            image.set("SessionId", UInt64(terminal.id))
            image.set("ProcessReferenceToSession", UInt64(members.count + 1))
            image.set("u.Flags.Initialized", 1)
            image.set("u.Flags.ObjectInitialized", 1)
            image.set("u.Flags.DeletePending", terminal.isLive ? 0 : 1)
            image.set("SessionObject", object)
            let links = members.map { addresses.processes[$0] + sessionLinksOffset }
            let head = block + UInt64(shapes.sessionSpace.place("ProcessList")?.offset ?? 0x10)
            image.setLinks("ProcessList", forward: links.first ?? head, backward: links.last ?? head)
            memory.store(
                terminal.isLive ? image.bytes : Array(image.bytes.prefix(0x3C0)), at: block)
            memory.store(block, at: object + 0x18)
            writeHeader(
                of: object, type: "Session", pointerCount: Int64(counts.terminalPins[number] + 1), handleCount: 0,
                infoMask: ObjectInfo.name)
            writeName(#"\KernelObjects\Session\#(terminal.id)"#, of: object)
        }
    }

    /// Offset of a process' link in its terminal session's list.
    var sessionLinksOffset: UInt64 { UInt64(shapes.process.place("SessionProcessLinks")?.offset ?? 0) }
}

/// Which chain each session is in, and what its counter and its list say.
struct LogonSessionChains {
    /// Sessions of each chain in the order of the chain: the newest first.
    let buckets: [[Int]]
    /// Each session's count by the kernel's rules (`sessions.md` §3).
    let referenceCounts: [Int64]
    /// Tokens of each session's list in the order of their creation.
    let listed: [[Int]]

    init(model: MachineModel) {
        var buckets = Array(repeating: [Int](), count: 16)
        for (number, session) in model.logonSessions.enumerated().reversed() {
            buckets[model.features.bucket(of: session.luid)].append(number)
        }
        self.buckets = buckets
        var listed = Array(repeating: [Int](), count: model.logonSessions.count)
        for (number, token) in model.tokens.enumerated() where token.isReferencing {
            listed[token.session].append(number)
        }
        self.listed = listed
        referenceCounts = model.logonSessions.indices.map { number in
            let session = model.logonSessions[number]
            let linked: Int64 = session.flags & 2 != 0 && session.buddy != nil ? 1 : 0
            // A server container's globals hold its system and its anonymous session.
            let contained: Int64 = session.silo != nil && (session.luid == 0x3E6 || session.luid == 0x3E7) ? 1 : 0
            let count = Int64(listed[number].count) + linked + contained
            return session.isUnused ? 1 : count
        }
    }
}

extension LogonSessionChains {
    /// Which sessions a walk of the chains does not reach, since a link before them is spoilt or their page is gone.
    func entriesOffChain(model: MachineModel) -> [Bool] {
        var isOffChain = Array(repeating: false, count: model.logonSessions.count)
        for chain in buckets {
            var isCut = false
            for number in chain {
                let damage = model.logonSessions[number].damage
                isOffChain[number] = isCut || damage == .pagedOut
                isCut = isCut || damage == .chainCut || damage == .chainCycle || damage == .pagedOut
            }
        }
        return isOffChain
    }
}
