import BinaryReading
import KernelObjects
import LeakAnalysis
import LeakTestSupport
import Testing

/// Two dumps of one boot, two hours apart; a grabber goes on.
@Suite("Comparisons") struct ComparisonTests {
    private static let hours = 2
    private static let frames = [VirtualAddress(0xffff_f800_0000_1000), VirtualAddress(0xffff_f800_0000_2000)]

    /// The machine with leaked sessions of these numbers; the later one was taken two hours after the earlier.
    static func machine(_ leaks: [UInt64], isLater: Bool) -> SnapshotBuilder {
        var builder = SnapshotBuilder()
        builder.handles = HandleEvidence()
        builder.computerName = "APP01"
        builder.path = isLater ? "LATER.DMP" : "EARLIER.DMP"
        let system = SnapshotBuilder.tokenAddress(0x100)
        builder.process(600, "grabber.exe", token: system, terminal: 0)
        let creation = TokenCreation(
            processID: 600, threadID: 601, imageName: "grabber.exe", method: .duplicate,
            trace: frames + [VirtualAddress(0x7fff_0000_1234)], captureCount: 0)
        for number in leaks {
            let luid = 0x10000 + number * 0x100
            let token = builder.token(luid + 1, in: luid, terminal: 9, creation: creation, pointers: 1, handles: 1)
            builder.session(luid, listed: [token])
            builder.handle(0x40 + number * 4, of: 600, to: token)
        }
        if isLater {
            builder.captured = FileTime(SnapshotBuilder.captured.rawValue + 7_200 * FileTime.unitsPerSecond)
            builder.uptimeSeconds = 17_200
        }
        return builder
    }

    private func compare(_ old: SnapshotBuilder, _ new: SnapshotBuilder) -> Comparison {
        Comparison(from: old.analysis, to: new.analysis)
    }

