import BinaryReading
import KernelProfiles

extension FieldType {
    /// Reads the type text of `kernels.json`: `array 15 ptr _TOKEN`, `bit 3:2 u32`.
    init(factText text: some StringProtocol) {
        let parts = text.split(separator: " ", maxSplits: 1)
        let rest = parts.count == 2 ? String(parts[1]) : ""
        switch parts.first {
        case "void": self = .void
        case "wchar": self = .wideCharacter
        case "func": self = .function
        case "ptr": self = .pointer(to: rest)
        case "struct" where rest != "?": self = .structure(rest)
        case "union": self = .union(rest)
        case "enum": self = .enumeration(rest)
        case "array": self = Self.array(rest) ?? .unknown(String(text))
        case "bit": self = Self.bits(rest) ?? .unknown(String(text))
        default: self = Self.number(text) ?? .unknown(String(text))
        }
    }

    private static func array(_ text: String) -> FieldType? {
        let parts = text.split(separator: " ", maxSplits: 1)
        guard parts.count == 2, let count = Int(parts[0]) else { return nil }
        return .array(count: count, of: FieldType(factText: parts[1]))
    }

    private static func bits(_ text: String) -> FieldType? {
        let parts = text.split(separator: " ", maxSplits: 1)
        let numbers = parts[0].split(separator: ":").compactMap { Int($0) }
        guard parts.count == 2, numbers.count == 2 else { return nil }
        return .bits(BitField(position: numbers[0], width: numbers[1]), of: FieldType(factText: parts[1]))
    }

    private static func number(_ text: some StringProtocol) -> FieldType? {
        guard let bits = Int(text.dropFirst()), [8, 16, 32, 64].contains(bits) else { return nil }
        switch text.first {
        case "u": return .integer(byteCount: bits / 8, isSigned: false)
        case "i": return .integer(byteCount: bits / 8, isSigned: true)
        case "f": return .float(byteCount: bits / 8)
        default: return nil
        }
    }
}
