import BinaryReading
import KernelObjects
import LeakAnalysis
import LeakTestSupport
import Testing

/// Every rule of "Holders of a token" in DESIGN §1.
@Suite("Holders") struct HolderTests {
    private static let luid: UInt64 = 0x5000
    private let token = SnapshotBuilder.tokenAddress(0x5001)

    /// A session whose one token carries the ended terminal session 9.
    private func machine(handles: Int64? = 0, pointers: Int64? = nil) -> SnapshotBuilder {
        var builder = SnapshotBuilder()
        let token = builder.token(0x5001, in: Self.luid, terminal: 9, pointers: pointers, handles: handles)
        builder.session(Self.luid, listed: [token])
        builder.process(600, "holder.exe", token: SnapshotBuilder.tokenAddress(0x100), terminal: 0)
        builder.process(610, "other.exe", token: SnapshotBuilder.tokenAddress(0x100), terminal: 0)
        return builder
    }

    private func labels(_ builder: SnapshotBuilder) -> [String] { builder.analysis.holderLabels(Self.luid) }

    @Test("the process whose table has a handle; the kernel for a kernel handle")
    func handles() {
        var builder = machine(handles: 2, pointers: 2)
        builder.handle(0x44, of: 600, to: token)
        builder.handle(0xFFFF_FFFF_8000_0044, of: 4, to: token, isKernel: true)
        #expect(labels(builder) == ["600:holder.exe", "kernel"])
    }

    @Test("a dead thread's impersonation: the holders of the thread, else the kernel")
    func deadThread() {
        var builder = machine()
        builder.handles = HandleEvidence()
        let thread = builder.thread(601, of: 600, impersonating: token, exited: true)
        #expect(labels(builder) == ["kernel"])
        builder.threadHandle(0x44, of: 610, to: thread)
        #expect(labels(builder) == ["610:other.exe"])
    }

    @Test("an exited process's token: whoever has handles to the process or its threads")
    func exitedProcess() {
        var builder = machine(pointers: 1)
        builder.handles = HandleEvidence()
        let process = builder.process(700, "dead.exe", token: token, terminal: 9, exited: true, pointers: 2, handles: 1)
        let thread = builder.thread(701, of: 700, exited: true)
        builder.processHandle(0x44, of: 600, to: process)
        #expect(labels(builder) == ["600:holder.exe"])
        builder.threadHandle(0x48, of: 610, to: thread)
        #expect(labels(builder) == ["600:holder.exe", "610:other.exe"])
    }

    @Test("an exited process that the kernel references too is held by both")
    func exitedProcessOfKernel() {
        var builder = machine(pointers: 1)
        builder.handles = HandleEvidence()
        let process = builder.process(700, "dead.exe", token: token, terminal: 9, exited: true, pointers: 3, handles: 1)
        builder.processHandle(0x44, of: 600, to: process)
        #expect(labels(builder) == ["600:holder.exe", "kernel"])
        let pins = builder.analysis.processPins.flatMap { $0 }
        #expect(pins.first { $0.kind == .kernelReferences }?.count == 2)
    }

    @Test("an exited process that nobody has a handle to is the kernel's")
    func exitedProcessAlone() {
        var builder = machine(pointers: 1)
        builder.handles = HandleEvidence()
        builder.process(700, "dead.exe", token: token, terminal: 9, exited: true, pointers: nil, handles: 0)
        #expect(labels(builder) == ["kernel"])
    }

    @Test("while handle tables are not read, an exited process with handles is held by somebody unknown")
    func exitedProcessUnknown() {
        var builder = machine(pointers: 1)
        builder.process(700, "dead.exe", token: token, terminal: 9, exited: true, pointers: 1, handles: 1)
        #expect(labels(builder) == ["unknown"])
    }

    @Test("a trust link: the holders of the linking token, over any number of links")
    func trustLinks() {
        var builder = machine(pointers: 1)
        let middle = builder.token(0x6001, in: 0x3e7, terminal: 0, trustLink: token, pointers: 1)
        let first = builder.token(0x6002, in: 0x3e7, terminal: 0, trustLink: middle, pointers: 1, handles: 1)
        builder.handle(0x44, of: 600, to: first)
        #expect(labels(builder) == ["600:holder.exe"])
    }

    @Test("tokens that link in a ring have the holders of all, and end")
    func ring() {
        var builder = SnapshotBuilder()
        let one = SnapshotBuilder.tokenAddress(0x5001)
        let two = builder.token(0x5002, in: 0x3e7, terminal: 0, trustLink: one, handles: 1)
        builder.token(0x5001, in: Self.luid, terminal: 9, trustLink: two)
        builder.session(Self.luid, listed: [one])
        builder.process(600, "holder.exe", token: SnapshotBuilder.tokenAddress(0x100), terminal: 0)
        builder.handle(0x44, of: 600, to: two)
        #expect(labels(builder) == ["600:holder.exe"])
    }

