import BinaryReading

/// A JSON value with its keys in order.
indirect enum TruthValue {
    case object([(String, TruthValue)])
    case array([TruthValue])
    case text(String)
    case number(Int64)
    case bool(Bool)
    case null

    /// Hex text without padding.
    static func hex(_ value: UInt64) -> Self { .text(value.hexText) }

    /// An address: `0x` and 16 digits.
    static func address(_ value: UInt64) -> Self { .text("0x" + value.paddedHexDigits(16)) }

    /// A count.
    static func count(_ value: Int) -> Self { .number(Int64(value)) }

    /// Adds the value's text.
    func write(into text: inout String) {
        switch self {
        case .object(let members):
            text += "{"
            for (index, member) in members.enumerated() {
                if index > 0 { text += "," }
                TruthValue.text(member.0).write(into: &text)
                text += ":"
                member.1.write(into: &text)
            }
            text += "}"
        case .array(let elements):
            text += "["
            for (index, element) in elements.enumerated() {
                if index > 0 { text += "," }
                element.write(into: &text)
            }
            text += "]"
        case .text(let value): Self.writeText(value, into: &text)
        case .number(let value): text += String(value)
        case .bool(let value): text += value ? "true" : "false"
        case .null: text += "null"
        }
    }

    private static func writeText(_ value: String, into text: inout String) {
        text += "\""
        for scalar in value.unicodeScalars {
            switch scalar {
            case "\"": text += "\\\""
            case "\\": text += "\\\\"
            case _ where scalar.value < 0x20: text += "\\u" + UInt32(scalar.value).paddedHexDigits(4)
            default: text.unicodeScalars.append(scalar)
            }
        }
        text += "\""
    }
}

extension ForgedTruth {
    /// The truth as JSON, in the form of the truth files that dumps with known answers come with.
    ///
    /// - Parameter includingTokens: Whether tokens are listed one by one; a machine with very many is better only counted.
    public func json(includingTokens: Bool = true) -> String {
        let value: TruthValue = .object([
            ("dump", dump.value), ("scenario", .text(scenario.rawValue)), ("seed", .number(Int64(clamping: seed))),
            (
                "counts",
                .object([
                    ("logonSessions", .count(counts.logonSessions)), ("tokens", .count(counts.tokens)),
                    ("processes", .count(counts.processes)), ("threads", .count(counts.threads)),
                    ("tokenHandles", .count(counts.tokenHandles)), ("leakedSessions", .count(counts.leakedSessions)),
                    ("drivers", .count(counts.drivers)),
                ])
            ),
            ("logonSessions", .array(logonSessions.map(\.value))),
            ("tokens", .array(includingTokens ? tokens.map(\.value) : [])),
            ("processes", .array(processes.map(\.value))), ("holders", .array(holders.map(\.value))),
            (
                "terminalHolders",
                .array(
                    terminalHolders.map {
                        .object([("holder", .text($0.holder)), ("leakedTerminalSessions", .count($0.leakedSessions))])
                    })
            ),
            ("terminalSessions", .array(terminalSessions.map(\.value))),
            (
                "modules",
                .array(
                    modules.map {
                        .object([
                            ("name", .text($0.name)), ("base", .address($0.base)),
                            ("size", .number(Int64($0.byteCount))),
                        ])
                    })
            ),
            (
                "missing",
                .array(
                    missing.map {
                        .object([("what", .text($0.what)), ("address", .address($0.address)), ("why", .text($0.why))])
                    })
            ),
            ("verdict", .text(verdict)),
        ])
        var text = ""
        value.write(into: &text)
        return text + "\n"
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
            ("buddy", buddy.map { .hex($0) } ?? .null), ("silo", .bool(false)),
            ("cachedToken", cachedToken.map { .address($0) } ?? .null), ("bucket", .count(bucket)),
            ("tokens", .array(tokens.map { .address($0) })),
            ("referencingTokens", .array(referencingTokens.map { .address($0) })), ("missing", .bool(isMissing)),
        ]
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
            ("userFrames", .array(userFrames.map { .address($0) })),
        ]
        if captureCount != 0 { members.append(("captureCount", .number(Int64(captureCount)))) }
        return .object(members)
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
