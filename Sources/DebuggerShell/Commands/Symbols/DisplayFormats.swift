import BinaryReading

/// `.formats`: a number in every form (`debugger-commands.md` §2.6).
struct DisplayFormats: ShellCommand {
    let names = [".formats"]
    let summary = "Shows a number in hex, decimal, octal, binary, as characters, time and floating point."
    let usage = [".formats EXPRESSION", ".formats 57724231h"]

    func run(_ invocation: Invocation, in session: ShellSession, to output: CommandOutput) throws(CommandError) {
        guard !invocation.arguments.isEmpty else { throw .words("Numeric expression missing from '<EOL>'") }
        let value = try EvaluateExpression.value(of: invocation, in: session)
        let bytes = (0..<8).reversed().map { UInt8(truncatingIfNeeded: value >> UInt64(8 * $0)) }
        let octal = String(value, radix: 8)
        let low = Float(bitPattern: UInt32(truncatingIfNeeded: value))
        let high = Float(bitPattern: UInt32(truncatingIfNeeded: value >> 32))
        for line in [
            "Evaluate expression:", "  Hex:     \(VirtualAddress(value).debuggerText)",
            "  Decimal: \(Int64(bitPattern: value))", "  Decimal (unsigned) : \(value)",
            "  Octal:   \(String(repeating: "0", count: 22 - octal.count))\(octal)",
            "  Binary:  \(bytes.map(Self.binary).joined(separator: " "))",
            "  Chars:   \(bytes.map(MemoryText.character).joined())", "  Time:    \(Self.time(value))",
            "  Float:   low \(ShortDecimal.text(Double(low))) high \(ShortDecimal.text(Double(high)))",
            "  Double:  \(ShortDecimal.text(Double(bitPattern: value)))",
        ] { try output.line(line) }
    }

    private static func binary(_ byte: UInt8) -> String {
        let digits = String(byte, radix: 2)
        return String(repeating: "0", count: 8 - digits.count) + digits
    }

    /// Seconds since 1970 where the number is that small, else a file time, in UTC.
    private static func time(_ value: UInt64) -> String {
        let secondsSince1970 = FileTime(116_444_736_000_000_000)
        if value < 0x1_0000_0000 {
            return CalendarText.day(FileTime(secondsSince1970.rawValue + value * FileTime.unitsPerSecond))
        }
        guard FileTime(value).isPlausible else { return "***** Invalid FILETIME" }
        return CalendarText.moment(FileTime(value)) + " (UTC)"
    }
}