    @Test("a chain of 100,000 links is followed without recursion")
    func longChain() {
        var builder = SnapshotBuilder()
        var previous: VirtualAddress?
        for number in UInt64(0)..<100_000 {
            previous = builder.token(0x10000 + number, in: 0x3e7, groups: [], terminal: 0, trustLink: previous)
        }
        builder.process(600, "holder.exe", token: previous, terminal: 0)
        let analysis = builder.analysis
        #expect(analysis.tokens.filter { $0.holders.map(analysis.label(of:)) == ["600:holder.exe"] }.count == 100_000)
    }

    @Test("unknown only where handles are counted that no table shows")
    func unknown() {
        #expect(labels(machine(handles: 1, pointers: 1)) == ["unknown"])
        var read = machine(handles: 1, pointers: 1)
        read.handles = HandleEvidence()
        #expect(labels(read) == ["unknown"])
        // With no handle and one reference that nothing explains it is the kernel.
        #expect(labels(machine(handles: 0, pointers: 1)) == ["kernel"])
    }

    @Test("kernel references: fast references, handles and slots are subtracted, and only where all handles are seen")
    func kernelReferences() {
        var builder = machine(handles: 1, pointers: 5)
        #expect(
            builder.analysis.tokens.first { $0.session != nil && $0.holders == [.unknown] }?.kernelReferences == nil)
        builder.handle(0x44, of: 600, to: token)
        let analysis = builder.analysis
        let row = analysis.tokens.first { analysis.snapshot.tokens[$0.token].address == token }
        #expect(row?.kernelReferences == 4)
        #expect(row?.pins.map(\.kind) == [.handle, .kernelReferences])
        #expect(row?.pins.last?.count == 4)
    }

    @Test("who alone keeps most comes first")
    func ranking() {
        var builder = SnapshotBuilder()
        builder.process(600, "a.exe", token: SnapshotBuilder.tokenAddress(0x100), terminal: 0)
        builder.process(610, "b.exe", token: SnapshotBuilder.tokenAddress(0x100), terminal: 0)
        leak(&builder, 0x5000, held: [600, 610])
        leak(&builder, 0x5100, held: [600, 610])
        leak(&builder, 0x5200, held: [610])
        let rows = builder.analysis.holders
        let analysis = builder.analysis
        #expect(rows.map { analysis.label(of: $0.holder) } == ["610:b.exe", "600:a.exe"])
        #expect(rows.map(\.leakedSessions) == [3, 2])
        #expect(rows.map(\.leakedSessionsAlone) == [1, 0])
        #expect(rows.map(\.tokens) == [3, 2])
        #expect(rows.map(\.handles) == [3, 2])
    }

    @Test("the plan: alone first, then what goes on top; stopping lsass is a restart")
    func fixPlan() {
        var builder = SnapshotBuilder()
        for (id, name) in [(600, "a.exe"), (610, "b.exe"), (620, "lsass.exe")] as [(UInt64, String)] {
            builder.process(id, name, token: SnapshotBuilder.tokenAddress(0x100), terminal: 0)
        }
        for number in UInt64(0)..<3 { leak(&builder, 0x5000 + number * 0x100, held: [600]) }
        for number in UInt64(0)..<5 { leak(&builder, 0x6000 + number * 0x100, held: [600, 610]) }
        for number in UInt64(0)..<2 { leak(&builder, 0x7000 + number * 0x100, held: [620]) }
        leak(&builder, 0x8000, held: [600, 610, 620])
        let analysis = builder.analysis
        #expect(analysis.fixPlan.map { analysis.label(of: $0.holder) } == ["600:a.exe", "610:b.exe", "620:lsass.exe"])
        #expect(analysis.fixPlan.map(\.freesSessions) == [3, 5, 3])
        #expect(analysis.fixPlan.map(\.cumulativeSessions) == [3, 8, 11])
        #expect(analysis.fixPlan.map(\.action) == [.stopProcess, .stopProcess, .restartMachine])
    }

    @Test("where two hold everything together the plan names both, and the second frees")
    func jointHolders() {
        var builder = SnapshotBuilder()
        builder.process(600, "a.exe", token: SnapshotBuilder.tokenAddress(0x100), terminal: 0)
        builder.process(610, "b.exe", token: SnapshotBuilder.tokenAddress(0x100), terminal: 0)
        leak(&builder, 0x5000, held: [600, 610])
        #expect(builder.analysis.fixPlan.map(\.freesSessions) == [0, 1])
    }

    @Test("what somebody unknown holds as well is never promised")
    func unknownHolder() {
        var builder = SnapshotBuilder()
        builder.process(600, "a.exe", token: SnapshotBuilder.tokenAddress(0x100), terminal: 0)
        leak(&builder, 0x5000, held: [600])
        let hidden = builder.token(0x5005, in: 0x5000, terminal: 9, handles: 1)
        #expect(builder.analysis.holderLabels(0x5000) == ["600:a.exe", "unknown"])
        #expect(builder.analysis.fixPlan.isEmpty)
        #expect(hidden != .null)
    }

    private func leak(_ builder: inout SnapshotBuilder, _ luid: UInt64, held owners: [UInt64]) {
        let token = builder.token(
            luid + 1, in: luid, terminal: 9, pointers: Int64(owners.count), handles: Int64(owners.count))
        builder.session(luid, listed: [token])
        for owner in owners { builder.handle(0x44, of: owner, to: token) }
    }
}
