import BinaryReading
import KernelObjects
import LeakAnalysis
import LeakTestSupport
import Testing

/// State rules of DESIGN §1, one by one and in their order.
@Suite("States of logon sessions") struct SessionStateTests {
    private static let luid: UInt64 = 0x5000

    /// A machine whose terminal session 1 lives and whose session 0x5000 has one token.
    private func machine(
        kind group: String = "S-1-5-4", terminal: UInt32 = 1, references: Int64 = 1, flags: UInt32 = 0x8,
        tokenFlags: UInt32 = 0x2000, user: String = "S-1-5-21-1-2-3-1001"
    ) -> SnapshotBuilder {
        var builder = SnapshotBuilder()
        builder.process(600, "csrss.exe", token: SnapshotBuilder.tokenAddress(0x100), terminal: 1)
        let token = builder.token(
            0x5001, in: Self.luid, flags: tokenFlags, user: user, groups: ["S-1-1-0", group], terminal: terminal)
        builder.session(Self.luid, references: references, flags: flags, listed: [token])
        return builder
    }

    @Test("reserved LUIDs are system sessions", arguments: [0x3e3, 0x3e4, 0x3e5, 0x3e6, 0x3e7] as [UInt64])
    func system(_ luid: UInt64) {
        var builder = SnapshotBuilder()
        if builder.analysis.session(luid) == nil { builder.session(luid, flags: 0x30) }
        #expect(builder.analysis.session(luid)?.state == .system)
        #expect(builder.analysis.session(luid)?.kind == .system)
    }

    @Test("count 1 with flag 8 clear is unused, and nothing is unexplained")
    func unused() {
        var builder = SnapshotBuilder()
        builder.session(Self.luid, references: 1, flags: 0x10)
        let session = builder.analysis.session(Self.luid)
        #expect(session?.state == .unused)
        #expect(session?.account.unexplained == 0)
    }

    @Test("a running process makes it active, whatever its flags say")
    func active() {
        var builder = machine(flags: 0x38)
        builder.process(700, "notepad.exe", token: SnapshotBuilder.tokenAddress(0x5001))
        #expect(builder.analysis.session(Self.luid)?.state == .active)
    }

    @Test("an impersonating thread of a running process makes it active, in either of its two slots")
    func impersonated() {
        for isAdjusted in [false, true] {
            var builder = machine()
            let token = SnapshotBuilder.tokenAddress(0x5001)
            builder.thread(601, of: 600, impersonating: isAdjusted ? nil : token, adjusted: isAdjusted ? token : nil)
            #expect(builder.analysis.session(Self.luid)?.state == .active)
        }
    }

    @Test("neither an exited process nor a dead thread is a use")
    func zombies() {
        var builder = machine()
        builder.process(700, "notepad.exe", token: SnapshotBuilder.tokenAddress(0x5001), exited: true)
        builder.thread(601, of: 600, impersonating: SnapshotBuilder.tokenAddress(0x5001), exited: true)
        builder.thread(701, of: 700, impersonating: SnapshotBuilder.tokenAddress(0x5001))
        #expect(builder.analysis.session(Self.luid)?.state == .leaked)
    }

    @Test("a declared logoff is certain", arguments: [0x18, 0x28, 0x38] as [UInt32])
    func logoff(_ flags: UInt32) {
        let session = machine(kind: "S-1-5-2", flags: flags).analysis.session(Self.luid)
        #expect(session?.state == .leaked)
        #expect(session?.confidence == .certain)
        #expect(session?.pastLife == [.logoffDeclared(completed: flags & 0x20 != 0)])
    }

    @Test("an ended terminal session is certain, also on a token that does not count")
    func endedTerminal() {
        for tokenFlags in [0x2000, 0x2020] as [UInt32] {
            let session = machine(kind: "S-1-5-2", terminal: 7, tokenFlags: tokenFlags).analysis.session(Self.luid)
            #expect(session?.state == .leaked)
            #expect(session?.confidence == .certain)
            #expect(session?.pastLife == [.terminalSessionEnded(id: 7, token: SnapshotBuilder.tokenAddress(0x5001))])
        }
    }

    @Test("terminal session 0 never ends")
    func sessionZero() {
        #expect(machine(kind: "S-1-5-2", terminal: 0).analysis.session(Self.luid)?.state == .idle)
    }

