import BinaryReading
import KernelProfiles

extension MachineLayout {
    /// Bytes of a token's variable part: the array of groups, then the SIDs.
    private func variablePart(of token: ModelToken) -> Int {
        model.groupLists[token.groups].reduce(0) { $0 + 16 + ($1.sid.bytes.count + 7) & ~7 }
    }

    private func infoMask(of token: ModelToken) -> UInt8 { token.isMadeBySystem ? 0 : ObjectInfo.quota }

    /// Hands out the tokens' places; among them blocks of tokens that are gone.
    mutating func allocateTokens() {
        addresses.tokens.reserveCapacity(model.tokens.count)
        for token in model.tokens {
            let size = shapes.token.byteCount + variablePart(of: token)
            addresses.tokens.append(
                allocateObject(
                    type: "Token", byteCount: size, infoMask: infoMask(of: token), isPaged: true,
                    isIsolated: token.damage == .pagedOut || token.damage == .notInDump))
            if generator.chance(percent: 2) { leaveStaleToken(like: token) }
        }
    }

    /// A block that still looks like a token: freed by its header, or one that only its reference count tells (a low-fragmentation heap).
    private mutating func leaveStaleToken(like token: ModelToken) {
        var gone = token
        gone.tokenID += 1
        gone.isInUse = false
        let size = shapes.token.byteCount + variablePart(of: gone)
        let body = allocateObject(
            type: "Token", byteCount: size, infoMask: infoMask(of: gone), isPaged: true,
            isFree: generator.chance(percent: 50))
        memory.store(image(of: gone, at: body, number: nil).bytes, at: body)
        writeHeader(of: body, type: "Token", pointerCount: 0, handleCount: 0, infoMask: infoMask(of: gone))
    }

    /// Writes all tokens with their headers, locks, dynamic parts and diagnostic entries.
    mutating func writeTokens() {
        addresses.traces.reserveCapacity(model.tokens.count)
        var maker = TraceMaker(
            profile: profile, kernelBase: plan.kernelBase, clears: model.features.clearsTraces, drivers: driversByName)
        for (number, token) in model.tokens.enumerated() {
            let body = addresses.tokens[number]
            var image = image(of: token, at: body, number: number)
            addDynamicPart(of: token, to: &image)
            addDiagnostic(of: token, to: &image, maker: &maker)
            addPackage(of: token, to: &image)
            spoil(&image, token)
            memory.store(image.bytes, at: body)
            let count = counts.tokens[number]
            let isCached = model.logonSessions[token.session].cachedToken == number
            writeHeader(
                of: body, type: "Token", pointerCount: count.references, handleCount: count.handles,
                infoMask: infoMask(of: token), flags: isCached ? 1 : 0)
            lose(token, at: body)
        }
        for (name, number) in zip(["SeAnonymousLogonTokenNoEveryone", "SeAnonymousLogonToken"], model.anonymousTokens) {
            setSymbol(name, addresses.tokens[number])
        }
        setSymbol("SeTokenLeakTracking", model.features.tracking ? 1 : 0, byteCount: 4)
        setSymbol("SeTokenDoesNotTrackSessionObject", 0, byteCount: 4)
    }

    /// The token's own bytes; of a token that is gone (`number` nil) without what it owned.
    private func image(of token: ModelToken, at body: UInt64, number: Int?) -> StructureImage {
        let groups = model.groupLists[token.groups]
        var image = shapes.token.blank(tail: variablePart(of: token))
        image.setBytes("TokenSource", Array(token.source.utf8.prefix(8)))
        image.set("TokenId", token.tokenID)
        image.set("AuthenticationId", model.logonSessions[token.session].luid)
        image.set("ParentTokenId", token.parentTokenID)
        image.set("ExpirationTime", 0x7FFF_FFFF_FFFF_FFFF)
        image.set("ModifiedId", token.modifiedID)
        image.set("Privileges.Present", token.privileges)
        image.set("Privileges.Enabled", token.privileges & 0x80_0000)
        image.set("Privileges.EnabledByDefault", token.privileges & 0x80_0000)
        image.set("SessionId", UInt64(token.terminalSession))
        image.set("UserAndGroupCount", UInt64(groups.count))
        image.set("VariableLength", UInt64(variablePart(of: token)))
        image.set("TokenType", token.isPrimary ? 1 : 2)
        image.set("ImpersonationLevel", UInt64(token.level))
        image.set("TokenFlags", UInt64(token.flags))
        image.set("TokenInUse", token.isInUse ? 1 : 0)
        let label = groups.firstIndex { $0.attributes & 0x20 != 0 }
        image.set("IntegrityLevelIndex", label.map { UInt64($0) } ?? 0xFFFF_FFFF)
        image.set("MandatoryPolicy", 3)
        image.set("LogonSession", addresses.logonSessions[token.session])
        image.set("OriginatingLogonSession", token.origin)
        if let terminal = token.pinnedTerminal, number != nil {
            image.set("SessionObject", addresses.terminalObjects[terminal])
        }
        if let linked = token.trustLink { image.set("TrustLinkedToken", addresses.tokens[linked]) }
        addGroups(groups, to: &image, body: body)
        return image
    }

