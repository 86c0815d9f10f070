import BinaryReading
import KernelObjects

/// What keeps an object, and what a process keeps.
extension ExplanationBuilder {
    /// Everything that a session's counter counts; for a root also the tokens that it does not count.
    func steps(toSession position: Int, isRoot: Bool) -> [Step] {
        let session = analysis.sessions[position]
        let order = { (left: Int, right: Int) in
            let tokens = snapshot.tokens
            return (tokens[left].tokenID, left) < (tokens[right].tokenID, right)
        }
        var steps = session.referencingTokens.sorted(by: order).map { Step.token($0, .references) }
        steps += session.unreadableTokens.map { .unreadableToken($0) }
        if session.account.limitedHalf > 0, let half = buddy(of: snapshot.logonSessions[position]) {
            steps.append(.session(half, .limitedHalf))
        }
        if session.account.siloGlobals > 0 {
            steps.append(
                .references(
                    .containerGlobals, "globals", "the globals of its container, for as long as that runs",
                    session.account.siloGlobals))
        }
        let unexplained = session.account.unexplained
        if unexplained > 0 {
            steps.append(
                .references(
                    .unexplained, "unexplained", "\(unexplained.counted("reference")) that no token found explains",
                    unexplained))
        }
        guard isRoot else { return steps }
        let counted = Set(session.referencingTokens)
        return steps + session.tokens.filter { !counted.contains($0) }.sorted(by: order).map { .token($0, .notCounted) }
    }

    /// The other half of a split pair, in the same container or on the host.
    func buddy(of session: LogonSession) -> Int? {
        guard let luid = session.buddy else { return nil }
        return analysis.sessionPositions(luid: luid).first {
            snapshot.logonSessions[$0].serverSilo == session.serverSilo
        }
    }

    /// The pins of a token, and the handles that it counts and nothing shows.
    func steps(toToken position: Int) -> [Step] {
        let token = analysis.tokens[position]
        var steps = token.pins.compactMap(step)
        let handles = Int64(token.pins.count { $0.kind == .handle })
        steps += hidden(counted: snapshot.tokens[position].handleCount, found: handles)
        return steps
    }

    private func step(_ pin: Pin) -> Step? {
        switch pin.kind {
        case .handle, .processHandle, .threadHandle: return .handle(pin)
        case .primaryToken: return pin.process.map { .process($0, .primaryToken) }
        case .impersonation:
            return pin.thread.flatMap(analysis.threadPosition(at:)).map { .thread($0, .impersonation) }
        case .sessionCache: return pin.session.map { .session($0, .sessionCache) }
        case .trustLink: return pin.token.flatMap(analysis.tokenPosition(at:)).map { .token($0, .trustLink) }
        case .kernelReferences:
            let count = pin.count ?? 0
            return .references(
                .kernelReferences, "kernel", "the kernel: \(count.counted("reference")) that nothing found explains",
                count)
        }
    }

    /// Handles that an object counts and no table that was read shows.
    private func hidden(counted: Int64?, found: Int64) -> [Step] {
        guard let counted, counted > found else { return [] }
        let missing = counted &- found
        return [
            .references(
                .handle, "hidden", "\(missing.counted("handle")) that no table shows that was read", missing)
        ]
    }

    /// Whatever holds the address of a token that cannot be read.
    func steps(toUnreadableToken address: VirtualAddress) -> [Step] {
        var steps: [Step] = []
        for table in snapshot.handleTables {
            for handle in table.handles where handle.object == address {
                var pin = Pin(
                    .handle, process: analysis.processPosition(at: table.process),
                    pointerReferences: Int64(handle.chargedReferences) + 1)
                pin.handle = table.value(of: handle)
                pin.access = handle.access
                pin.isKernelHandle = table.isKernelTable
                steps.append(.handle(pin))
            }
        }
        for (position, process) in snapshot.processes.enumerated() where process.primaryToken == address {
            steps.append(.process(position, .primaryToken))
        }
        for (position, thread) in snapshot.threads.enumerated()
        where thread.impersonationToken == address || thread.adjustedClientToken == address {
            steps.append(.thread(position, .impersonation))
        }
        return steps
    }

    /// What keeps a process's object. A running process needs no more than to run; its handles matter only where it is the question.
    func steps(toProcess position: Int, isRoot: Bool) -> [Step] {
        let process = snapshot.processes[position]
        let pins = analysis.processPins[position]
        guard process.hasExited else { return isRoot ? pins.compactMap(step) : [] }
        var steps = pins.filter { $0.kind == .processHandle }.compactMap(step)
        let handles = Int64(steps.count)
        steps += (threadsOfProcess[process.address] ?? []).map { .thread($0, .thread) }
        steps += hidden(counted: process.handleCount, found: handles)
        steps += pins.filter { $0.kind == .kernelReferences }.compactMap(step)
        if steps.isEmpty { steps = [Self.nobody] }
        return steps
    }

    /// What keeps a thread's object, once it has ended.
    func steps(toThread position: Int, link: Explanation.Link) -> [Step] {
        let thread = snapshot.threads[position]
        let process = analysis.processPosition(at: thread.process)
        let processHasExited = process.map { snapshot.processes[$0].hasExited } ?? false
        guard thread.hasExited || processHasExited else { return [] }
        let pins = process.map { analysis.processPins[$0] } ?? []
        let handles = pins.filter { $0.kind == .threadHandle && $0.thread == thread.address }.map { Step.handle($0) }
        // An undeleted thread always keeps its process; whether somebody keeps the thread decides whom to blame.
        return handles.isEmpty && link == .impersonation ? [Self.nobody] : handles
    }

    private static let nobody = Step.references(
        .kernelReferences, "kernel", "the kernel: no handle and no other holder was found", nil)

    /// The tokens and exited processes that a process keeps, those of leaked sessions first.
    func steps(keptBy position: Int) -> [Step] {
        var tokens: [(leaked: Bool, position: Int, pins: [Pin])] = []
        for token in analysis.tokens {
            let pins = token.pins.filter {
                $0.process == position && [.handle, .primaryToken, .impersonation].contains($0.kind)
            }
            guard !pins.isEmpty else { continue }
            let isLeaked = token.session.map { analysis.sessions[$0].state == .leaked } ?? false
            tokens.append((isLeaked, token.token, pins))
        }
        tokens.sort { left, right in
            if left.leaked != right.leaked { return left.leaked }
            let ids = (snapshot.tokens[left.position].tokenID, snapshot.tokens[right.position].tokenID)
            return (ids.0, left.position) < (ids.1, right.position)
        }
        var steps = tokens.map { Step.kept(token: $0.position, $0.pins) }
        for (other, pins) in analysis.processPins.enumerated() where snapshot.processes[other].hasExited {
            let own = pins.filter { $0.process == position && $0.handle != nil }
            if !own.isEmpty { steps.append(.keptProcess(other, own)) }
        }
        return steps
    }
}
