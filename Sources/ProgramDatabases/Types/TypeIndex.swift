/// The number of a type: a record of the type stream, or below 0x1000 a simple type that needs none.
public struct TypeIndex: Hashable, Comparable, Sendable {
    /// The number.
    public let rawValue: UInt32

    /// Makes an index.
    public init(_ rawValue: UInt32) { self.rawValue = rawValue }

    /// Orders by number.
    public static func < (left: TypeIndex, right: TypeIndex) -> Bool { left.rawValue < right.rawValue }

    /// Whether the number itself tells the type.
    public var isSimple: Bool { rawValue < 0x1000 }

    /// The simple type without pointer; nil for a record and for an unknown kind.
    public var simpleType: SimpleType? { isSimple ? SimpleType.known[UInt8(truncatingIfNeeded: rawValue)] : nil }

    /// Bytes of the pointer that a simple type is; nil where it is none.
    public var simplePointerByteCount: Int? {
        guard isSimple else { return nil }
        switch (rawValue >> 8) & 7 {
        case 0: return nil
        case 6: return 8
        case 7: return 16
        case 4, 5: return 4
        default: return 2
        }
    }
}

/// A type that the compiler knows by itself.
public struct SimpleType: Hashable, Sendable {
    /// What its values are.
    public enum Kind: Hashable, Sendable {
        case none, signed, unsigned, float, character
    }

    /// The name in C: `unsigned long`.
    public let name: String
    /// Bytes of a value.
    public let byteCount: Int
    /// What its values are.
    public let kind: Kind

    init(_ name: String, _ byteCount: Int, _ kind: Kind) {
        self.name = name
        self.byteCount = byteCount
        self.kind = kind
    }

    /// By the low byte of the index (cvinfo.h).
    static let known: [UInt8: SimpleType] = [
        0x00: SimpleType("none", 0, .none), 0x03: SimpleType("void", 0, .none),
        0x07: SimpleType("unknown", 0, .none), 0x08: SimpleType("HRESULT", 4, .signed),
        0x10: SimpleType("signed char", 1, .signed), 0x20: SimpleType("unsigned char", 1, .unsigned),
        0x70: SimpleType("char", 1, .signed), 0x71: SimpleType("wchar_t", 2, .character),
        0x7A: SimpleType("char16_t", 2, .character), 0x7B: SimpleType("char32_t", 4, .unsigned),
        0x7C: SimpleType("char8_t", 1, .unsigned), 0x11: SimpleType("short", 2, .signed),
        0x72: SimpleType("short", 2, .signed), 0x21: SimpleType("unsigned short", 2, .unsigned),
        0x73: SimpleType("unsigned short", 2, .unsigned), 0x12: SimpleType("long", 4, .signed),
        0x22: SimpleType("unsigned long", 4, .unsigned), 0x74: SimpleType("int", 4, .signed),
        0x75: SimpleType("unsigned int", 4, .unsigned), 0x13: SimpleType("long long", 8, .signed),
        0x76: SimpleType("long long", 8, .signed), 0x23: SimpleType("unsigned long long", 8, .unsigned),
        0x77: SimpleType("unsigned long long", 8, .unsigned), 0x14: SimpleType("__int128", 16, .signed),
        0x78: SimpleType("__int128", 16, .signed), 0x24: SimpleType("unsigned __int128", 16, .unsigned),
        0x79: SimpleType("unsigned __int128", 16, .unsigned), 0x46: SimpleType("_Float16", 2, .float),
        0x40: SimpleType("float", 4, .float), 0x41: SimpleType("double", 8, .float),
        0x42: SimpleType("long double", 10, .float), 0x43: SimpleType("__float128", 16, .float),
        0x30: SimpleType("bool", 1, .unsigned), 0x31: SimpleType("bool16", 2, .unsigned),
        0x32: SimpleType("bool32", 4, .unsigned), 0x33: SimpleType("bool64", 8, .unsigned),
        0x68: SimpleType("int8", 1, .signed), 0x69: SimpleType("uint8", 1, .unsigned),
    ]
}
