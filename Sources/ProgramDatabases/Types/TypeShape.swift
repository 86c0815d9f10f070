public import BinaryReading

/// What a type is made of, one step deep; const and volatile are left out.
public enum TypeShape: Hashable, Sendable {
    /// How a pointer is written.
    public enum PointerMode: Hashable, Sendable {
        case pointer, reference, rightReference, member
    }

    /// A type that the compiler knows by itself.
    case simple(SimpleType)
    /// A pointer or reference of so many bytes.
    case pointer(to: TypeIndex, mode: PointerMode, byteCount: Int)
    /// An array of that many bytes in all.
    case array(byteCount: UInt64, of: TypeIndex)
    /// A structure, union, class or enumeration; `definition` is nil where only its name is known.
    case user(UserTypeName, definition: TypeIndex?)
    /// Some bits of an integer.
    case bits(BitField, of: TypeIndex)
    /// A function.
    case function
    /// A record that is missing, cut off or of unknown kind.
    case unknown
}

/// The kind and the name of a user-defined type.
public struct UserTypeName: Hashable, Sendable {
    /// `struct`, `class`, `union` or `enum`.
    public let keyword: String
    /// The name as the record has it.
    public let name: String
    /// Whether the record says that the type has no name of its own.
    public let isUnnamed: Bool
}

extension UserTypeRecord.Kind {
    /// The keyword in C.
    var keyword: String {
        switch self {
        case .structure, .interface: "struct"
        case .class: "class"
        case .union: "union"
        case .enumeration: "enum"
        }
    }
}

extension TypeTable {
    /// What a type is made of.
    func shape(of index: TypeIndex) -> TypeShape {
        var index = index
        for _ in 0..<Self.maximumDepth {
            if index.isSimple { return Self.simpleShape(index) }
            guard let record = record(index) else { return .unknown }
            // LF_MODIFIER: const, volatile, unaligned.
            guard record.leaf == 0x1001 else { return shape(of: index, record.leaf, record.body) }
            guard let inner = bytes.load(UInt32.self, at: record.body.lowerBound) else { return .unknown }
            index = TypeIndex(inner)
        }
        return .unknown
    }

    private static func simpleShape(_ index: TypeIndex) -> TypeShape {
        if let byteCount = index.simplePointerByteCount {
            return .pointer(to: TypeIndex(index.rawValue & 0xFF), mode: .pointer, byteCount: byteCount)
        }
        return index.simpleType.map { .simple($0) } ?? .unknown
    }

    private func shape(of index: TypeIndex, _ leaf: UInt16, _ body: Range<Int>) -> TypeShape {
        func word(_ offset: Int) -> UInt32? {
            body.lowerBound + offset <= body.upperBound - 4
                ? bytes.load(UInt32.self, at: body.lowerBound + offset) : nil
        }
        switch leaf {
        case 0x1002:
            guard let target = word(0), let attributes = word(4) else { return .unknown }
            return Self.pointer(to: TypeIndex(target), attributes)
        case 0x1503:
            guard let element = word(0), body.lowerBound + 8 <= body.upperBound else { return .unknown }
            let size = bytes.withBytes { NumericLeaf($0, at: body.lowerBound + 8, limit: body.upperBound) }
            return size.map { .array(byteCount: $0.bits, of: TypeIndex(element)) } ?? .unknown
        case 0x1205:
            guard let holder = word(0), body.count >= 6,
                let width = bytes.load(UInt8.self, at: body.lowerBound + 4),
                let position = bytes.load(UInt8.self, at: body.lowerBound + 5)
            else { return .unknown }
            return .bits(BitField(position: Int(position), width: Int(width)), of: TypeIndex(holder))
        case 0x1008, 0x1009: return .function
        default:
            guard let type = userType(index) else { return .unknown }
            let name = UserTypeName(
                keyword: type.kind.keyword, name: bytes.withBytes { $0.text(type.name) }, isUnnamed: isUnnamed(type))
            return .user(name, definition: definition(of: index))
        }
    }

    private static func pointer(to target: TypeIndex, _ attributes: UInt32) -> TypeShape {
        let mode: TypeShape.PointerMode
        switch (attributes >> 5) & 7 {
        case 1: mode = .reference
        case 2, 3: mode = .member
        case 4: mode = .rightReference
        default: mode = .pointer
        }
        // The kind decides; the size bits are told apart from it only for pointers to members, and there compilers disagree.
        let byteCount =
            switch attributes & 0x1F {
            case 0x0C: 8
            case 0x0A: 4
            default: Int((attributes >> 13) & 0x3F)
            }
        return .pointer(to: target, mode: mode, byteCount: byteCount)
    }

    /// Bytes of a value of a type; zero where that is not known.
    func byteCount(of index: TypeIndex) -> UInt64 {
        var index = index
        for _ in 0..<Self.maximumDepth {
            switch shape(of: index) {
            case .simple(let type): return UInt64(type.byteCount)
            case .pointer(_, _, let byteCount): return UInt64(byteCount)
            case .array(let byteCount, _): return byteCount
            case .bits(_, let holder): index = holder
            case .user(_, let definition):
                guard let definition, let type = userType(definition) else { return 0 }
                guard type.kind == .enumeration else { return type.byteCount }
                index = type.underlying
            case .function, .unknown: return 0
            }
        }
        return 0
    }

    /// The text of a type: `struct _TOKEN*`, `unsigned char[4]`, `function*`; `?` for what the records do not tell.
    func text(of index: TypeIndex) -> String { text(of: index, depth: 0) }

    private func text(of index: TypeIndex, depth: Int) -> String {
        guard depth < Self.maximumDepth else { return "?" }
        switch shape(of: index) {
        case .simple(let type): return type.name
        case .user(let name, _): return "\(name.keyword) \(name.name)"
        case .bits(_, let holder): return text(of: holder, depth: depth + 1)
        case .function: return "function"
        case .unknown: return "?"
        case .array: return arrayText(of: index, depth: depth)
        case .pointer(let target, let mode, let byteCount):
            if mode == .member { return "memberpointer" }
            var inner = text(of: target, depth: depth + 1)
            if case .array = shape(of: target) { inner = "(\(inner))" }
            switch mode {
            case .reference: return inner + "&"
            case .rightReference: return inner + "&&"
            case .pointer, .member: return inner + (byteCount == 4 ? "*32" : "*")
            }
        }
    }

    /// Arrays of arrays: the outer count first.
    private func arrayText(of index: TypeIndex, depth: Int) -> String {
        var index = index
        var counts = ""
        var depth = depth
        while depth < Self.maximumDepth, case .array(let total, let element) = shape(of: index) {
            let size = byteCount(of: element)
            counts += size > 0 ? "[\(total / size)]" : total == 0 ? "[0]" : "[?]"
            index = element
            depth += 1
        }
        return text(of: index, depth: depth) + counts
    }
}
