public import BinaryReading

/// What a field of a structure holds, as the symbol file says.
public indirect enum FieldType: Hashable, Sendable {
    /// An integer of 1, 2, 4 or 8 bytes.
    case integer(byteCount: Int, isSigned: Bool)
    /// A floating-point number of 4 or 8 bytes.
    case float(byteCount: Int)
    /// A UTF-16 code unit.
    case wideCharacter
    /// No value; stands behind pointers.
    case void
    /// A 64-bit pointer to the named type (`_TOKEN`, `void`, `u64` …).
    case pointer(to: String)
    /// An array of `count` elements.
    case array(count: Int, of: FieldType)
    /// A structure or class, embedded by value.
    case structure(String)
    /// A union, embedded by value.
    case union(String)
    /// An enumeration.
    case enumeration(String)
    /// Some bits of an integer.
    case bits(BitField, of: FieldType)
    /// A function; stands behind pointers.
    case function
    /// Something the source of the layout does not describe, in its own words.
    case unknown(String)
}

extension FieldType {
    /// The type as it stands behind a pointer in a profile: `_TOKEN`, `void`, `u64`, `ptr void`, `array 4 u8`, `func`.
    package var pointeeText: String {
        switch self {
        case .integer(let byteCount, let isSigned): (isSigned ? "i" : "u") + String(byteCount * 8)
        case .float(let byteCount): "f" + String(byteCount * 8)
        case .wideCharacter: "wchar"
        case .void: "void"
        case .pointer(let name): "ptr " + name
        case .array(let count, let element): "array \(count) " + element.pointeeText
        case .structure(let name), .union(let name), .enumeration(let name), .unknown(let name): name
        case .bits(_, let holder): holder.pointeeText
        case .function: "func"
        }
    }
}

/// One member of a structure.
public struct FieldLayout: Hashable, Sendable {
    /// The member's name, spelled as in the symbols.
    public let name: String
    /// Distance in bytes from the start of the structure.
    public let offset: Int
    /// Size in bytes; of a bit field, the size of the integer that holds it.
    public let byteCount: Int
    /// What it holds.
    public let type: FieldType

    /// Makes a member.
    public init(name: String, offset: Int, byteCount: Int, type: FieldType) {
        self.name = name
        self.offset = offset
        self.byteCount = byteCount
        self.type = type
    }

    /// Position and width inside the holding integer, where this is a bit field.
    public var bitField: BitField? {
        if case .bits(let field, _) = type { field } else { nil }
    }
}

/// The layout of one structure or union of one kernel.
public struct StructureLayout: Hashable, Sendable {
    /// What kind of aggregate it is.
    public enum Kind: String, Hashable, Sendable {
        /// A structure.
        case structure = "struct"
        /// A union.
        case union
        /// A class; laid out as a structure.
        case `class`
    }

    /// The name in the symbols: `_TOKEN`.
    public let name: String
    /// Structure or union.
    public let kind: Kind
    /// Size in bytes.
    public let byteCount: Int
    /// The members, by offset, then by bit.
    public let fields: [FieldLayout]
    /// Whether the source kept only some of the members.
    public let isPartial: Bool

    /// Makes a layout.
    public init(name: String, kind: Kind, byteCount: Int, fields: [FieldLayout], isPartial: Bool = false) {
        self.name = name
        self.kind = kind
        self.byteCount = byteCount
        self.fields = fields
        self.isPartial = isPartial
    }

    /// The member of that name, or nil where this kernel's structure has none.
    public subscript(name: String) -> FieldLayout? { fields.first { $0.name == name } }
}

/// The names and values of one enumeration of one kernel.
public struct EnumerationLayout: Hashable, Sendable {
    /// One name and its value.
    public struct Member: Hashable, Sendable {
        /// The name, spelled as in the symbols.
        public let name: String
        /// Its value.
        public let value: Int64

        /// Makes a member.
        public init(name: String, value: Int64) {
            self.name = name
            self.value = value
        }
    }

    /// The name in the symbols.
    public let name: String
    /// Size in bytes of the integer behind it.
    public let byteCount: Int
    /// Names and values in the source's order.
    public let members: [Member]

    /// Makes a layout.
    public init(name: String, byteCount: Int, members: [Member]) {
        self.name = name
        self.byteCount = byteCount
        self.members = members
    }
}
