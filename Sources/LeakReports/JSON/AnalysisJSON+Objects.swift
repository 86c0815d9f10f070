import BinaryReading
import KernelObjects
import LeakAnalysis

extension AnalysisJSON {
    func write(_ session: SessionAnalysis, to writer: inout JSONWriter) {
        writer.object { writeFields(of: session, to: &$0) }
    }

    private func writeFields(of session: SessionAnalysis, to writer: inout JSONWriter) {
        let read = snapshot.logonSessions[session.session]
        writer.luid("luid", read.luid)
        writer.address("address", read.address)
        writer.field("account", read.accountName.nonEmpty)
        writer.field("authority", read.authorityName.nonEmpty)
        writer.field("sid", session.user?.description)
        writer.field("kind", session.kind.rawValue)
        writer.field("state", session.state.rawValue)
        writer.field("confidence", session.confidence.word)
        writer.array("pastLife", session.pastLife) { write($1, to: &$0) }
        writer.field("referenceCount", read.referenceCount)
        writer.hex("flags", read.flags.rawValue)
        writer.field("tokenList", read.tokenListState.word)
        writer.luid("buddy", read.buddy)
        writer.address("silo", read.serverSilo)
        writer.address("cachedToken", read.cachedToken)
        writer.addresses("tokens", session.tokens.map { snapshot.tokens[$0].address })
        writer.addresses("referencingTokens", referencingAddresses(of: session))
        writer.object("accounting") { writer in
            writer.field("expected", session.account.expected)
            writer.field("found", session.account.found)
            writer.field("unexplained", session.account.unexplained)
        }
        writer.array("terminalSessions", session.terminalSessions) { $0.number($1) }
        writer.object("age") { writeAge(session.made, to: &$0) }
        writer.object("foundBy") { writer in
            switch read.origin {
            case .chain(let bucket):
                writer.field("source", "chain")
                writer.field("bucket", bucket)
            case .tokenPointer:
                writer.field("source", "tokenPointer")
                writer.field("bucket", Int?.none)
            case .poolScan:
                writer.field("source", "poolScan")
                writer.field("bucket", Int?.none)
            }
        }
    }

    private func referencingAddresses(of session: SessionAnalysis) -> [VirtualAddress] {
        let readable = session.referencingTokens.map { snapshot.tokens[$0].address }
        return session.unreadableTokens.isEmpty ? readable : (readable + session.unreadableTokens).sorted()
    }

    private func write(_ evidence: PastLifeEvidence, to writer: inout JSONWriter) {
        var terminalSession: UInt32?
        var token: VirtualAddress?
        var luid: LUID?
        switch evidence {
        case .terminalSessionEnded(let id, let address): (terminalSession, token) = (id, address)
        case .desktopOfEndedTerminalSession(let id): terminalSession = id
        case .selfPinned(let cached): token = cached
        case .limitedHalfLeaked(let half): luid = half
        case .logoffDeclared, .noRunningProcess: break
        }
        writer.object { writer in
            writer.field("rule", evidence.identifier)
            writer.field("terminalSession", terminalSession)
            writer.address("token", token)
            writer.luid("luid", luid)
        }
    }

    /// When something was made, bracketed, and how old that makes it at the capture.
    private func writeAge(_ bracket: TimeBracket, to writer: inout JSONWriter) {
        let age = snapshot.dump.captured.map { bracket.age(at: $0) }
        writer.time("notBefore", bracket.notBefore)
        writer.time("notAfter", bracket.notAfter)
        writer.field("minimumSeconds", age?.minimum)
        writer.field("maximumSeconds", age?.maximum)
        writer.field("approximate", true)
    }

    func write(_ terminal: TerminalSessionAnalysis, to writer: inout JSONWriter) {
        writer.object { writeFields(of: terminal, to: &$0) }
    }

    private func writeFields(of terminal: TerminalSessionAnalysis, to writer: inout JSONWriter) {
        writer.field("id", terminal.id)
        writer.field("state", terminal.state.rawValue)
        writer.address("sessionObject", terminal.sessionObject)
        writer.field("processes", terminal.runningProcesses)
        writer.field("tokens", terminal.tokens.count)
        writer.strings("holders", terminal.state == .leaked ? terminal.holders.map(analysis.label(of:)) : [])
        writer.key("leakedSince")
        if let since = terminal.leakedSince {
            writer.object { writeAge(since, to: &$0) }
        } else {
            writer.null()
        }
    }

