extension BinaryInteger {
    /// Decimal digits with a comma after every thousand: `1,234,567`.
    package var groupedText: String {
        let digits = String(magnitude)
        var text = ""
        for (position, digit) in digits.enumerated() {
            if position > 0, (digits.count - position) % 3 == 0 { text.append(",") }
            text.append(digit)
        }
        return self < 0 ? "-" + text : text
    }

    /// The number with what it counts: `1 session`, `1,234 sessions`.
    package func counted(_ singular: String, _ plural: String? = nil) -> String {
        groupedText + " " + (self == 1 ? singular : plural ?? singular + "s")
    }
}
