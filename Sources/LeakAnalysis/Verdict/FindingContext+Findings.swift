import BinaryReading
import KernelObjects

extension FindingContext {
    /// Most findings that name single holders; the rest stands in the list of holders.
    private static let maximumHolders = 20

    /// All findings, what matters most first.
    func findings() -> [Finding] {
        let all =
            holders.filter { $0.leakedSessions > 0 }.prefix(Self.maximumHolders).map(leakedSessions(by:))
            + [unattributed(), leakedTerminalSessions(), selfPinned(), zombies()].compactMap { $0 }
            + hoards.prefix(Self.maximumHolders).map { hoard($0.owner, $0.handles) }
            + [kernelReferences(), trackingOff(), openAccounts(), damage()].compactMap { $0 }
        return all.enumerated().sorted { left, right in
            left.element.severity != right.element.severity
                ? left.element.severity > right.element.severity : left.offset < right.offset
        }.map(\.element)
    }

    private func leakedSessions(by holder: HolderAnalysis) -> Finding {
        let held = leaks.filter { $0.holders.contains(holder.holder) }
        let accounts = Set(held.compactMap { index.snapshot.logonSessions[$0.session].qualifiedName })
        let handles = holder.handles.flatMap { $0 > 0 ? " by \($0.counted("handle"))" : nil } ?? ""
        let verb = holder.holder == .itself ? "hold" : "holds"
        let alone =
            switch holder.leakedSessionsAlone {
            case holder.leakedSessions: "Nobody else holds \(held.count == 1 ? "it" : "them")."
            case 0: "Others hold \(held.count == 1 ? "it" : "each of them") too."
            default: "\(holder.leakedSessionsAlone.groupedText) of them are held by nobody else."
            }
        return Finding(
            rule: .leakedSessions, severity: .critical, confidence: held.map(\.confidence).max() ?? .possible,
            headline:
                "\(name(holder.holder)) \(verb) \(holder.leakedSessions.counted("leaked logon session"))\(handles).",
            detail: "\(alone) The sessions belong to \(accounts.count.counted("account")) and are kept by "
                + "\(holder.tokens.counted("token")) in all.",
            evidence: held.prefix(Finding.maximumEvidence).map(evidence(ofSession:)),
            advice: advice(for: holder.holder))
    }

    private func evidence(ofSession session: SessionAnalysis) -> Finding.Evidence {
        let read = index.snapshot.logonSessions[session.session]
        let reasons = session.pastLife.map(\.text).joined(separator: ", ")
        return Finding.Evidence(
            read.address, "_SEP_LOGON_SESSION_REFERENCES.ReferenceCount",
            "\(read.referenceCount) in session \(read.luid): \(reasons)")
    }

    private func advice(for holder: Holder) -> String {
        switch (holder, index.action(for: holder)) {
        case (_, .stopProcess):
            return "Stop or restart \(name(holder)), then have its maker close the tokens that it opens."
        case (.process, _):
            return
                "Windows does not survive the end of \(name(holder)): plan a restart. See who created the tokens, and "
                + "which package or client asks that process for them."
        case (.kernel, _):
            return "No process can let go. See which drivers stand in the creation stacks, update them, then restart."
        case (.itself, _):
            return
                "No process is to blame: a restart frees the sessions. Report it to Microsoft with the evidence above."
        default:
            return !index.handlesWereRead
                ? "Handles keep these tokens, and handle tables were not read. The creators below say where to look first."
                : "The holder's handle table is not in this dump. Capture a complete dump, or one with kernel pages."
        }
    }

    private func unattributed() -> Finding? {
        let orphans = leaks.filter(\.holders.isEmpty)
        guard !orphans.isEmpty else { return nil }
        return Finding(
            rule: .unattributedSessions, severity: .critical,
            confidence: orphans.map(\.confidence).max() ?? .possible,
            headline: "Of \(orphans.count.counted("leaked logon session")) no holder was found.",
            detail:
                "Their counters say that something references them, but no token that does was found in what was read.",
            evidence: orphans.prefix(Finding.maximumEvidence).map(evidence(ofSession:)),
            advice: !index.handlesWereRead
                ? "Handle tables were not read: they show who holds these sessions. Leak tracking would list their tokens."
                : "Look at what was not read (coverage). With leak tracking on, a later dump lists every token.")
    }

