import BinaryReading
import KernelObjects

/// What is known of sessions, tokens and processes.
extension ExplanationBuilder {
    func facts(ofSession position: Int) -> [Fact] {
        let session = analysis.sessions[position]
        let read = snapshot.logonSessions[position]
        let reasons = session.pastLife.map(\.text)
        let holders = session.holders.map(analysis.label(of:))
        return [
            Fact("luid", .hex(read.luid.rawValue)), Fact("address", .hex(read.address.rawValue)),
            Fact("account", .text(accountText(ofSession: position))), Fact("kind", .text(session.kind.rawValue)),
            Fact("state", .text(session.state.rawValue)), Fact("confidence", .text("\(session.confidence)")),
            Fact(
                "pastLife", .list(reasons), reasons.isEmpty ? [] : ["past its life: " + reasons.joined(separator: "; ")]
            ),
            Fact("referenceCount", .number(read.referenceCount), [text(of: session.account)]),
            Fact("found", .number(session.account.found)), Fact("unexplained", .number(session.account.unexplained)),
            Fact("flags", .hex(UInt64(read.flags.rawValue)), [placeText(ofSession: position)]),
            Fact("buddy", .init(hex: read.buddy?.rawValue)), Fact("silo", .init(hex: read.serverSilo?.rawValue)),
            Fact("terminalSessions", .list(session.terminalSessions.map { String($0) })),
            Fact("notBefore", .init(session.made.notBefore?.description)),
            Fact("notAfter", .init(session.made.notAfter?.description), ageLines(session.made)),
            Fact(
                "holders", .list(holders),
                ["holders: " + (holders.isEmpty ? "none found" : holders.joined(separator: ", "))]),
        ]
    }

    private func text(of account: SessionAccount) -> String {
        var parts = [account.tokens.counted("token")]
        if account.limitedHalf > 0 { parts.append("the limited half") }
        if account.siloGlobals > 0 { parts.append("the container's globals") }
        if account.convention != 0 { parts.append("\(account.convention) by this kernel's convention") }
        return "ReferenceCount \(account.expected), found \(account.found) (\(parts.joined(separator: ", "))), "
            + "unexplained \(account.unexplained)"
    }

    private func placeText(ofSession position: Int) -> String {
        let session = analysis.sessions[position]
        let read = snapshot.logonSessions[position]
        var parts = ["address \(read.address.debuggerText)", "flags \(read.flags.rawValue.hexText)"]
        if read.flags.contains(.fullHalf) { parts.append("full half of a UAC pair") }
        if read.flags.contains(.limitedHalf) { parts.append("limited half of a UAC pair") }
        if let buddy = read.buddy { parts.append("other half \(buddy)") }
        let terminals = session.terminalSessions.map { String($0) }.joined(separator: ", ")
        if !terminals.isEmpty { parts.append("terminal sessions \(terminals)") }
        return parts.joined(separator: ", ")
    }

    private func ageLines(_ made: TimeBracket) -> [String] {
        var text = "made"
        if let notBefore = made.notBefore { text += " after \(notBefore.minuteText)" }
        if let notAfter = made.notAfter {
            text += (made.notBefore == nil ? "" : " and") + " before \(notAfter.minuteText)"
        }
        guard text != "made" else { return [] }
        if let captured = snapshot.dump.captured, let oldest = made.age(at: captured).maximum {
            let youngest = made.age(at: captured).minimum ?? 0
            text +=
                youngest > 0
                ? ", \(youngest.durationText) to \(oldest.durationText) old" : ", at most \(oldest.durationText) old"
        }
        return [text + " (approximate)"]
    }

    func facts(ofToken position: Int) -> [Fact] {
        let token = snapshot.tokens[position]
        let holders = analysis.tokens[position].holders.map(analysis.label(of:))
        return facts(ofKeptToken: position) + [
            Fact("flags", .hex(UInt64(token.flags)), [userText(of: token)]),
            Fact(
                "linkedToken", .init(hex: token.trustLinkedToken?.rawValue),
                token.trustLinkedToken.map { ["it keeps token \($0.debuggerText) by its trust link"] } ?? []),
        ] + counters(ofToken: position) + creator(ofToken: position) + [
            Fact("holders", .list(holders), holders.isEmpty ? [] : ["holders: " + holders.joined(separator: ", ")])
        ]
    }

    /// The identity of a token, where it is not followed further.
    func facts(ofKeptToken position: Int) -> [Fact] {
        let token = snapshot.tokens[position]
        let session = analysis.tokens[position].session
        return [
            Fact("address", .hex(token.address.rawValue)), Fact("tokenId", .hex(token.tokenID.rawValue)),
            Fact("luid", .hex(token.authenticationID.rawValue)), Fact("type", .text(token.kind.word)),
            Fact("user", .init(token.user?.description)),
            Fact("userName", .init(token.user.flatMap(analysis.name(of:)))),
            Fact("terminalSession", .number(Int64(token.terminalSessionID))),
            Fact("countsInSession", .flag(token.isReferencingSession)),
            Fact("sessionState", .init(session.map { analysis.sessions[$0].state.rawValue })),
        ]
    }

    private func userText(of token: Token) -> String {
        let user = token.user.map { analysis.name(of: $0) ?? $0.description } ?? "user not readable"
        return "\(user), terminal session \(token.terminalSessionID), flags \(token.flags.hexText)"
            + (token.isReferencingSession ? "" : " (0x20: does not count in its session)")
    }