    @Test("DWM-n and UMFD-n of an ended terminal session", arguments: ["S-1-5-90-0-9", "S-1-5-96-0-9"])
    func desktop(_ user: String) {
        let session = machine(terminal: 1, user: user).analysis.session(Self.luid)
        #expect(session?.kind == (user.contains("-90-") ? .windowManager : .fontDriver))
        #expect(session?.state == .leaked)
        #expect(session?.confidence == .certain)
        #expect(session?.pastLife == [.desktopOfEndedTerminalSession(id: 9)])
    }

    @Test(
        "logons that need a process are likely leaks without one",
        arguments: [
            ("S-1-5-14", LogonKind.remoteInteractive), ("S-1-5-4", .interactive), ("S-1-5-3", .batch),
            ("S-1-5-6", .service),
        ])
    func noProcess(_ group: String, _ kind: LogonKind) {
        let session = machine(kind: group).analysis.session(Self.luid)
        #expect(session?.kind == kind)
        #expect(session?.state == .leaked)
        #expect(session?.confidence == .likely)
        #expect(session?.pastLife == [.noRunningProcess(kind)])
    }

    @Test(
        "a network logon and an unknown kind are idle",
        arguments: [("S-1-5-2", LogonKind.network), ("S-1-5-11", .unknown)])
    func idle(_ group: String, _ kind: LogonKind) {
        let session = machine(kind: group).analysis.session(Self.luid)
        #expect(session?.kind == kind)
        #expect(session?.state == .idle)
    }

    @Test("the first kind in DESIGN's order wins over all readable tokens")
    func kindOrder() {
        var builder = machine(kind: "S-1-5-6")
        builder.token(0x5002, in: Self.luid, groups: ["S-1-5-3", "S-1-5-2"])
        #expect(builder.analysis.session(Self.luid)?.kind == .network)
        builder.token(0x5003, in: Self.luid, flags: 0x20, groups: ["S-1-5-4", "S-1-5-14"])
        #expect(builder.analysis.session(Self.luid)?.kind == .remoteInteractive)
    }

    @Test("a cached token that references its own session pins it; one with flag 0x20 does not")
    func selfPinned() {
        for tokenFlags in [0x2000, 0x2020] as [UInt32] {
            var builder = SnapshotBuilder()
            let token = builder.token(
                0x5001, in: Self.luid, flags: tokenFlags, groups: ["S-1-5-2"], terminal: 0, sources: .sessionCache)
            builder.session(Self.luid, cachedToken: token)
            let analysis = builder.analysis
            #expect(analysis.session(Self.luid)?.state == (tokenFlags == 0x2000 ? .leaked : .idle))
            #expect(analysis.holderLabels(Self.luid) == (tokenFlags == 0x2000 ? ["self"] : []))
        }
    }

    @Test("nothing that is no longer referenced is a leak")
    func unreferenced() {
        var builder = SnapshotBuilder()
        builder.session(Self.luid, references: 0, flags: 0x38)
        #expect(builder.analysis.session(Self.luid)?.state == .idle)
    }

    @Test("a listed token that cannot be read counts as referencing")
    func unreadable() {
        var builder = SnapshotBuilder()
        let lost = SnapshotBuilder.tokenAddress(0x5001)
        builder.session(Self.luid, references: 1, flags: 0x38, listed: [lost])
        builder.unreadableTokens = [lost]
        let session = builder.analysis.session(Self.luid)
        #expect(session?.state == .leaked)
        #expect(session?.unreadableTokens == [lost])
        #expect(session?.account.unexplained == 0)
        #expect(session?.holders == [.unknown])
        builder.handle(0x44, of: 4, to: lost)
        #expect(builder.analysis.holderLabels(Self.luid) == ["4:System"])
    }

    @Test("evidence on unverified or derived facts is one step less sure")
    func lowered() {
        var old = machine(kind: "S-1-5-2", flags: 0x38)
        old.build = 9600
        #expect(old.analysis.session(Self.luid)?.confidence == .likely)
        var unseen = machine(terminal: 7)
        unseen.coverage.unreadableProcesses = 1
        #expect(unseen.analysis.session(Self.luid)?.confidence == .likely)
        var weak = machine()
        weak.coverage.isProcessListComplete = false
        #expect(weak.analysis.session(Self.luid)?.confidence == .possible)
    }
}

/// UAC pairs, containers, accounts.
@Suite("Pairs, containers and accounts") struct SessionPairTests {
    /// A leaked pair: the limited half has a token, the full half only its cached one.
    private func pair(fullHasToken: Bool = false) -> SnapshotBuilder {
        var builder = SnapshotBuilder()
        let limited = builder.token(0x6002, in: 0x6000, terminal: 5)
        let cached = builder.token(0x6003, in: 0x6010, flags: 0x2020, terminal: 0, sources: .sessionCache)
        builder.session(0x6000, references: 1, flags: 0xC, buddy: 0x6010, listed: [limited])
        if fullHasToken { builder.token(0x6004, in: 0x6010, terminal: 0) }
        builder.session(0x6010, references: fullHasToken ? 2 : 1, flags: 0xA, buddy: 0x6000, cachedToken: cached)
        return builder
    }