    private func leakedTerminalSessions() -> Finding? {
        let leaked = leakedTerminals
        guard let confidence = leaked.map(\.confidence).max() else { return nil }
        let ranked = holders.filter { $0.leakedTerminalSessions > 0 }
            .sorted { $0.leakedTerminalSessions > $1.leakedTerminalSessions }
        let named = ranked.prefix(3).map { "\(name($0.holder)) (\($0.leakedTerminalSessions.groupedText))" }
        return Finding(
            rule: .leakedTerminalSessions, severity: .critical, confidence: confidence,
            headline: "\(leaked.count.counted("terminal session")) ended but cannot be used again.",
            detail: "Tokens or exited processes keep them, so that new sessions get ever higher ids."
                + (named.isEmpty ? "" : " Held by " + named.joined(separator: ", ") + "."),
            evidence: leaked.prefix(Finding.maximumEvidence).map { terminal in
                Finding.Evidence(
                    terminal.sessionObject, "_TOKEN.SessionObject",
                    "terminal session \(terminal.id): \(terminal.tokens.count.counted("token")), "
                        + "\(terminal.exitedProcesses.count.counted("exited process", "exited processes")), no running process"
                )
            },
            advice: ranked.first.map { advice(for: $0.holder) } ?? "Find who holds the tokens of these sessions.")
    }

    private func selfPinned() -> Finding? {
        let pinned = leaks.filter { session in
            session.pastLife.contains { if case .selfPinned = $0 { true } else { false } }
        }
        guard !pinned.isEmpty else { return nil }
        return Finding(
            rule: .selfPinnedSessions, severity: .critical, confidence: .certain,
            headline: "\(pinned.count.counted("logon session")) "
                + (pinned.count == 1 ? "keeps itself alive by its" : "keep themselves alive by their")
                + " own cached token.",
            detail:
                "The token that the kernel caches in a session should not count in it (TokenFlags 0x20), but here it does.",
            evidence: pinned.prefix(Finding.maximumEvidence).map { session in
                let read = index.snapshot.logonSessions[session.session]
                let flags = read.cachedToken.flatMap { index.tokenAt[$0] }.map { index.snapshot.tokens[$0].flags } ?? 0
                return Finding.Evidence(
                    read.cachedToken, "_TOKEN.TokenFlags",
                    "\(flags.hexText) in the cached token of session \(read.luid)")
            },
            advice: "This is a defect of Windows, not of a program: install current updates, then restart.")
    }

    private func zombies() -> Finding? {
        let exited = index.snapshot.processes.indices.filter { index.snapshot.processes[$0].hasExited }
        guard !exited.isEmpty else { return nil }
        var counts: [Holder: Int] = [:]
        for process in exited {
            for holder in Set(processPins.holdersOfExited[process] ?? []) { counts[holder, default: 0] += 1 }
        }
        let named = counts.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.prefix(3)
            .map { "\(name($0.key)) (\($0.value.groupedText))" }
        let tokens = Set(exited.compactMap { index.snapshot.processes[$0].primaryToken })
        return Finding(
            rule: .zombies, severity: .warning, confidence: .certain,
            headline: "\(exited.count.counted("process", "processes")) exited, but their objects are kept.",
            detail:
                "Each keeps its primary token (\(tokens.count.counted("token")) in all), and through it a logon session. "
                + "Held by " + named.joined(separator: ", ") + ".",
            evidence: exited.prefix(Finding.maximumEvidence).map { position in
                let process = index.snapshot.processes[position]
                return Finding.Evidence(
                    process.address, "_EPROCESS.ExitTime",
                    "\(process.exitedAt?.description ?? "set") (\(process.processID):\(process.imageName))")
            },
            advice: "Find who keeps handles to these processes or to their threads, and restart it.")
    }

    private func hoard(_ owner: Holder, _ handles: Int) -> Finding {
        Finding(
            rule: .tokenHoard, severity: .warning, confidence: .certain,
            headline: "\(name(owner)) has \(handles.counted("token handle")).",
            detail:
                "A process needs a few dozen at most. Each handle costs pool, and keeps a session once its user is gone.",
            evidence: [],
            advice: advice(for: owner))
    }

