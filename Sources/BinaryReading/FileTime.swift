/// A point in time as Windows keeps it: 100 ns units since 1601-01-01 00:00 UTC.
public struct FileTime: Hashable, Comparable, Sendable, CustomStringConvertible {
    /// Units of 100 ns since 1601.
    public let rawValue: UInt64

    /// Makes a time of 100 ns units since 1601.
    @inlinable
    public init(_ rawValue: UInt64) { self.rawValue = rawValue }

    /// 100 ns units in a second.
    public static let unitsPerSecond: UInt64 = 10_000_000

    /// Orders by time.
    @inlinable
    public static func < (left: FileTime, right: FileTime) -> Bool { left.rawValue < right.rawValue }

    /// Whether the value can be a time of this era of computing (1980 to 2200): zero, fill patterns and garbage are not.
    public var isPlausible: Bool { (119_600_064_000_000_000...189_024_000_000_000_000).contains(rawValue) }

    /// ISO 8601 in UTC with as many digits of a second as are not zero: `2024-05-01T10:12:00Z`.
    public var description: String {
        let parts = dateParts
        var text = "\(Self.pad(parts.year, 4))-\(Self.pad(parts.month, 2))-\(Self.pad(parts.day, 2))T\(clockText)"
        let fraction = rawValue % Self.unitsPerSecond
        if fraction != 0 {
            var digits = Self.pad(fraction, 7)
            while digits.hasSuffix("0") { digits.removeLast() }
            text += "." + digits
        }
        return text + "Z"
    }

    /// Date and minute for people: `2024-05-01 10:12 UTC`.
    public var minuteText: String {
        let parts = dateParts
        let day = "\(Self.pad(parts.year, 4))-\(Self.pad(parts.month, 2))-\(Self.pad(parts.day, 2))"
        return "\(day) \(clockText.prefix(5)) UTC"
    }

    private var clockText: String {
        let seconds = (rawValue / Self.unitsPerSecond) % 86_400
        return "\(Self.pad(seconds / 3600, 2)):\(Self.pad(seconds / 60 % 60, 2)):\(Self.pad(seconds % 60, 2))"
    }

    /// Civil date from the count of days, by eras of 400 years that begin on 1 March.
    private var dateParts: (year: UInt64, month: UInt64, day: UInt64) {
        let daysSince1601 = rawValue / Self.unitsPerSecond / 86_400
        // 1601-01-01 is day 306 of the 400-year era that began on 1600-03-01.
        let shifted = daysSince1601 + 306
        let era = shifted / 146_097
        let dayOfEra = shifted % 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let monthIndex = (5 * dayOfYear + 2) / 153
        let day = dayOfYear - (153 * monthIndex + 2) / 5 + 1
        let month = monthIndex < 10 ? monthIndex + 3 : monthIndex - 9
        let year = 1600 + era * 400 + yearOfEra + (month <= 2 ? 1 : 0)
        return (year, month, day)
    }

    private static func pad(_ value: UInt64, _ width: Int) -> String {
        let digits = String(value)
        return String(repeating: "0", count: Swift.max(0, width - digits.count)) + digits
    }
}
