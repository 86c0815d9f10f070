import BinaryReading

extension ProfileCollection {
    /// How a member's type is written: a code, then what the code needs.
    package enum TypeCode: UInt8, Sendable {
        case unknown, unsignedInteger, signedInteger, float, wideCharacter, void, pointer, array, structure, union
        case enumeration, bits, function
    }

    /// Marks a name that a layout set does not have.
    package static let absentVariant: UInt8 = 0xFF

    /// The layout of a name in a layout set, or nil where the set has none.
    func structure(named name: String, in layoutSet: Int) -> StructureLayout? {
        guard let place = place(of: name, in: .structures),
            let variant = variant(of: place.index, in: layoutSet, after: 0),
            var cursor = list(.structureVariants)?.cursor(at: place.firstVariant + variant),
            let flags = cursor.count(), let byteCount = cursor.count(), let fieldCount = cursor.count()
        else { return nil }
        guard let texts = list(.texts), let types = list(.types) else { return nil }
        var fields: [FieldLayout] = []
        var offset: Int64 = 0
        for _ in 0..<fieldCount {
            guard let nameIndex = cursor.count(), let name = texts.text(at: nameIndex),
                let distance = cursor.signedNumber(), let typeIndex = cursor.count(), let size = cursor.count(),
                var typeCursor = types.cursor(at: typeIndex), let type = fieldType(&typeCursor, texts, depth: 0)
            else { return nil }
            offset &+= distance
            fields.append(FieldLayout(name: name, offset: Int(offset), byteCount: size, type: type))
        }
        let kind: StructureLayout.Kind = [.structure, .union, .class][Swift.min(flags >> 1, 2)]
        return StructureLayout(
            name: name, kind: kind, byteCount: byteCount, fields: fields, isPartial: flags & 1 == 1)
    }

    /// The enumeration of a name in a layout set, or nil where the set has none.
    func enumeration(named name: String, in layoutSet: Int) -> EnumerationLayout? {
        guard let place = place(of: name, in: .enumerations), let structureCount = list(.structures)?.count,
            let variant = variant(of: place.index, in: layoutSet, after: structureCount),
            var cursor = list(.enumerationVariants)?.cursor(at: place.firstVariant + variant),
            let byteCount = cursor.count(), let memberCount = cursor.count()
        else { return nil }
        var members: [EnumerationLayout.Member] = []
        for _ in 0..<memberCount {
            guard let name = text(cursor.count()), let value = cursor.signedNumber() else { return nil }
            members.append(EnumerationLayout.Member(name: name, value: value))
        }
        return EnumerationLayout(name: name, byteCount: byteCount, members: members)
    }

    /// Names of the structures of a layout set, sorted.
    func structureNames(in layoutSet: Int) -> [String] { names(of: .structures, in: layoutSet, after: 0) }

    /// Names of the enumerations of a layout set, sorted.
    func enumerationNames(in layoutSet: Int) -> [String] {
        names(of: .enumerations, in: layoutSet, after: list(.structures)?.count ?? 0)
    }

    private func names(of section: Section, in layoutSet: Int, after preceding: Int) -> [String] {
        guard let list = list(section) else { return [] }
        return (0..<list.count).compactMap { index in
            guard variant(of: index, in: layoutSet, after: preceding) != nil, var cursor = list.cursor(at: index)
            else { return nil }
            return text(cursor.count())
        }
    }

    /// Finds a name by halving: the sections are sorted by the bytes of their names.
    private func place(of name: String, in section: Section) -> (index: Int, firstVariant: Int)? {
        guard let list = list(section), let texts = self.list(.texts) else { return nil }
        var low = 0
        var high = list.count
        while low < high {
            let middle = (low + high) / 2
            guard var cursor = list.cursor(at: middle), let textIndex = cursor.count(),
                let found = texts.text(at: textIndex), let firstVariant = cursor.count()
            else { return nil }
            if found == name { return (middle, firstVariant) }
            if name.utf8.lexicographicallyPrecedes(found.utf8) { high = middle } else { low = middle + 1 }
        }
        return nil
    }

    /// Which variant of a name a layout set has.
    private func variant(of index: Int, in layoutSet: Int, after preceding: Int) -> Int? {
        guard let range = list(.layoutSets)?.range(of: layoutSet), index + preceding < range.count,
            let variant = bytes.byte(at: range.lowerBound + preceding + index), variant != Self.absentVariant
        else { return nil }
        return Int(variant)
    }

    private func fieldType(_ cursor: inout ByteCursor, _ texts: PackedList, depth: Int) -> FieldType? {
        // Arrays of arrays are the deepest that occurs.
        guard depth < 8, let byte = cursor.byte(), let code = TypeCode(rawValue: byte) else { return nil }
        switch code {
        case .wideCharacter: return .wideCharacter
        case .void: return .void
        case .function: return .function
        case .unsignedInteger: return cursor.count().map { .integer(byteCount: $0, isSigned: false) }
        case .signedInteger: return cursor.count().map { .integer(byteCount: $0, isSigned: true) }
        case .float: return cursor.count().map { .float(byteCount: $0) }
        case .array:
            guard let count = cursor.count(), let element = fieldType(&cursor, texts, depth: depth + 1) else {
                return nil
            }
            return .array(count: count, of: element)
        case .bits:
            guard let position = cursor.count(), let width = cursor.count(),
                let holder = fieldType(&cursor, texts, depth: depth + 1)
            else { return nil }
            return .bits(BitField(position: position, width: width), of: holder)
        case .unknown, .pointer, .structure, .union, .enumeration:
            guard let index = cursor.count(), let name = texts.text(at: index) else { return nil }
            return Self.namedType(code, name)
        }
    }

    private static func namedType(_ code: TypeCode, _ name: String) -> FieldType {
        switch code {
        case .pointer: .pointer(to: name)
        case .structure: .structure(name)
        case .union: .union(name)
        case .enumeration: .enumeration(name)
        default: .unknown(name)
        }
    }
}
