/// Floating-point numbers in six digits as the debugger prints them: `2.66366e+014`, `0.5`, `7.24847e-315`.
enum ShortDecimal {
    private static let digitCount = 6

    /// The text of a number: the exponent has three digits and stands where the number is very large or very small.
    static func text(_ number: Double) -> String {
        guard number.isFinite else { return number.isNaN ? "nan" : number < 0 ? "-inf" : "inf" }
        guard number != 0 else { return number.sign == .minus ? "-0" : "0" }
        let (digits, exponent) = rounded(decimal(number.magnitude))
        let sign = number < 0 ? "-" : ""
        let isPlain = exponent >= -4 && exponent < digitCount
        return sign + (isPlain ? plain(digits, exponent) : scientific(digits, exponent))
    }

    /// The shortest digits that mean the number, and the exponent of the first of them.
    private static func decimal(_ number: Double) -> (digits: [Int], exponent: Int) {
        let parts = number.description.split(separator: "e")
        let mantissa = parts.first ?? "0"
        var exponent = parts.count == 2 ? Int(parts[1]) ?? 0 : 0
        let pointParts = mantissa.split(separator: ".", omittingEmptySubsequences: false)
        exponent += (pointParts.first?.count ?? 1) - 1
        var digits = mantissa.compactMap(\.wholeNumberValue)
        while digits.first == 0, digits.count > 1 {
            digits.removeFirst()
            exponent -= 1
        }
        return (digits, exponent)
    }

    private static func rounded(_ number: (digits: [Int], exponent: Int)) -> (digits: [Int], exponent: Int) {
        var (digits, exponent) = number
        if digits.count > digitCount {
            let roundsUp = digits[digitCount] >= 5
            digits.removeLast(digits.count - digitCount)
            if roundsUp {
                var index = digits.count - 1
                while index >= 0, digits[index] == 9 {
                    digits[index] = 0
                    index -= 1
                }
                if index >= 0 {
                    digits[index] += 1
                } else {
                    digits.insert(1, at: 0)
                    digits.removeLast()
                    exponent += 1
                }
            }
        }
        while digits.count > 1, digits.last == 0 { digits.removeLast() }
        return (digits, exponent)
    }

    private static func plain(_ digits: [Int], _ exponent: Int) -> String {
        let text = digits.map(String.init).joined()
        guard exponent >= 0 else { return "0." + String(repeating: "0", count: -exponent - 1) + text }
        guard digits.count > exponent + 1 else {
            return text + String(repeating: "0", count: exponent + 1 - digits.count)
        }
        return text.prefix(exponent + 1) + "." + text.dropFirst(exponent + 1)
    }

    private static func scientific(_ digits: [Int], _ exponent: Int) -> String {
        let text = digits.map(String.init).joined()
        let fraction = text.count > 1 ? "." + text.dropFirst() : ""
        let power = String(exponent.magnitude)
        return text.prefix(1) + fraction + "e" + (exponent < 0 ? "-" : "+")
            + String(repeating: "0", count: max(0, 3 - power.count)) + power
    }
}
