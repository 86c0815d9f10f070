import BinaryReading

/// A JSON value with its keys in order.
indirect enum TruthValue {
    case object([(String, TruthValue)])
    case array([TruthValue])
    case text(String)
    case number(Int64)
    case bool(Bool)
    case null

    /// Hex text without padding.
    static func hex(_ value: UInt64) -> Self { .text(value.hexText) }

    /// An address: `0x` and 16 digits.
    static func address(_ value: UInt64) -> Self { .text("0x" + value.paddedHexDigits(16)) }

    /// A count.
    static func count(_ value: Int) -> Self { .number(Int64(value)) }

    /// Adds the value's text.
    func write(into text: inout String) {
        switch self {
        case .object(let members):
            text += "{"
            for (index, member) in members.enumerated() {
                if index > 0 { text += "," }
                TruthValue.text(member.0).write(into: &text)
                text += ":"
                member.1.write(into: &text)
            }
            text += "}"
        case .array(let elements):
            text += "["
            for (index, element) in elements.enumerated() {
                if index > 0 { text += "," }
                element.write(into: &text)
            }
            text += "]"
        case .text(let value): Self.writeText(value, into: &text)
        case .number(let value): text += String(value)
        case .bool(let value): text += value ? "true" : "false"
        case .null: text += "null"
        }
    }

    private static func writeText(_ value: String, into text: inout String) {
        guard value.utf8.contains(where: { $0 < 0x20 || $0 == 0x22 || $0 == 0x5C }) else {
            text += "\""
            text += value
            text += "\""
            return
        }
        text += "\""
        for scalar in value.unicodeScalars {
            switch scalar {
            case "\"": text += "\\\""
            case "\\": text += "\\\\"
            case _ where scalar.value < 0x20: text += "\\u" + UInt32(scalar.value).paddedHexDigits(4)
            default: text.unicodeScalars.append(scalar)
            }
        }
        text += "\""
    }
}