    private func addGroups(_ groups: [GroupMembership], to image: inout StructureImage, body: UInt64) {
        let start = shapes.token.byteCount
        image.set("UserAndGroups", body + UInt64(start))
        var position = start + groups.count * 16
        for (index, group) in groups.enumerated() {
            image.put(body + UInt64(position), byteCount: 8, at: start + index * 16)
            image.put(UInt64(group.attributes), byteCount: 4, at: start + index * 16 + 8)
            let bytes = group.sid.bytes
            image.putBytes(bytes, at: position)
            position += (bytes.count + 7) & ~7
        }
    }

    /// The block with the default ACL and the primary group, and the token's lock.
    private mutating func addDynamicPart(of token: ModelToken, to image: inout StructureImage) {
        let group = (model.groupLists[token.groups].dropFirst().first?.sid ?? .users).bytes
        let user = model.groupLists[token.groups][0].sid.bytes
        var bytes: [UInt8] = [2, 0]
        bytes.append(UInt64(8 + 8 + user.count), byteCount: 2)
        bytes.append(1, byteCount: 4)
        bytes += [0, 0]
        bytes.append(UInt64(8 + user.count), byteCount: 2)
        bytes.append(0x1000_0000, byteCount: 4)
        bytes += user
        bytes.append(0, byteCount: (8 - bytes.count % 8) % 8)
        let groupOffset = bytes.count
        bytes += group
        let block = takePaged(bytes.count, PoolTag.tokenDynamicPart)
        memory.store(bytes, at: block)
        image.set("DynamicPart", block)
        image.set("DefaultDacl", block)
        image.set("PrimaryGroup", block + UInt64(groupOffset))
        image.set("DynamicCharged", UInt64(bytes.count))
        image.set("TokenLock", takeNonPaged(0x68, PoolTag.tokenLock))
    }

    private mutating func addDiagnostic(of token: ModelToken, to image: inout StructureImage, maker: inout TraceMaker) {
        guard let shape = shapes.diagnostic, let creator = token.creator else {
            addresses.traces.append(nil)
            return
        }
        let trace = maker.trace(
            of: creator.path, callers: callers(in: creator.process), generator: &generator,
            poolBase: plan.pagedPoolBase)
        let process = model.processes[creator.process]
        var entry = shape.blank()
        entry.set("ProcessCid", UInt64(process.id))
        entry.set("ThreadCid", UInt64(creator.thread))
        entry.setBytes("ImageFileName", Array(process.imageFileName.utf8))
        entry.set("CreateMethod", UInt64(creator.method.rawValue))
        var words: [UInt8] = []
        for word in trace.words { words.append(word, byteCount: 8) }
        entry.setBytes("CreateTrace", words)
        entry.set("CaptureCount", UInt64(UInt32(bitPattern: token.captureCount)))
        let block = takePaged(shape.byteCount, PoolTag.diagnostic)
        memory.store(entry.bytes, at: block)
        image.set("DiagnosticInfo", block)
        addresses.traces.append(trace)
    }

    private mutating func addPackage(of token: ModelToken, to image: inout StructureImage) {
        guard let package = token.package else { return }
        let bytes = package.bytes
        let block = takePaged(bytes.count, PoolTag.tokenDynamicPart)
        memory.store(bytes, at: block)
        image.set("Package", block)
    }

    private func spoil(_ image: inout StructureImage, _ token: ModelToken) {
        switch token.damage {
        case .groupCount: image.set("UserAndGroupCount", 0xFFFF_FFF0)
        case .groupsPointer: image.set("UserAndGroups", 0xFFFF_1234_5678_9ABC)
        case .diagnosticPointer: image.set("DiagnosticInfo", 0x4141_4141_4141_4141)
        case .sessionPointer: image.set("LogonSession", 0xFFFF_8000_DEAD_BEE0)
        case .pagedOut, .notInDump, nil: break
        }
    }

    private mutating func lose(_ token: ModelToken, at body: UInt64) {
        switch token.damage {
        case .pagedOut:
            memory.setMapping(.pagedOut, at: body)
            addresses.losses.append(.init(what: "token", address: body, why: "paged out"))
        case .notInDump:
            memory.setMapping(.notInDump, at: body)
            addresses.losses.append(.init(what: "token", address: body, why: "page not in dump"))
        default: break
        }
    }
}