    @Test("a FULL half without a token takes its limited half's state and is not counted again")
    func folding() {
        var builder = pair()
        builder.handle(0x44, of: 4, to: SnapshotBuilder.tokenAddress(0x6002))
        let analysis = builder.analysis
        #expect(analysis.session(0x6010)?.state == .leaked)
        #expect(analysis.session(0x6010)?.confidence == .certain)
        #expect(analysis.session(0x6010)?.pastLife == [.limitedHalfLeaked(luid: LUID(0x6000))])
        #expect(analysis.session(0x6010)?.account.unexplained == 0)
        #expect(analysis.totals.sessions[.leaked] == 2)
        #expect(analysis.holders.map(\.leakedSessions) == [1])
        #expect(analysis.fixPlan.map(\.freesSessions) == [1])
    }

    @Test("an active limited half keeps its full half active")
    func active() {
        var builder = pair()
        builder.process(700, "explorer.exe", token: SnapshotBuilder.tokenAddress(0x6002), terminal: 5)
        #expect(builder.analysis.session(0x6010)?.state == .active)
    }

    @Test("a FULL half with a token of its own is judged for itself")
    func ownToken() {
        let session = pair(fullHasToken: true).analysis.session(0x6010)
        #expect(session?.limitedHalf == nil)
        #expect(session?.confidence == .likely)
        #expect(session?.account.unexplained == 0)
    }

    @Test("two halves that point at each other as FULL do not loop")
    func twoFullHalves() {
        var builder = SnapshotBuilder()
        builder.session(0x6000, flags: 0xA, buddy: 0x6010)
        builder.session(0x6010, flags: 0xA, buddy: 0x6000)
        builder.session(0x6020, flags: 0xA, buddy: 0x6020)
        #expect(builder.analysis.sessions.filter { $0.limitedHalf != nil }.isEmpty)
    }

    @Test("the same LUID in a container is another session: the token's pointer decides")
    func silos() {
        var builder = SnapshotBuilder()
        let silo = VirtualAddress(0xffff_9000_0000_0000)
        let inside = VirtualAddress(0xffff_a000_9999_0000)
        builder.session(0x3e7, references: 2, silo: silo, at: inside)
        let token = builder.token(0x7001, in: 0x3e7, terminal: 0, session: inside)
        let analysis = builder.analysis
        let rows = analysis.sessions.filter { analysis.snapshot.logonSessions[$0.session].luid == .localSystem }
        #expect(rows.count == 2)
        let contained = rows.first { analysis.snapshot.logonSessions[$0.session].address == inside }
        #expect(contained?.tokens.map { analysis.snapshot.tokens[$0].address } == [token])
        // One reference is that of the container's globals.
        #expect(contained?.account.unexplained == 0)
    }

    @Test("a pointer to a session of another LUID is not believed")
    func danglingPointer() {
        var builder = SnapshotBuilder()
        builder.session(0x5000)
        builder.token(0x5001, in: 0x5000, terminal: 0, session: SnapshotBuilder.sessionAddress(0x3e7))
        #expect(builder.analysis.session(0x5000)?.tokens.count == 1)
    }

    @Test("an old kernel's constant is taken from sessions in use and applied to all")
    func calibration() {
        var builder = SnapshotBuilder()
        builder.build = 7601
        for luid in [0x3e4, 0x3e5, 0x8000] as [UInt64] {
            let token = builder.token(luid + 0x10000, in: luid, terminal: 0)
            builder.session(luid, references: 0)
            builder.process(luid, "svchost.exe", token: token, terminal: 0)
        }
        let analysis = builder.analysis
        #expect(analysis.convention.constant == -1)
        #expect(!analysis.convention.isVerified)
        #expect(analysis.convention.samples == 3)
        #expect(analysis.session(0x8000)?.account.unexplained == 0)
    }

    @Test("from build 10240 on nothing is calibrated")
    func verified() {
        var builder = SnapshotBuilder()
        let token = builder.token(0x9001, in: 0x9000)
        builder.session(0x9000, references: 5)
        builder.process(700, "a.exe", token: token)
        #expect(builder.analysis.convention.constant == 0)
        #expect(builder.analysis.session(0x9000)?.account.unexplained == 4)
    }
}