    func write(_ token: TokenAnalysis, to writer: inout JSONWriter) {
        writer.object { writeFields(of: token, to: &$0) }
    }

    private func writeFields(of token: TokenAnalysis, to writer: inout JSONWriter) {
        let read = snapshot.tokens[token.token]
        writer.address("address", read.address)
        writer.luid("tokenId", read.tokenID)
        writer.luid("luid", read.authenticationID)
        writer.field("type", read.kind.word)
        writer.field("level", read.impersonationLevel)
        writer.field("terminalSession", read.terminalSessionID)
        writer.hex("flags", read.flags)
        writeUser(read.user, to: &writer)
        writer.repeated("groups", .groups(BufferIdentity(read.groups))) { writer in
            writer.array(read.groups) { write($1, to: &$0) }
        }
        writer.key("creator")
        if let creation = read.creation {
            writer.object { write(creation, isRunning: token.creatorIsRunning, to: &$0) }
        } else {
            writer.null()
        }
        writer.array("pins", token.pins) { write($1, to: &$0) }
        writer.strings("foundBy", read.sources.words)
        writer.field("pointerCount", read.pointerCount)
        writer.field("handleCount", read.handleCount)
        writer.field("kernelReferences", token.kernelReferences)
    }

    private func writeUser(_ user: SID?, to writer: inout JSONWriter) {
        func write(to writer: inout JSONWriter) {
            writer.object { writer in
                writer.field("sid", user?.description)
                writer.field("name", user.flatMap(analysis.name(of:)))
            }
        }
        guard let user else {
            writer.key("user")
            return write(to: &writer)
        }
        writer.repeated("user", .user(user), write)
    }

    private func write(_ group: Token.Group, to writer: inout JSONWriter) {
        writer.object { writer in
            writer.field("sid", group.sid.description)
            writer.field("name", analysis.name(of: group.sid))
            writer.hex("attributes", group.attributes)
        }
    }

    private func write(_ creation: TokenCreation, isRunning: Bool?, to writer: inout JSONWriter) {
        writer.field("pid", creation.processID)
        writer.field("tid", creation.threadID)
        writer.field("image", creation.imageName)
        writer.field("method", creation.method.word)
        writer.field("stillRunning", isRunning)
        writer.array("stack", creation.trace) { writeFrame($1, to: &$0) }
    }

    private func write(_ pin: Pin, to writer: inout JSONWriter) {
        let process = pin.process.map { snapshot.processes[$0] }
        writer.object { writer in
            writer.field("kind", pin.kind.rawValue)
            writer.field("pid", process?.processID)
            writer.field("tid", pin.threadID)
            writer.field("image", process?.imageName)
            writer.hex("handle", pin.handle)
            writer.hex("access", pin.access)
            writer.field("kernelHandle", pin.isKernelHandle)
            writer.field("exited", pin.hasExited)
            writer.address("token", pin.token)
            writer.field("count", pin.count)
        }
    }

    func writeProcess(_ position: Int, to writer: inout JSONWriter) {
        writer.object { writeFields(ofProcess: position, to: &$0) }
    }

    private func writeFields(ofProcess position: Int, to writer: inout JSONWriter) {
        let process = snapshot.processes[position]
        writer.field("pid", process.processID)
        writer.address("address", process.address)
        writer.field("image", process.imageName)
        writer.field("exited", process.hasExited)
        writer.time("created", process.created)
        writer.time("exitedAt", process.exitedAt)
        writer.field("parent", process.parentProcessID)
        writer.field("terminalSession", process.terminalSessionID)
        writer.address("token", process.primaryToken)
        writer.strings("services", process.services)
        writer.field("handleCount", process.handleCount)
        writer.array("heldBy", analysis.processPins[position]) { write($1, to: &$0) }
    }
}

extension String? {
    /// nil for the empty string, which stands for "none" in a dump.
    var nonEmpty: String? { self?.isEmpty == true ? nil : self }
}

extension LogonSession.TokenListState {
    /// The word for it.
    var word: String {
        switch self {
        case .uninitialized: "uninitialized"
        case .empty: "empty"
        case .populated: "populated"
        }
    }
}
