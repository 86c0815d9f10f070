import BinaryReading

/// Times as the debugger writes them, in UTC.
enum CalendarText {
    private static let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
    private static let weekdays = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]

    /// `Tue Jun 28 02:24:01 2016`, the day padded with a blank.
    static func day(_ time: FileTime) -> String { text(time, milliseconds: "") }

    /// The same with milliseconds: `Thu Oct  7 20:33:12.945 2021`.
    static func moment(_ time: FileTime) -> String {
        let value = time.rawValue % FileTime.unitsPerSecond / 10_000
        let digits = String(value)
        return text(time, milliseconds: "." + String(repeating: "0", count: 3 - digits.count) + digits)
    }

    private static func text(_ time: FileTime, milliseconds: String) -> String {
        // 2016-06-28T02:24:01…
        let parts = time.description.split { "-T:.Z".contains($0) }
        guard parts.count >= 6, let month = Int(parts[1]), months.indices.contains(month - 1), let day = Int(parts[2])
        else { return time.description }
        // 1601-01-01 was a Monday.
        let weekday = Int(time.rawValue / FileTime.unitsPerSecond / 86_400 % 7)
        let paddedDay = day < 10 ? " \(day)" : "\(day)"
        return "\(weekdays[weekday]) \(months[month - 1]) \(paddedDay) "
            + "\(parts[3]):\(parts[4]):\(parts[5])\(milliseconds) \(parts[0])"
    }
}
