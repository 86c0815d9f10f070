import BinaryReading
import KernelObjects
import LeakAnalysis
import LeakTestSupport
import Testing

@Suite("Verdict") struct VerdictTests {
    @Test("nothing past its life: clean, with what it rests on")
    func clean() {
        var builder = SnapshotBuilder()
        #expect(builder.analysis.verdict.state == .clean)
        // Without handle tables it is likely only, and says why.
        #expect(builder.analysis.verdict.confidence == .likely)
        #expect(builder.analysis.verdict.coverage.limits.contains { $0.contains("Handle tables were not read") })
        builder.coverage.handleTablePages = Coverage.HandleTablePages(read: 10, missing: 0)
        #expect(builder.analysis.verdict.confidence == .certain)
        #expect(builder.analysis.verdict.coverage.limits.isEmpty)
    }

    @Test("a leaked session is a leak")
    func leak() {
        var builder = SnapshotBuilder()
        builder.token(0x5001, in: 0x5000, terminal: 9)
        builder.session(0x5000)
        #expect(builder.analysis.verdict.state == .leak)
        #expect(builder.analysis.verdict.confidence == .certain)
        #expect(builder.analysis.verdict.headline == "1 of 3 logon sessions leaked.")
    }

    @Test("a terminal session that only a SYSTEM token keeps is a leak")
    func terminalLeak() {
        var builder = SnapshotBuilder()
        builder.token(0x5001, in: 0x3e7, terminal: 9, pinsTerminal: true)
        let analysis = builder.analysis
        #expect(analysis.verdict.state == .leak)
        #expect(analysis.totals.leakedTerminalSessions == 1)
        #expect(analysis.terminalSessions.last?.id == 9)
        #expect(analysis.terminalSessions.last?.leakedSince?.notAfter == SnapshotBuilder.captured)
        #expect(analysis.findings.map(\.rule).contains(.leakedTerminalSessions))
    }

    @Test("without a session object a token pins no terminal session; an exited process does")
    func terminalPins() {
        var builder = SnapshotBuilder()
        let token = builder.token(0x5001, in: 0x3e7, terminal: 9, pinsTerminal: false)
        #expect(builder.analysis.terminalSessions.isEmpty)
        builder.process(700, "dead.exe", token: token, terminal: 9, exited: true, created: 500)
        let terminal = builder.analysis.terminalSessions.first
        #expect(terminal?.state == .leaked)
        #expect(terminal?.tokens.isEmpty == true)
        #expect(terminal?.exitedProcesses.count == 1)
        #expect(terminal?.leakedSince?.notBefore == SnapshotBuilder.time(550))
        builder.process(710, "csrss.exe", token: SnapshotBuilder.tokenAddress(0x100), terminal: 9)
        #expect(builder.analysis.terminalSessions.first?.state == .live)
    }

    @Test("10,000 token handles in one process are a hoard, 9,999 are not")
    func hoard() {
        for count in [9_999, 10_000] as [UInt64] {
            var builder = SnapshotBuilder()
            builder.process(600, "svchost.exe", token: SnapshotBuilder.tokenAddress(0x100), terminal: 0)
            for number in 0..<count { builder.handle(4 + number * 4, of: 600, to: SnapshotBuilder.tokenAddress(0x100)) }
            builder.coverage.handleTablePages = Coverage.HandleTablePages(read: 10, missing: 0)
            #expect(builder.analysis.verdict.state == (count == 10_000 ? .suspect : .clean))
        }
    }

    @Test("a leak that is only possible is a suspicion")
    func possible() {
        var builder = SnapshotBuilder()
        builder.token(0x5001, in: 0x5000, terminal: 0)
        builder.session(0x5000)
        builder.coverage.isProcessListComplete = false
        #expect(builder.analysis.session(0x5000)?.confidence == .possible)
        #expect(builder.analysis.verdict.state == .suspect)
    }

    @Test("too little was read: incomplete, and it says what")
    func incomplete() {
        var chains = SnapshotBuilder()
        chains.coverage.sessionChainsComplete = 14
        #expect(chains.analysis.verdict.state == .incomplete)
        #expect(chains.analysis.verdict.coverage.limits.contains { $0.contains("14 of the 16 chains") })
        chains.coverage.sessionChainsComplete = 15
        #expect(chains.analysis.verdict.state == .clean)
        chains.coverage.sessionChainsRead = 15
        #expect(chains.analysis.verdict.state == .incomplete)
        var processes = SnapshotBuilder()
        processes.coverage.unreadableProcesses = 1
        #expect(processes.analysis.verdict.state == .incomplete)
        var pages = SnapshotBuilder()
        pages.coverage.handleTablePages = Coverage.HandleTablePages(read: 88, missing: 12)
        #expect(pages.analysis.verdict.state == .incomplete)
        pages.coverage.handleTablePages = Coverage.HandleTablePages(read: 90, missing: 10)
        #expect(pages.analysis.verdict.state == .clean)
    }

