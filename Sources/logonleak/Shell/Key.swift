/// A key as a line editor takes it.
enum Key: Equatable {
    case character(Character)
    case enter, tab, backTab, backspace, delete, escape
    case left, right, up, down, home, end, wordLeft, wordRight
    /// A letter with the control key, in lower case.
    case control(Character)
    /// A key that means nothing here.
    case unknown
    /// Nothing more will come.
    case endOfInput
}

/// Reads keys from a terminal that hands over each byte at once.
struct KeyReader {
    let descriptor: Int32
    private var waiting: [UInt8] = []
    /// Milliseconds that the rest of a key's bytes may take; an escape alone is the key of that name.
    private static let patience: Int32 = 50

    init(descriptor: Int32) { self.descriptor = descriptor }

    private mutating func nextByte(timeout: Int32? = nil) -> UInt8? {
        if waiting.isEmpty {
            guard let bytes = readKeyBytes(descriptor: descriptor, timeout: timeout) else { return nil }
            waiting = bytes
        }
        return waiting.isEmpty ? nil : waiting.removeFirst()
    }

    /// The next key.
    mutating func next() -> Key {
        guard let byte = nextByte() else { return .endOfInput }
        switch byte {
        case 0x0D, 0x0A: return .enter
        case 0x09: return .tab
        case 0x7F, 0x08: return .backspace
        case 0x1B: return escapeSequence()
        case 0x01...0x1A: return .control(Character(UnicodeScalar(byte | 0x60)))
        case 0x20...0x7E: return .character(Character(UnicodeScalar(byte)))
        case 0xC2...0xF4: return character(startingWith: byte)
        default: return .unknown
        }
    }

    private mutating func character(startingWith first: UInt8) -> Key {
        var bytes = [first]
        let count = first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4
        while bytes.count < count, let byte = nextByte(timeout: Self.patience) { bytes.append(byte) }
        let text = String(decoding: bytes, as: UTF8.self)
        guard text.count == 1, let character = text.first, character != "\u{FFFD}" else { return .unknown }
        return .character(character)
    }

    private mutating func escapeSequence() -> Key {
        guard let second = nextByte(timeout: Self.patience) else { return .escape }
        switch second {
        case UInt8(ascii: "["), UInt8(ascii: "O"): return controlSequence()
        case UInt8(ascii: "b"): return .wordLeft
        case UInt8(ascii: "f"): return .wordRight
        default: return .unknown
        }
    }

    private mutating func controlSequence() -> Key {
        var parameters = ""
        while let byte = nextByte(timeout: Self.patience) {
            if byte == UInt8(ascii: ";") || (0x30...0x39).contains(byte) {
                guard parameters.utf8.count < 16 else { return .unknown }
                parameters.append(Character(UnicodeScalar(byte)))
                continue
            }
            return Self.key(final: byte, parameters)
        }
        return .unknown
    }

    private static func key(final byte: UInt8, _ parameters: String) -> Key {
        let hasModifier = parameters.contains(";")
        switch Character(UnicodeScalar(byte)) {
        case "A": return .up
        case "B": return .down
        case "C": return hasModifier ? .wordRight : .right
        case "D": return hasModifier ? .wordLeft : .left
        case "H": return .home
        case "F": return .end
        case "Z": return .backTab
        case "~": return ["1": .home, "7": .home, "4": .end, "8": .end, "3": .delete][parameters] ?? .unknown
        default: return .unknown
        }
    }
}