    private func kernelReferences() -> Finding? {
        let held = tokens.filter { token in
            token.holders.contains(.kernel) && token.session.map { sessions[$0].isLeakOfItsOwn } == true
        }
        guard !held.isEmpty else { return nil }
        return Finding(
            rule: .kernelReferences, severity: .critical, confidence: .likely,
            headline:
                "\(held.count.counted("token")) of leaked sessions \(held.count == 1 ? "is" : "are") held by the kernel.",
            detail: "Kernel code, most often a driver, holds a kernel handle or a reference that no table explains.",
            evidence: held.prefix(Finding.maximumEvidence).map { token in
                let read = index.snapshot.tokens[token.token]
                return Finding.Evidence(
                    read.address, "_OBJECT_HEADER.PointerCount",
                    "\(read.pointerCount.map { String($0) } ?? "?") of token \(read.tokenID): \(kernelPin(of: token))")
            },
            advice: advice(for: .kernel))
    }

    /// How the kernel holds a token.
    private func kernelPin(of token: TokenAnalysis) -> String {
        if let references = token.kernelReferences, references > 0 {
            return references.counted("reference") + " that nothing found explains"
        }
        if token.pins.contains(where: { $0.isKernelHandle == true }) { return "a kernel handle" }
        return "through an exited process or thread, or a linked token, that the kernel keeps"
    }

    private func trackingOff() -> Finding? {
        let tracking = index.snapshot.tracking
        guard tracking.isEnabled != true else { return nil }
        guard tracking.isSupported else {
            return Finding(
                rule: .trackingOff, severity: .notice, confidence: .certain,
                headline: "This kernel (build \(index.snapshot.dump.build)) cannot record who creates tokens.",
                detail: "Leak tracking came with build 14393; holders, sessions and counts are known without it.",
                evidence: [], advice: "Setting SeTokenLeakDiag has no effect on this version: work from the holders.")
        }
        let isKnown = tracking.isEnabled != nil
        return Finding(
            rule: .trackingOff, severity: .notice, confidence: isKnown ? .certain : .possible,
            headline: isKnown
                ? "Leak tracking was off: nobody recorded who created the tokens."
                : "Whether leak tracking was on could not be read.",
            detail: "Holders, sessions, ages and counts are known without it; creators and their stacks are not.",
            evidence: [Finding.Evidence(nil, "nt!SeTokenLeakTracking", isKnown ? "0" : "not readable")],
            advice: "If the creator must be known: set the DWORD SeTokenLeakDiag to 1 under "
                + "HKLM\\SYSTEM\\CurrentControlSet\\Control\\Session Manager\\Kernel, restart, wait for the leak, and capture again."
        )
    }

    private func openAccounts() -> Finding? {
        let open = sessions.filter { !$0.account.isClosed }
        let objects = tokenObjects.unexplained ?? 0
        guard !open.isEmpty || objects != 0 else { return nil }
        let short = open.reduce(Int64(0)) {
            $0.addingReportingOverflow(Swift.max($1.account.unexplained, 0)).partialValue
        }
        var parts: [String] = []
        if !open.isEmpty {
            parts.append(
                "The counters of \(open.count.counted("session")) leave \(short.counted("reference")) that no token "
                    + "found explains.")
        }
        if objects > 0 { parts.append("The kernel counts \(objects.counted("token object")) more than were found.") }
        if objects < 0 {
            parts.append("More token objects were found (\((-objects).groupedText)) than the kernel counts.")
        }
        return Finding(
            rule: .openAccounts, severity: .notice, confidence: convention.isVerified ? .certain : .likely,
            headline: "Some counters do not add up with what was found.",
            detail: parts.joined(separator: " "),
            evidence: open.prefix(Finding.maximumEvidence).map { session in
                let read = index.snapshot.logonSessions[session.session]
                return Finding.Evidence(
                    read.address, "_SEP_LOGON_SESSION_REFERENCES.ReferenceCount",
                    "\(session.account.expected), found \(session.account.found) (session \(read.luid))")
            },
            advice: "Tokens that only handles or drivers keep, or that were paged out, are not seen by every source: "
                + "compare with what was read (coverage).")
    }

    private func damage() -> Finding? {
        let gaps = index.snapshot.gaps
        guard !gaps.isEmpty else { return nil }
        return Finding(
            rule: .damage, severity: .warning, confidence: .certain,
            headline: "\(gaps.count.counted("part")) of the dump could not be read.",
            detail: "The gaps say what, where, why, and which answer each one limits.",
            evidence: gaps.prefix(Finding.maximumEvidence).map { Finding.Evidence($0.address, $0.what, $0.why) },
            advice: "If the answer is not enough: capture a complete dump, on a quiet machine.")
    }
}
