import BinaryReading

/// Lengths of time as the debugger writes them.
enum DurationText {
    /// `00:28:16.641`, with the days in front where there are any: `2 Days 00:28:16.641`.
    static func clock(_ units: UInt64) -> String {
        let (days, rest) = daysAndClock(units, padsHours: true)
        return days > 0 ? "\(days) Days \(rest)" : rest
    }

    /// `0 days 0:28:16.641`.
    static func uptime(_ units: UInt64) -> String {
        let (days, rest) = daysAndClock(units, padsHours: false)
        return "\(days) days \(rest)"
    }

    private static func daysAndClock(_ units: UInt64, padsHours: Bool) -> (days: UInt64, clock: String) {
        let seconds = units / FileTime.unitsPerSecond
        let hours = seconds / 3600 % 24
        let clock =
            "\(padsHours ? padded(hours, 2) : String(hours)):\(padded(seconds / 60 % 60, 2)):\(padded(seconds % 60, 2))"
            + ".\(padded(units % FileTime.unitsPerSecond / 10_000, 3))"
        return (seconds / 86_400, clock)
    }

    private static func padded(_ number: UInt64, _ width: Int) -> String {
        let digits = String(number)
        return String(repeating: "0", count: max(0, width - digits.count)) + digits
    }
}
