extension ForgedTruth {
    /// The truth as JSON, in the form of the truth files that dumps with known answers come with.
    ///
    /// - Parameter includingTokens: Whether tokens are listed one by one; a machine with very many is better only counted.
    public func json(includingTokens: Bool = true) -> String {
        var text = "{"
        func write(_ key: String, _ value: TruthValue) {
            TruthValue.text(key).write(into: &text)
            text += ":"
            value.write(into: &text)
            text += ","
        }
        // Arrays are written element by element: of a large machine they would fill memory as values.
        func write<Element>(_ key: String, _ elements: [Element], _ value: (Element) -> TruthValue) {
            TruthValue.text(key).write(into: &text)
            text += ":["
            for (index, element) in elements.enumerated() {
                if index > 0 { text += "," }
                value(element).write(into: &text)
            }
            text += "],"
        }
        write("dump", dump.value)
        write("scenario", .text(scenario.rawValue))
        write("seed", .number(Int64(clamping: seed)))
        write("counts", counts.value)
        write("logonSessions", logonSessions, \.value)
        write("tokens", includingTokens ? tokens : [], \.value)
        write("processes", processes, \.value)
        write("holders", holders, \.value)
        write("terminalHolders", terminalHolders, \.terminalValue)
        write("terminalSessions", terminalSessions, \.value)
        write("modules", modules, \.value)
        write("missing", missing, \.value)
        text += "\"verdict\":\"\(verdict)\"}\n"
        return text
    }
}

extension ForgedTruth.Counts {
    var value: TruthValue {
        .object([
            ("logonSessions", .count(logonSessions)), ("tokens", .count(tokens)), ("processes", .count(processes)),
            ("threads", .count(threads)), ("tokenHandles", .count(tokenHandles)),
            ("leakedSessions", .count(leakedSessions)), ("drivers", .count(drivers)),
        ])
    }
}

extension ForgedTruth.Module {
    var value: TruthValue {
        .object([("name", .text(name)), ("base", .address(base)), ("size", .number(Int64(byteCount)))])
    }
}

extension ForgedTruth.Loss {
    var value: TruthValue {
        .object([("what", .text(what)), ("address", .address(address)), ("why", .text(why))])
    }
}

extension ForgedTruth.Dump {
    var value: TruthValue {
        .object([
            ("format", .text("PAGEDU64")), ("dumpType", .number(Int64(type.rawValue))),
            ("dumpTypeName", .text(type.name)),
            ("build", .count(build)), ("version", .text(version)),
            (
                "pdb",
                .object([("name", .text(pdbName)), ("guid", .text(pdbGUID)), ("age", .number(Int64(pdbAge)))])
            ),
            ("kernelBase", .address(kernelBase)), ("dtb", .hex(directoryTableBase)), ("tracking", .bool(tracking)),
            ("trackable", .bool(trackable)), ("processors", .count(processors)), ("captured", .text(captured)),
            ("uptimeSeconds", .number(Int64(clamping: uptimeSeconds))), ("hasUserPages", .bool(type.hasUserPages)),
            ("bugCheck", .text("0x80")), ("la57", .bool(hasFiveLevels)),
            ("largeKernelPages", .bool(hasLargeKernelPages)), ("kdbgEncoded", .bool(isDebuggerDataEncoded)),
            ("invalidPteMask", .hex(invalidPTEMask)), ("buildLab", .text(buildLab)),
        ])
    }
}

extension ForgedTruth.LogonSession {
    var value: TruthValue {
        var members: [(String, TruthValue)] = [
            ("luid", .hex(luid)), ("address", .address(address)), ("account", .text(account)),
            ("authority", .text(authority)), ("kind", .text(kind.rawValue)), ("state", .text(state.rawValue)),
            ("referenceCount", .number(referenceCount)), ("flags", .hex(UInt64(flags))),
            ("tokenList", .text(tokenList)),
            ("buddy", buddy.map { .hex($0) } ?? .null), ("silo", .bool(isInSilo)),
            ("cachedToken", cachedToken.map { .address($0) } ?? .null), ("bucket", .count(bucket)),
            ("tokens", .array(tokens.map { .address($0) })),
            ("referencingTokens", .array(referencingTokens.map { .address($0) })), ("missing", .bool(isMissing)),
        ]
        if isSelfPinned { members.append(("selfPinned", .bool(true))) }
        if isOffChain { members.append(("offChain", .bool(true))) }
        if !damaged.isEmpty { members.append(("damaged", .array(damaged.map { .text($0) }))) }
        return .object(members)
    }
}

extension ForgedTruth.Token {
    var value: TruthValue {
        var members: [(String, TruthValue)] = [
            ("address", .address(address)), ("tokenId", .hex(tokenID)), ("luid", .hex(luid)),
            ("type", .text(isPrimary ? "primary" : "impersonation")), ("level", .number(Int64(level))),
            ("terminalSession", .number(Int64(terminalSession))), ("flags", .hex(UInt64(flags))), ("user", .text(user)),
            ("parentTokenId", .hex(parentTokenID)), ("modifiedId", .hex(modifiedID)),
            ("originatingLogonSession", .hex(originatingLogonSession)), ("elevation", .text(elevation)),
            ("groups", .count(groups)), ("pinsTerminalSession", .bool(pinsTerminalSession)),
            ("creator", creator?.value ?? .null), ("pins", .array(pins.map(\.value))), ("listed", .bool(isListed)),
            ("reachable", .array(reachable.map { .text($0) })), ("pointerCount", .number(pointerCount)),
            ("handleCount", .number(handleCount)),
        ]
        if unseenHandles > 0 { members.append(("unseenHandles", .count(unseenHandles))) }
        if isMissing { members.append(("missing", .bool(true))) }
        if let damaged { members.append(("damaged", .text(damaged))) }
        return .object(members)
    }
}

