import BinaryReading
import KernelObjects

/// Whether two dumps are of one boot of one machine, and how far they lie apart.
public struct ComparisonBasis: Sendable {
    /// Why they are not comparable, a sentence each; empty where they are.
    public let obstacles: [String]
    /// Seconds from the older capture to the newer one; nil where a time is not known or they are in the wrong order.
    public let seconds: UInt64?

    /// Whether addresses and identifiers of both dumps mean the same things.
    public var isComparable: Bool { obstacles.isEmpty }

    /// Seconds by which two computed boot times of one boot may differ: clocks are set right while a machine runs.
    public static let bootTimeTolerance: UInt64 = 60

    init(old: Snapshot, new: Snapshot) {
        var obstacles: [String] = []
        if old.kernel.identity != new.kernel.identity {
            obstacles.append("The kernels differ: \(old.kernel.version) and \(new.kernel.version).")
        } else if old.kernel.base != new.kernel.base {
            obstacles.append(
                "The kernel lies at \(old.kernel.base) in one dump and at \(new.kernel.base) in the other.")
        }
        if let name = old.dump.computerName, let other = new.dump.computerName, name != other {
            obstacles.append("The computers differ: \(name) and \(other).")
        }
        obstacles += Self.bootObstacles(old.dump, new.dump)
        if let newest = Self.newestNumber(old), let latest = Self.newestNumber(new), latest < newest {
            obstacles.append(
                "The newest identifier of the second dump (\(latest)) is older than that of the first (\(newest)).")
        }
        self.obstacles = obstacles
        guard let first = old.dump.captured, let second = new.dump.captured, first < second else {
            seconds = nil
            return
        }
        seconds = (second.rawValue - first.rawValue) / FileTime.unitsPerSecond
    }

    private static func bootObstacles(_ old: DumpFacts, _ new: DumpFacts) -> [String] {
        guard let first = bootTime(old), let second = bootTime(new) else {
            return ["Not both dumps say when they were taken and how long the machine was up."]
        }
        var obstacles: [String] = []
        let difference = (first < second ? second.rawValue - first.rawValue : first.rawValue - second.rawValue)
        if difference / FileTime.unitsPerSecond > bootTimeTolerance {
            obstacles.append(
                "The machine was started between them: boot at \(first.minuteText), then at \(second.minuteText).")
        }
        if let captured = old.captured, let other = new.captured, other < captured {
            obstacles.append("The first dump (\(captured.minuteText)) is newer than the second (\(other.minuteText)).")
        }
        return obstacles
    }

    /// Capture time less uptime.
    private static func bootTime(_ dump: DumpFacts) -> FileTime? {
        guard let captured = dump.captured, let uptime = dump.uptimeSeconds else { return nil }
        let (units, overflow) = uptime.multipliedReportingOverflow(by: FileTime.unitsPerSecond)
        return overflow || units > captured.rawValue ? nil : FileTime(captured.rawValue - units)
    }

    /// The highest number of the boot's one counter that tokens and sessions show.
    private static func newestNumber(_ snapshot: Snapshot) -> LUID? {
        [snapshot.tokens.lazy.map(\.tokenID).max(), snapshot.logonSessions.lazy.map(\.luid).max()]
            .compactMap { $0 }.max()
    }
}