    private func counters(ofToken position: Int) -> [Fact] {
        let token = snapshot.tokens[position]
        let pins = analysis.tokens[position].pins
        return counters(
            pointers: token.pointerCount, handles: token.handleCount,
            kernel: analysis.tokens[position].kernelReferences,
            found: pins.filter { $0.kind != .kernelReferences }.reduce(0) { $0 &+ $1.pointerReferences },
            handlesFound: Int64(pins.count { $0.kind == .handle }))
    }

    private func counters(pointers: Int64?, handles: Int64?, kernel: Int64?, found: Int64, handlesFound: Int64)
        -> [Fact]
    {
        let pointerText = pointers.map { String($0) } ?? "not readable"
        let rest = kernel.map { "unexplained \($0)" } ?? "the rest is not known"
        let handleText = handles.map { String($0) } ?? "not readable"
        return [
            Fact(
                "pointerCount", .init(pointers),
                [
                    "PointerCount \(pointerText), found \(found), \(rest); HandleCount \(handleText), found \(handlesFound)"
                ]),
            Fact("pointersFound", .number(found)), Fact("kernelReferences", .init(kernel)),
            Fact("handleCount", .init(handles)), Fact("handlesFound", .number(handlesFound)),
        ]
    }

    private func creator(ofToken position: Int) -> [Fact] {
        let creation = snapshot.tokens[position].creation
        let isRunning = analysis.tokens[position].creatorIsRunning
        let stack = creation.map { creation in
            creation.trace.map { address in
                let frame = snapshot.frame(at: address, of: creation.creator)
                let text = frame.module == nil ? address.debuggerText : frame.text
                return frame.isFromOtherProcess ? text + " (image of another process)" : text
            }
        }
        var lines: [String] = []
        if let creation {
            let life = isRunning.map { $0 ? ", still running" : ", gone" } ?? ""
            lines = [
                "made by \(creation.processID):\(creation.imageName) (\(creation.method.word)), thread \(creation.threadID)\(life)"
            ]
            lines += (stack ?? []).map { "    " + $0 }
        }
        return [
            Fact("creator", .init(creation.map { "\($0.processID):\($0.imageName)" }), lines),
            Fact("creatorThread", .init(creation.map { Int64(clamping: $0.threadID) })),
            Fact("method", .init(creation.map { $0.method.word })), Fact("creatorIsRunning", .init(isRunning)),
            Fact("stack", stack.map { .list($0) } ?? .none),
        ]
    }

    func facts(ofProcess position: Int) -> [Fact] {
        let process = snapshot.processes[position]
        let own = analysis.processPins[position].filter { $0.kind == .processHandle }
        guard process.hasExited else { return facts(ofKeptProcess: position) + holding(position) }
        let threads = threadsOfProcess[process.address]?.count ?? 0
        let found = own.reduce(Int64(threads)) { $0 &+ $1.pointerReferences }
        // Only where every handle was seen is the rest the kernel's.
        let isEveryHandleSeen = process.handleCount == Int64(own.count)
        let counters = counters(
            pointers: process.pointerCount, handles: process.handleCount,
            kernel: isEveryHandleSeen ? process.pointerCount.map { $0 &- found } : nil, found: found,
            handlesFound: Int64(own.count))
        return facts(ofKeptProcess: position) + counters + holding(position)
    }

    /// The identity of a process, where it is not followed further.
    func facts(ofKeptProcess position: Int) -> [Fact] {
        let process = snapshot.processes[position]
        let token = process.primaryToken.flatMap(analysis.tokenPosition(at:)).map { snapshot.tokens[$0] }
        let user = token?.user.map { analysis.name(of: $0) ?? $0.description }
        var line = "address \(process.address.debuggerText)"
        if let created = process.created { line += ", created \(created.minuteText)" }
        if let terminal = process.terminalSessionID { line += ", terminal session \(terminal)" }
        if let user { line += ", \(user)" }
        return [
            Fact("pid", .number(Int64(clamping: process.processID))), Fact("image", .text(process.imageName)),
            Fact("address", .hex(process.address.rawValue), [line]), Fact("exited", .flag(process.hasExited)),
            Fact("services", .list(process.services)),
            Fact("created", .init(process.created?.description)),
            Fact("exitedAt", .init(process.exitedAt?.description)),
            Fact("parent", .number(Int64(clamping: process.parentProcessID))),
            Fact("terminalSession", .init(process.terminalSessionID.map { Int64($0) })),
            Fact("primaryToken", .init(hex: process.primaryToken?.rawValue)), Fact("user", .init(user)),
        ]
    }

    /// What a process holds of leaks.
    private func holding(_ position: Int) -> [Fact] {
        let row = analysis.holders.first { $0.holder == .process(position) }
        let line = row.map {
            "holds \($0.leakedSessions.counted("leaked logon session")) (\($0.leakedSessionsAlone.groupedText) alone), "
                + "\($0.leakedTerminalSessions.counted("leaked terminal session")), \($0.tokens.counted("token")) of them"
        }
        return [
            Fact("leakedSessions", .number(Int64(row?.leakedSessions ?? 0)), line.map { [$0] } ?? []),
            Fact("leakedSessionsAlone", .number(Int64(row?.leakedSessionsAlone ?? 0))),
            Fact("leakedTerminalSessions", .number(Int64(row?.leakedTerminalSessions ?? 0))),
        ]
    }
}
