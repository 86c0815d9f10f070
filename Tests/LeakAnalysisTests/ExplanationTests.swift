import BinaryReading
import KernelObjects
import LeakAnalysis
import LeakTestSupport
import Testing

/// Every kind of chain from a session to whoever must let go.
@Suite("Explanations") struct ExplanationTests {
    private static let luid: UInt64 = 0x5000
    private let token = SnapshotBuilder.tokenAddress(0x5001)

    /// A session whose one token carries the ended terminal session 9; two processes that may hold it.
    private func machine(flags: UInt32 = 0x2000, pointers: Int64? = 1, handles: Int64? = 0) -> SnapshotBuilder {
        var builder = SnapshotBuilder()
        let token = builder.token(
            0x5001, in: Self.luid, flags: flags, terminal: 9, pointers: pointers, handles: handles)
        builder.session(Self.luid, listed: [token])
        builder.process(600, "holder.exe", token: SnapshotBuilder.tokenAddress(0x100), terminal: 0)
        builder.process(610, "other.exe", token: SnapshotBuilder.tokenAddress(0x100), terminal: 0)
        builder.handles = HandleEvidence()
        return builder
    }

    private func explanation(
        _ argument: String, _ builder: SnapshotBuilder, _ limits: Explanation.Limits = Explanation.Limits()
    ) -> Explanation {
        Explanation(of: argument, in: builder.analysis, limits: limits)
    }

    /// Links from the root to each leaf, with the leaf's label.
    private func chains(_ node: Explanation.Node) -> [String] {
        let here = node.link?.rawValue ?? "root"
        guard !node.children.isEmpty else { return ["\(here) = \(node.label)" + (node.isRepeated ? " (again)" : "")] }
        return node.children.flatMap(chains).map { "\(here) < \($0)" }
    }

    private func chains(_ argument: String, _ builder: SnapshotBuilder) -> [String] {
        explanation(argument, builder).found.flatMap(chains)
    }