    @Test("what came, went and grew, with rates")
    func growth() {
        let comparison = compare(
            Self.machine([1, 2, 3], isLater: false), Self.machine([2, 3, 4, 5, 6, 7, 8], isLater: true))
        #expect(comparison.basis.isComparable)
        #expect(comparison.basis.seconds == 7_200)
        for growth in [comparison.leakedSessions, comparison.tokenHandles] {
            #expect([growth?.old, growth?.new, growth?.appeared, growth?.gone] == [3, 7, 5, 1])
            #expect(growth?.hundredthsPerHour(seconds: 7_200) == 200)
        }
        #expect([comparison.sessions.old, comparison.sessions.new] == [5, 9])
        #expect([comparison.tokens.old, comparison.tokens.new] == [4, 8])
        #expect(comparison.newSessions.count == 5)
        #expect(
            comparison.goneSessions.map { comparison.old.snapshot.logonSessions[$0].luid } == [LUID(0x10100)])
        #expect(
            comparison.newTokens.map { comparison.new.snapshot.tokens[$0].tokenID.rawValue } == [
                0x10401, 0x10501, 0x10601, 0x10701, 0x10801,
            ])
        #expect(comparison.goneTokens.map { comparison.old.snapshot.tokens[$0].tokenID.rawValue } == [0x10101])
    }

    @Test("by holder and by creation stack, user frames left out")
    func groups() {
        let comparison = compare(Self.machine([1, 2, 3], isLater: false), Self.machine([2, 3, 4, 5], isLater: true))
        let holder = comparison.holders.first
        #expect(comparison.holders.count == 1)
        #expect(holder?.label == "600:grabber.exe")
        for growth in [holder?.leakedSessions, holder?.tokenHandles] {
            #expect([growth?.old, growth?.new, growth?.appeared, growth?.gone] == [3, 4, 2, 1])
        }
        // The primary token counts as well.
        #expect([holder?.tokens.old, holder?.tokens.new] == [4, 5])
        #expect(comparison.creations.count == 1)
        #expect(comparison.creations.first?.key.trace == Self.frames)
        #expect(comparison.creations.first?.tokens.change == 1)
    }

    @Test("a process that has an old one's id is another one")
    func reusedProcessID() {
        var old = Self.machine([], isLater: false)
        var new = Self.machine([], isLater: true)
        let system = SnapshotBuilder.tokenAddress(0x100)
        old.process(700, "dead.exe", token: system, exited: true, created: 100)
        new.process(700, "dead.exe", token: system, exited: true, created: 300)
        let comparison = compare(old, new)
        #expect([comparison.zombies.appeared, comparison.zombies.gone] == [1, 1])
        #expect(comparison.newZombies.count == 1)
        #expect(comparison.goneZombies.count == 1)
        #expect(comparison.holders.contains { $0.key == .kernel && $0.zombies.appeared == 1 })
    }

    @Test("a session that leaked in between changed its state")
    func stateChange() {
        var old = Self.machine([1], isLater: false)
        old.process(900, "explorer.exe", token: SnapshotBuilder.tokenAddress(0x10101), terminal: 9)
        let comparison = compare(old, Self.machine([1], isLater: true))
        #expect(comparison.changedSessions.map { comparison.old.sessions[$0.old].state } == [.active])
        #expect(comparison.changedSessions.map { comparison.new.sessions[$0.new].state } == [.leaked])
        #expect(comparison.leakedSessions.appeared == 1)
        #expect(comparison.newSessions.isEmpty)
    }

    @Test("containers may use a LUID again")
    func silos() {
        let silo = VirtualAddress(0xffff_9000_0000_1000)
        let old = Self.machine([], isLater: false)
        var new = Self.machine([], isLater: true)
        new.session(0x3e7, silo: silo, at: VirtualAddress(0xffff_a000_1111_0000))
        let comparison = compare(old, new)
        #expect(comparison.sessions.appeared == 1)
        #expect(comparison.newSessions.map { comparison.new.snapshot.logonSessions[$0].serverSilo } == [silo])
    }

    @Test("dumps of one boot are comparable though the clock was set right by some seconds")
    func clock() {
        var new = Self.machine([1], isLater: true)
        new.uptimeSeconds -= 30
        #expect(compare(Self.machine([1], isLater: false), new).basis.isComparable)
    }

    @Test("what stands against a comparison is said")
    func obstacles() {
        func obstacles(_ change: (inout SnapshotBuilder) -> Void) -> [String] {
            var new = Self.machine([1, 2], isLater: true)
            change(&new)
            return compare(Self.machine([1, 2], isLater: false), new).basis.obstacles
        }
        #expect(obstacles { _ in }.isEmpty)
        #expect(obstacles { $0.uptimeSeconds = 60 }.contains { $0.hasPrefix("The machine was started between them") })
        #expect(obstacles { $0.computerName = "APP02" } == ["The computers differ: APP01 and APP02."])
        #expect(obstacles { $0.computerName = nil }.isEmpty)
        #expect(
            obstacles {
                $0.captured = FileTime(SnapshotBuilder.captured.rawValue - FileTime.unitsPerSecond);
                $0.uptimeSeconds = 9_999
            }
            .contains { $0.hasPrefix("The first dump") })
        #expect(
            obstacles {
                $0.tokens.removeAll(); $0.sessions.removeAll()
            }.isEmpty)
        #expect(
            obstacles {
                $0.tokens.removeLast(2); $0.sessions.removeLast(2)
            }
            .contains { $0.hasPrefix("The newest identifier of the second dump (0x3e7)") })
    }

    @Test("no rate without a time between the dumps; nothing overflows")
    func rates() {
        let comparison = compare(Self.machine([1], isLater: false), Self.machine([1], isLater: false))
        #expect(comparison.basis.seconds == nil)
        #expect(comparison.sessions.hundredthsPerHour(seconds: nil) == nil)
        #expect(comparison.sessions.hundredthsPerHour(seconds: 0) == nil)
        #expect(comparison.sessions.hundredthsPerHour(seconds: .max) == nil)
        #expect(!comparison.sessions.isChanged)
        #expect(comparison.holders.isEmpty)
    }
}
