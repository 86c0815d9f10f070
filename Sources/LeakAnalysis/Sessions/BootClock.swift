public import BinaryReading
public import KernelObjects

/// When something happened, as closely as a dump tells.
public struct TimeBracket: Hashable, Sendable {
    /// Not before this; nil where nothing bounds it.
    public let notBefore: FileTime?
    /// Not after this; nil where nothing bounds it.
    public let notAfter: FileTime?

    init(notBefore: FileTime?, notAfter: FileTime?) {
        self.notBefore = notBefore
        self.notAfter = notAfter
    }

    /// Smallest and greatest age in seconds at a time.
    public func age(at time: FileTime) -> (minimum: UInt64?, maximum: UInt64?) {
        func seconds(_ earlier: FileTime?) -> UInt64? {
            guard let earlier else { return nil }
            return earlier < time ? (time.rawValue - earlier.rawValue) / FileTime.unitsPerSecond : 0
        }
        return (seconds(notAfter), seconds(notBefore))
    }
}

/// Tells the time of token ids and LUIDs.
///
/// Both come from one counter of the boot, so that their order is the order of creation. Every process was made just after its primary
/// token: those pairs of number and time bracket all other numbers (`sessions.md` §6). The brackets are approximate.
public struct BootClock: Sendable {
    /// Numbers and times, both rising.
    private let marks: [(number: LUID, time: FileTime)]
    private let boot: FileTime?
    private let captured: FileTime?

    init(_ index: SnapshotIndex) {
        let dump = index.snapshot.dump
        captured = dump.captured
        boot = dump.captured.flatMap { captured in
            guard let uptime = dump.uptimeSeconds else { return nil }
            let (units, overflow) = uptime.multipliedReportingOverflow(by: FileTime.unitsPerSecond)
            return overflow || units > captured.rawValue ? nil : FileTime(captured.rawValue - units)
        }
        var candidates: [(number: LUID, time: FileTime)] = []
        for process in index.snapshot.processes {
            guard let created = process.created, let token = process.primaryToken.flatMap({ index.tokenAt[$0] }) else {
                continue
            }
            candidates.append((index.snapshot.tokens[token].tokenID, created))
        }
        candidates.sort { ($0.number, $0.time) < ($1.number, $1.time) }
        marks = Self.longestRise(candidates)
    }

    /// When a number was handed out; numbers below 1000 are reserved and as old as the boot.
    public func time(of number: LUID) -> TimeBracket {
        var low = 0
        var high = marks.count
        while low < high {
            let middle = (low + high) / 2
            if marks[middle].number < number { low = middle + 1 } else { high = middle }
        }
        let after = low < marks.count ? marks[low].time : captured
        let before = low > 0 ? marks[low - 1].time : boot
        return TimeBracket(notBefore: before, notAfter: after)
    }

    /// The longest run of marks whose times do not fall: a process whose token was exchanged does not spoil the others.
    private static func longestRise(
        _ candidates: [(number: LUID, time: FileTime)]
    ) -> [(number: LUID, time: FileTime)] {
        var tails: [Int] = []
        var previous = Array(repeating: -1, count: candidates.count)
        for (position, candidate) in candidates.enumerated() {
            var low = 0
            var high = tails.count
            while low < high {
                let middle = (low + high) / 2
                if candidates[tails[middle]].time <= candidate.time { low = middle + 1 } else { high = middle }
            }
            if low > 0 { previous[position] = tails[low - 1] }
            if low == tails.count { tails.append(position) } else { tails[low] = position }
        }
        var rise: [(number: LUID, time: FileTime)] = []
        var cursor = tails.last ?? -1
        while cursor >= 0 {
            rise.append(candidates[cursor])
            cursor = previous[cursor]
        }
        return rise.reversed()
    }
}