    @Test("handles of a process and of the kernel")
    func handles() {
        var builder = machine(pointers: 2, handles: 2)
        builder.handle(0x44, of: 600, to: token)
        builder.handle(0xFFFF_FFFF_8000_0044, of: 4, to: token, isKernel: true)
        #expect(
            chains("0x5000", builder) == [
                "root < references < handle = handle 0x44 in 600:holder.exe (access 0xf01ff)",
                "root < references < handle = kernel handle 0xffffffff80000044 in 4:System (access 0xf01ff)",
            ])
    }

    @Test("a dead process that a process handle and a thread handle keep")
    func zombie() {
        var builder = machine()
        let process = builder.process(700, "dead.exe", token: token, terminal: 9, exited: true, pointers: 2, handles: 1)
        let thread = builder.thread(701, of: 700, exited: true)
        builder.processHandle(0x48, of: 600, to: process)
        builder.threadHandle(0x4c, of: 610, to: thread)
        #expect(
            chains("0x5000", builder) == [
                "root < references < primaryToken < handle = handle 0x48 to the process in 600:holder.exe (access 0xf01ff)",
                "root < references < primaryToken < thread < handle = handle 0x4c to thread 701 in 610:other.exe (access 0xf01ff)",
            ])
    }

    @Test("a dead process that the kernel references, or that nobody else does")
    func zombieOfKernel() {
        var builder = machine()
        builder.process(700, "dead.exe", token: token, terminal: 9, exited: true, pointers: 2, handles: 0)
        #expect(
            chains("0x5000", builder) == [
                "root < references < primaryToken < kernelReferences = the kernel: 2 references that nothing found explains"
            ])
        builder = machine()
        builder.process(700, "dead.exe", token: token, terminal: 9, exited: true, pointers: 0, handles: 0)
        #expect(
            chains("0x5000", builder) == [
                "root < references < primaryToken < kernelReferences = the kernel: no handle and no other holder was found"
            ])
    }

    @Test("a thread that impersonates, and a dead one that a handle keeps")
    func threads() {
        var builder = machine()
        builder.thread(601, of: 600, impersonating: token)
        #expect(
            chains("0x5000", builder) == ["root < references < impersonation = thread 601 of 600:holder.exe"])
        builder = machine()
        let thread = builder.thread(601, of: 600, impersonating: token, exited: true)
        builder.threadHandle(0x50, of: 610, to: thread)
        #expect(
            chains("0x5000", builder) == [
                "root < references < impersonation < handle = handle 0x50 to thread 601 in 610:other.exe (access 0xf01ff)"
            ])
    }

    @Test("a dead thread without handles is the kernel's")
    func deadThread() {
        var builder = machine()
        builder.thread(601, of: 600, impersonating: token, exited: true)
        #expect(
            chains("0x5000", builder) == [
                "root < references < impersonation < kernelReferences = the kernel: no handle and no other holder was found"
            ])
    }

    @Test("references that nothing explains, and handles that no table shows")
    func unexplained() {
        let builder = machine(pointers: 3)
        #expect(
            chains("0x5000", builder) == [
                "root < references < kernelReferences = the kernel: 3 references that nothing found explains"
            ])
        #expect(
            chains("0x5000", machine(pointers: 3, handles: 2)) == [
                "root < references < handle = 2 handles that no table shows that was read"
            ])
    }

    @Test("a counter that says more than was found")
    func unexplainedSession() {
        var builder = SnapshotBuilder()
        builder.session(Self.luid, references: 4)
        #expect(
            chains("0x5000", builder) == ["root < unexplained = 4 references that no token found explains"])
    }

    @Test("a trust link from a token of another session")
    func trustLink() {
        var builder = machine(pointers: 1)
        let linking = builder.token(0x6001, in: 0x6000, terminal: 1, trustLink: token, pointers: 1, handles: 1)
        builder.session(0x6000, account: "other", listed: [linking])
        builder.handle(0x60, of: 600, to: linking)
        #expect(
            chains("0x5000", builder) == [
                "root < references < trustLink < handle = handle 0x60 in 600:holder.exe (access 0xf01ff)"
            ])
        let label = explanation("0x5000", builder).found.first?.children.first?.children.first?.label
        #expect(label?.contains("of logon session 0x6000 CONTOSO\\other") == true)
    }

    @Test("a ring of trust links ends")
    func ring() {
        var builder = machine(pointers: 1)
        builder.tokens.removeLast()
        let second = SnapshotBuilder.tokenAddress(0x5002)
        builder.token(0x5001, in: Self.luid, terminal: 9, trustLink: second, pointers: 1)
        builder.token(0x5002, in: Self.luid, terminal: 9, trustLink: token, pointers: 1)
        let node = explanation(token.description, builder).found.first
        #expect(node?.children.first?.link == .trustLink)
        let end = node?.children.first?.children.first
        #expect(end?.isRepeated == true)
        #expect(end?.id == node?.id)
        #expect(end?.children.isEmpty == true)
    }

    @Test("a FULL half is kept by its limited half, which a handle keeps")
    func pair() {
        var builder = SnapshotBuilder()
        let token = builder.token(0x5001, in: Self.luid, terminal: 9, pointers: 1, handles: 1)
        builder.session(Self.luid, flags: 0xC, buddy: 0x5100, listed: [token])
        builder.session(0x5100, flags: 0xA, buddy: Self.luid, list: .empty)
        builder.process(600, "holder.exe", token: SnapshotBuilder.tokenAddress(0x100), terminal: 0)
        builder.handle(0x44, of: 600, to: token)
        #expect(
            chains("0x5100", builder) == [
                "root < limitedHalf < references < handle = handle 0x44 in 600:holder.exe (access 0xf01ff)"
            ])
    }

    @Test("a cached token that references its own session names it again")
    func selfPin() {
        var builder = SnapshotBuilder()
        let token = builder.token(0x5001, in: Self.luid, terminal: 0, pointers: 1)
        builder.session(Self.luid, cachedToken: token, listed: [token])
        let root = explanation("0x5000", builder).found.first
        let cache = root?.children.first?.children.first
        #expect(cache?.link == .sessionCache)
        #expect(cache?.id == root?.id)
        #expect(cache?.isRepeated == true)
    }

    @Test("tokens that do not count stand behind those that do, and only where the session is the question")
    func notCounted() {
        var builder = machine(pointers: 1, handles: 1)
        builder.handle(0x44, of: 600, to: token)
        let cached = builder.token(0x5000 - 1, in: Self.luid, flags: 0x2020, terminal: 0, pointers: 1, handles: 1)
        builder.handle(0x48, of: 610, to: cached)
        #expect(explanation("0x5000", builder).found.first?.children.map(\.link) == [.references, .notCounted])
    }

    @Test("a LUID that a container uses again names both sessions; a container's globals are named")
    func siloTwins() {
        var builder = SnapshotBuilder()
        let silo = VirtualAddress(0xffff_9000_0000_1000)
        builder.session(0x3e7, references: 1, silo: silo, at: VirtualAddress(0xffff_a000_1111_0000))
        let found = explanation("0x3e7", builder).found
        #expect(found.count == 2)
        #expect(Set(found.map(\.id)).count == 2)
        let twin = found.first { $0.label.contains("container \(silo.debuggerText)") }
        #expect(twin?.children.map(\.link) == [.containerGlobals])
    }

    @Test("a token that cannot be read is kept by the handles to its address")
    func unreadable() {
        var builder = machine()
        let lost = VirtualAddress(0xffff_b000_7777_0000)
        builder.sessions.removeAll { $0.luid == LUID(Self.luid) }
        builder.session(Self.luid, references: 2, listed: [token, lost])
        builder.unreadableTokens = [lost]
        builder.handleTables = [
            HandleTable(
                address: VirtualAddress(0xffff_9000_0000_2000), process: SnapshotBuilder.processAddress(600),
                processID: 600,
                isKernelTable: false,
                handles: [
                    Handle(
                        object: lost, number: 0x44, access: 8, chargedReferences: 0, attributes: 0, kind: .unreadable)
                ])
        ]
        #expect(
            chains("0x5000", builder).last
                == "root < references < handle = handle 0x44 in 600:holder.exe (access 0x8)")
    }

    @Test("a process shows what keeps it and what it keeps, leaked sessions first")
    func holder() {
        var builder = machine(pointers: 1, handles: 1)
        builder.handle(0x44, of: 600, to: token)
        let dead = builder.process(
            700, "dead.exe", token: SnapshotBuilder.tokenAddress(0x100), exited: true, pointers: 1, handles: 1)
        builder.processHandle(0x48, of: 600, to: dead)
        builder.processHandle(0x4c, of: 610, to: SnapshotBuilder.processAddress(600))
        let node = explanation("600", builder).found.first
        #expect(node?.children.map(\.link) == [.handle, .keepsToken, .keepsToken, .keepsProcess])
        #expect(node?.children[1].label.hasSuffix("CONTOSO\\user, leaked, by handle 0x44") == true)
        #expect(node?.children[2].label.hasSuffix("as its primary token") == true)
        #expect(node?.children[3].children.map(\.link) == [.keepsToken])
    }

    @Test("children beyond the limit are counted")
    func limits() {
        var builder = SnapshotBuilder()
        let tokens = (UInt64(1)...50).map { builder.token(0x5000 + $0, in: Self.luid, terminal: 9) }
        builder.session(Self.luid, references: 50, listed: tokens)
        let few = explanation("0x5000", builder, Explanation.Limits(children: 10)).found.first
        #expect(few?.children.count == 11)
        #expect(few?.children.last?.kind == .omitted)
        #expect(few?.children.last?.label == "40 more")
        let short = explanation("0x5000", builder, Explanation.Limits(nodes: 5)).found.first
        #expect(short?.children.count == 5)
        #expect(short?.children.last?.label == "46 more")
    }

    @Test("a chain of links beyond the depth ends with what is left out")
    func depth() {
        var builder = SnapshotBuilder()
        for number in UInt64(1)...200 {
            let next = number < 200 ? SnapshotBuilder.tokenAddress(0x5000 + number + 1) : nil
            builder.token(0x5000 + number, in: Self.luid, terminal: 9, trustLink: next)
        }
        builder.session(Self.luid, references: 1)
        var node = explanation(SnapshotBuilder.tokenAddress(0x5000 + 200).description, builder).found.first
        var depth = 0
        while let child = node?.children.first {
            depth += 1
            node = child
        }
        #expect(depth == Explanation.Limits.maximumDepth + 1)
        #expect(node?.kind == .omitted)
    }
}

