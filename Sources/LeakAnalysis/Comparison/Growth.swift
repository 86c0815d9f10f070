/// How a number of things changed from one dump to another.
public struct Growth: Hashable, Sendable {
    /// In the old dump.
    public internal(set) var old = 0
    /// In the new dump.
    public internal(set) var new = 0
    /// In the new dump alone.
    public internal(set) var appeared = 0
    /// In the old dump alone.
    public internal(set) var gone = 0

    /// What the number grew by; negative where it shrank.
    public var change: Int { new - old }
    /// Whether anything came or went.
    public var isChanged: Bool { appeared > 0 || gone > 0 || change != 0 }

    /// Growth in an hour, in hundredths; nil without a time between the dumps.
    public func hundredthsPerHour(seconds: UInt64?) -> Int64? {
        guard let seconds, seconds > 0, let span = Int64(exactly: seconds) else { return nil }
        let (scaled, overflow) = Int64(change).multipliedReportingOverflow(by: 360_000)
        return overflow ? nil : scaled / span
    }

    /// Counts a thing of the old dump, and whether the new one has it too.
    mutating func countOld(isKept: Bool) {
        old += 1
        if !isKept { gone += 1 }
    }

    /// Counts a thing of the new dump, and whether the old one had it too.
    mutating func countNew(isKept: Bool) {
        new += 1
        if !isKept { appeared += 1 }
    }

    /// Growth of a set.
    init<Key: Hashable>(from old: Set<Key>, to new: Set<Key>) {
        self.old = old.count
        self.new = new.count
        appeared = new.count { !old.contains($0) }
        gone = old.count { !new.contains($0) }
    }

    init() {}

    /// Nothing there, then and now.
    public static let none = Growth()

    /// Growth of both together.
    public static func + (left: Growth, right: Growth) -> Growth {
        var sum = left
        sum.old += right.old
        sum.new += right.new
        sum.appeared += right.appeared
        sum.gone += right.gone
        return sum
    }
}