    @Test("without SYSTEM or ANONYMOUS LOGON the table was not read correctly")
    func bootSessions() {
        var builder = SnapshotBuilder()
        builder.sessions.removeLast()
        #expect(builder.analysis.verdict.state == .incomplete)
    }

    @Test("without tracking and without handle tables nothing can be called clean")
    func blind() {
        var builder = SnapshotBuilder()
        builder.tracking.isEnabled = false
        #expect(builder.analysis.verdict.state == .incomplete)
        builder.coverage.handleTablePages = Coverage.HandleTablePages(read: 10, missing: 0)
        #expect(builder.analysis.verdict.state == .clean)
        #expect(builder.analysis.findings.map(\.rule).contains(.trackingOff))
    }

    @Test("on kernels that cannot track nobody is told to switch it on")
    func untrackable() {
        var builder = SnapshotBuilder()
        builder.build = 9600
        builder.tracking = LeakTracking(isSupported: false, isEnabled: nil, tokensPinTerminalSessions: true)
        let finding = builder.analysis.findings.first { $0.rule == .trackingOff }
        #expect(finding?.advice.contains("no effect") == true)
    }
}

@Suite("Creators, ages and accounts") struct CreatorTests {
    private func creation(pid: UInt64 = 600, image: String = "grabber.exe", trace: [UInt64]) -> TokenCreation {
        TokenCreation(
            processID: pid, threadID: 1, imageName: image, method: .duplicate, trace: trace.map { VirtualAddress($0) },
            captureCount: 0)
    }

    /// A leaked session with a token of a creator, and a process 600.
    private func machine(image: String = "grabber.exe", created: UInt64 = 100, ownID: UInt64 = 0x1000)
        -> SnapshotBuilder
    {
        var builder = SnapshotBuilder()
        let own = builder.token(ownID, in: 0x3e7, terminal: 0)
        builder.process(600, image, token: own, terminal: 0, created: created)
        builder.token(0x5001, in: 0x5000, terminal: 9, creation: creation(trace: [0xffff_f800_0000_1000, 0x7fff_0001]))
        builder.session(0x5000)
        return builder
    }

    private func isRunning(_ builder: SnapshotBuilder) -> Bool? {
        builder.analysis.tokens.first { $0.creatorIsRunning != nil }?.creatorIsRunning
    }

    @Test("the creator runs where id, name and age fit")
    func sameProcess() { #expect(isRunning(machine()) == true) }

    @Test("an id that another image has now is not the creator")
    func otherImage() { #expect(isRunning(machine(image: "notepad.exe")) == false) }

    @Test("a process of the same name that is younger than the token is not the creator")
    func younger() { #expect(isRunning(machine(created: 9_000, ownID: 0x6000)) == false) }

    @Test("one group for one stack of the kernel; user frames that differ are cut from it")
    func groups() {
        var builder = machine()
        let frames: [UInt64] = [0xffff_f800_0000_1000, 0xffff_f800_0000_2000, 0x7fff_0001]
        for number in UInt64(0)..<3 {
            let luid = 0x6000 + number * 0x100
            for copy in UInt64(1)...2 {
                builder.token(
                    luid + copy, in: luid, terminal: 9, creation: creation(trace: frames + [0x7ffe_0000 + luid + copy]))
            }
            builder.session(luid, references: 2)
        }
        let creators = builder.analysis.creators
        #expect(creators.map(\.tokens) == [6, 1])
        #expect(creators.map(\.leakedSessions) == [3, 1])
        #expect(creators.first?.key.trace == frames.map { VirtualAddress($0) })
        #expect(builder.analysis.makers.map(\.leakedSessions) == [4])
    }

    @Test("a LUID's time lies between the processes before and after it")
    func clock() {
        var builder = SnapshotBuilder()
        for (id, seconds) in [(0x1000, 100), (0x2000, 200), (0x2800, 9_999), (0x3000, 300)] as [(UInt64, UInt64)] {
            let token = builder.token(id, in: 0x3e7, terminal: 0)
            // 0x2800 was exchanged later: its process is out of order and does not count.
            builder.process(id, "p.exe", token: token, terminal: 0, created: seconds)
        }
        let clock = builder.analysis.clock
        #expect(clock.time(of: LUID(0x1800)).notBefore == SnapshotBuilder.time(100))
        #expect(clock.time(of: LUID(0x1800)).notAfter == SnapshotBuilder.time(200))
        #expect(clock.time(of: LUID(0x2900)).notAfter == SnapshotBuilder.time(300))
        #expect(clock.time(of: LUID(0x9000)).notAfter == SnapshotBuilder.captured)
        #expect(clock.time(of: LUID(0x10)).notBefore == SnapshotBuilder.time(0))
    }

    @Test("token objects: what the kernel counts against what was found, by source")
    func objects() {
        var builder = machine()
        builder.totals = ObjectTypeTotals(objects: 10, handles: 3)
        let account = builder.analysis.tokenObjects
        #expect(account.typeTotal == 10)
        #expect(account.found == 3)
        #expect(account.byTokenList == 3)
        #expect(account.byHandle == nil)
        #expect(account.unexplained == 7)
    }
}