/// How an argument is understood.
@Suite("Arguments of explanations") struct ExplanationArgumentTests {
    /// Session 0x8b4 and process 0x8b4 (2228) and a token 0x777.
    private static var builder: SnapshotBuilder {
        var builder = SnapshotBuilder()
        builder.session(0x8b4)
        builder.session(0x2228)
        builder.process(2228, "RyansTokenGrabber.exe", token: SnapshotBuilder.tokenAddress(0x100))
        builder.token(0x777, in: 0x8b4)
        return builder
    }

    @Test(
        "LUID, address, process id, token id, in this order",
        arguments: [
            ("0x8b4", "session-0xffffa0000008b400"), ("8B4", "session-0xffffa0000008b400"),
            ("0:8b4", "session-0xffffa0000008b400"), (":8b4", "session-0xffffa0000008b400"),
            ("00000000`000008b4", "session-0xffffa0000008b400"), ("2228", "process-0xffffc000008b4000"),
            ("0x2228", "session-0xffffa00000222800"), ("0x4", "process-0xffffc00000004000"),
            ("ffffb000`00777000", "token-0xffffb00000777000"), ("0xffffc000008b4000", "process-0xffffc000008b4000"),
            ("0xffffa000000008b4", nil), ("0x777", "token-0xffffb00000777000"), ("0x778", nil), ("", nil),
            ("RyansTokenGrabber.exe", nil), ("1:8b4", nil), ("99999999999999999999", nil),
        ] as [(String, String?)])
    func reading(_ argument: String, _ id: String?) {
        let explanation = Explanation(of: argument, in: Self.builder.analysis)
        #expect(explanation.found.first?.id == id)
        #expect(explanation.found.isEmpty == (explanation.subject == nil))
    }

    @Test("what it could mean as well is said")
    func ambiguous() {
        let analysis = Self.builder.analysis
        #expect(
            Explanation(of: "0x8b4", in: analysis).otherReadings == ["the id 2228 of process RyansTokenGrabber.exe"])
        #expect(Explanation(of: "2228", in: analysis).otherReadings == ["logon session 0x2228 (CONTOSO\\user)"])
        #expect(Explanation(of: "0:8b4", in: analysis).otherReadings.isEmpty)
    }
}
