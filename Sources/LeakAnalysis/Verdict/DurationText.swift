extension UInt64 {
    /// Seconds for people, in the two largest units: `3 days 4 hours`, `12 minutes`.
    package var durationText: String {
        let units: [(size: UInt64, name: String)] = [(86_400, "day"), (3_600, "hour"), (60, "minute"), (1, "second")]
        guard let first = units.firstIndex(where: { self >= $0.size }) else { return "0 seconds" }
        let head = (self / units[first].size).counted(units[first].name)
        guard first + 1 < units.count - 1 else { return head }
        let rest = self % units[first].size / units[first + 1].size
        return rest == 0 ? head : head + " " + rest.counted(units[first + 1].name)
    }
}
