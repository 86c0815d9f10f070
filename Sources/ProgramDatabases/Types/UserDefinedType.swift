public import BinaryReading

/// A structure, class or union, or an enumeration, as a PDB describes it.
public enum UserDefinedType: Hashable, Sendable {
    /// A structure, class or union.
    case aggregate(AggregateType)
    /// An enumeration.
    case enumeration(EnumerationType)

    /// The name.
    public var name: String {
        switch self {
        case .aggregate(let type): type.name
        case .enumeration(let type): type.name
        }
    }

    /// Number of members or names.
    var memberCount: Int {
        switch self {
        case .aggregate(let type): type.members.count
        case .enumeration(let type): type.members.count
        }
    }

    /// What is wrong with its list of members; nil where all is well.
    public var problem: String? {
        switch self {
        case .aggregate(let type): type.problem
        case .enumeration(let type): type.problem
        }
    }
}

/// A structure, class or union.
public struct AggregateType: Hashable, Sendable {
    /// A data member.
    public struct Member: Hashable, Sendable {
        /// The name, spelled as in the symbols.
        public let name: String
        /// Distance in bytes from the start of the type.
        public let offset: UInt64
        /// Size in bytes; of a bit field, the size of the integer that holds it.
        public let byteCount: UInt64
        /// The number of its type.
        public let type: TypeIndex
        /// Its type in words.
        public let typeText: String
        /// Position and width inside the holding integer, where this is a bit field.
        public let bitField: BitField?
        /// The definition of its type, where that has no name of its own.
        public let unnamedType: TypeIndex?
    }

    /// A type that it derives from.
    public struct Base: Hashable, Sendable {
        /// The base in words.
        public let typeText: String
        /// Distance in bytes from the start of the type; nil for a virtual base.
        public let offset: UInt64?
    }

    /// The name in the symbols.
    public let name: String
    /// The number of its record.
    public let index: TypeIndex
    /// `struct`, `class` or `union`.
    public let keyword: String
    /// Size in bytes.
    public let byteCount: UInt64
    /// Data members in the file's order.
    public let members: [Member]
    /// What it derives from.
    public let bases: [Base]
    /// What is wrong with its list of members; nil where all is well.
    public let problem: String?
}

/// An enumeration.
public struct EnumerationType: Hashable, Sendable {
    /// A name and its value.
    public struct Member: Hashable, Sendable {
        /// The name.
        public let name: String
        /// The value, cut to the size of the underlying integer; of a signed one, extended to 64 bits.
        public let bits: UInt64
    }

    /// The name in the symbols.
    public let name: String
    /// The number of its record.
    public let index: TypeIndex
    /// The integer behind it in words.
    public let baseText: String
    /// Size in bytes.
    public let byteCount: Int
    /// Whether the integer behind it has a sign.
    public let isSigned: Bool
    /// Names and values in the file's order.
    public let members: [Member]
    /// What is wrong with its list of names; nil where all is well.
    public let problem: String?
}

extension TypeTable {
    /// A user-defined type by its number, a forward reference by what it stands for; nil where there is no definition.
    ///
    /// - Parameter readsMembers: False leaves them out, and says so.
    func userDefinedType(_ index: TypeIndex, readsMembers: Bool = true) -> UserDefinedType? {
        guard let index = definition(of: index), let type = userType(index) else { return nil }
        let name = bytes.withBytes { $0.text(type.name) }
        let list = readsMembers ? FieldList(type.fieldList, in: self) : FieldList.leftOut
        guard type.kind == .enumeration else {
            return .aggregate(
                AggregateType(
                    name: name, index: index, keyword: type.kind.keyword, byteCount: type.byteCount,
                    members: list.members.map(member), bases: list.bases.map(base), problem: list.problem))
        }
        var isSigned = false
        if case .simple(let integer) = shape(of: type.underlying) { isSigned = integer.kind == .signed }
        let byteCount = Int(Swift.min(byteCount(of: type.underlying), 8))
        let members = list.enumerators.map { enumerator in
            EnumerationType.Member(
                name: enumerator.name, bits: Self.reduced(enumerator.bits, byteCount: byteCount, isSigned: isSigned))
        }
        return .enumeration(
            EnumerationType(
                name: name, index: index, baseText: text(of: type.underlying), byteCount: byteCount,
                isSigned: isSigned, members: members, problem: list.problem))
    }

    /// Some compilers write enumerators without a sign, others with one: what counts is the value modulo the size.
    private static func reduced(_ bits: UInt64, byteCount: Int, isSigned: Bool) -> UInt64 {
        let unused = UInt64(Swift.max(0, 64 - 8 * byteCount))
        let shifted = bits << unused
        return isSigned ? UInt64(bitPattern: Int64(bitPattern: shifted) >> Int64(unused)) : shifted >> unused
    }

    private func member(_ member: FieldList.Member) -> AggregateType.Member {
        var bitField: BitField?
        var unnamed: TypeIndex?
        switch shape(of: member.type) {
        case .bits(let field, _): bitField = field
        case .user(let name, let definition) where name.isUnnamed: unnamed = definition
        default: break
        }
        return AggregateType.Member(
            name: member.name, offset: member.offset, byteCount: byteCount(of: member.type), type: member.type,
            typeText: text(of: member.type), bitField: bitField, unnamedType: unnamed)
    }

    private func base(_ base: FieldList.Base) -> AggregateType.Base {
        AggregateType.Base(typeText: text(of: base.type), offset: base.offset)
    }
}