extension ForgedTruth.Creator {
    var value: TruthValue {
        var members: [(String, TruthValue)] = [
            ("pid", .number(Int64(processID))), ("tid", .number(Int64(threadID))), ("image", .text(image)),
            ("method", .text(method)),
            (
                "kernelFrames",
                .array(
                    kernelFrames.map { .object([("address", .address($0.address)), ("symbol", .text($0.symbol))]) })
            ),
            ("userFrames", .array(userFrames.map { .address($0.address) })),
            ("userModules", .array(userFrames.map(\.value))),
        ]
        if captureCount != 0 { members.append(("captureCount", .number(Int64(captureCount)))) }
        return .object(members)
    }
}

extension ForgedTruth.Creator.UserFrame {
    /// What is known beside the address; null where nothing is.
    var value: TruthValue {
        guard let module, let offset else { return .null }
        return .object([
            ("module", .text(module)), ("offset", .hex(offset)), ("symbol", symbol.map { .text($0) } ?? .null),
            ("fromOtherProcess", .bool(isFromOtherProcess)),
        ])
    }
}

extension ForgedTruth.Pin {
    var value: TruthValue {
        switch self {
        case .handle(let process, let handle, let access, let isKernel):
            var members: [(String, TruthValue)] = [
                ("kind", .text("handle")), ("pid", .number(Int64(process))), ("handle", .hex(handle)),
                ("access", .hex(UInt64(access))),
            ]
            if isKernel { members.append(("kernelHandle", .bool(true))) }
            return .object(members)
        case .primaryToken(let process, let exited):
            var members: [(String, TruthValue)] = [("kind", .text("primaryToken")), ("pid", .number(Int64(process)))]
            if exited { members.append(("exited", .bool(true))) }
            return .object(members)
        case .impersonation(let process, let thread, let exited):
            var members: [(String, TruthValue)] = [
                ("kind", .text("impersonation")), ("pid", .number(Int64(process))), ("tid", .number(Int64(thread))),
            ]
            if exited { members.append(("exited", .bool(true))) }
            return .object(members)
        case .sessionCache: return .object([("kind", .text("sessionCache"))])
        case .trustLink(let token): return .object([("kind", .text("trustLink")), ("token", .address(token))])
        case .kernelReferences(let count):
            return .object([("kind", .text("kernelReferences")), ("count", .count(count))])
        }
    }
}

extension ForgedTruth.Process {
    var value: TruthValue {
        var members: [(String, TruthValue)] = [
            ("pid", .number(Int64(processID))), ("address", .address(address)), ("image", .text(image)),
            ("imageFileName", .text(imageFileName)), ("exited", .bool(exited)),
            ("terminalSession", .number(Int64(terminalSession))), ("token", .address(token)),
            ("parent", .number(Int64(parent))), ("created", .text(created)), ("threads", .count(threads)),
            ("handles", .count(handles)), ("heldBy", .array(heldBy.map(\.value))),
        ]
        if let serviceGroup { members.append(("serviceGroup", .text(serviceGroup))) }
        if !services.isEmpty { members.append(("services", .array(services.map { .text($0) }))) }
        return .object(members)
    }
}

extension ForgedTruth.ProcessPin {
    var value: TruthValue {
        switch self {
        case .processHandle(let process, let handle):
            .object([("kind", .text("processHandle")), ("pid", .number(Int64(process))), ("handle", .hex(handle))])
        case .threadHandle(let process, let handle, let thread):
            .object([
                ("kind", .text("threadHandle")), ("pid", .number(Int64(process))), ("handle", .hex(handle)),
                ("tid", .number(Int64(thread))),
            ])
        case .kernelReferences(let count): .object([("kind", .text("kernelReferences")), ("count", .count(count))])
        }
    }
}

extension ForgedTruth.Holder {
    var value: TruthValue {
        .object([
            ("holder", .text(holder)), ("leakedSessions", .count(leakedSessions)),
            ("leakedSessionsAlone", .count(leakedSessionsAlone)), ("tokens", .count(tokens)),
        ])
    }

    /// As a holder of ended terminal sessions.
    var terminalValue: TruthValue {
        .object([("holder", .text(holder)), ("leakedTerminalSessions", .count(leakedSessions))])
    }
}

extension ForgedTruth.TerminalSession {
    var value: TruthValue {
        guard !isLive else { return .object([("id", .number(Int64(id))), ("state", .text("live"))]) }
        return .object([
            ("id", .number(Int64(id))), ("state", .text("leaked")), ("pinnedByTokens", .count(pinnedByTokens)),
            ("pinnedByExitedProcesses", .count(pinnedByExitedProcesses)),
        ])
    }
}
