import BinaryReading
import FileMapping
import KernelProfiles

/// A position in the records of a cache entry that moves on with each read.
struct CacheEntryCursor {
    private static let maximumDepth = 16

    private let file: MappedFile
    private let textsStart: Int
    private var position: Int

    init(_ file: MappedFile, at position: Int, texts: Int) {
        self.file = file
        self.position = position
        textsStart = texts
    }

    private mutating func number<T: FixedWidthInteger & BitwiseCopyable>(_ type: T.Type) -> T? {
        guard let value = file.loadIfPresent(type, at: position) else { return nil }
        position += MemoryLayout<T>.size
        return value
    }

    private mutating func count() -> Int? { number(UInt64.self).map { Int(clamping: $0) } }

    private mutating func text() -> String? {
        guard let start = number(UInt32.self), let count = number(UInt32.self),
            let bytes = try? file.copyBytes(at: textsStart + Int(start), count: Int(count))
        else { return nil }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Reads a structure.
    mutating func structure(named name: String) -> StructureLayout? {
        guard let kind = number(UInt8.self), let partial = number(UInt8.self), let byteCount = count(),
            let fieldCount = number(UInt32.self)
        else { return nil }
        var fields: [FieldLayout] = []
        for _ in 0..<fieldCount {
            guard let name = text(), let offset = count(), let size = count(), let type = fieldType(depth: 0) else {
                return nil
            }
            fields.append(FieldLayout(name: name, offset: offset, byteCount: size, type: type))
        }
        let kinds: [StructureLayout.Kind] = [.structure, .union, .class]
        return StructureLayout(
            name: name, kind: kinds[Swift.min(Int(kind), 2)], byteCount: byteCount, fields: fields,
            isPartial: partial == 1)
    }

    /// Reads an enumeration.
    mutating func enumeration(named name: String) -> EnumerationLayout? {
        guard let byteCount = count(), let memberCount = number(UInt32.self) else { return nil }
        var members: [EnumerationLayout.Member] = []
        for _ in 0..<memberCount {
            guard let name = text(), let value = number(Int64.self) else { return nil }
            members.append(EnumerationLayout.Member(name: name, value: value))
        }
        return EnumerationLayout(name: name, byteCount: byteCount, members: members)
    }

    private mutating func fieldType(depth: Int) -> FieldType? {
        guard depth < Self.maximumDepth, let code = number(UInt8.self).flatMap(CacheEntryFormat.TypeCode.init) else {
            return nil
        }
        switch code {
        case .wideCharacter: return .wideCharacter
        case .void: return .void
        case .function: return .function
        case .unsignedInteger: return number(UInt8.self).map { .integer(byteCount: Int($0), isSigned: false) }
        case .signedInteger: return number(UInt8.self).map { .integer(byteCount: Int($0), isSigned: true) }
        case .float: return number(UInt8.self).map { .float(byteCount: Int($0)) }
        case .array:
            guard let count = count(), let element = fieldType(depth: depth + 1) else { return nil }
            return .array(count: count, of: element)
        case .bits:
            guard let position = number(UInt8.self), let width = number(UInt8.self),
                let holder = fieldType(depth: depth + 1)
            else { return nil }
            return .bits(BitField(position: Int(position), width: Int(width)), of: holder)
        case .pointer: return text().map { .pointer(to: $0) }
        case .structure: return text().map { .structure($0) }
        case .union: return text().map { .union($0) }
        case .enumeration: return text().map { .enumeration($0) }
        case .unknown: return text().map { .unknown($0) }
        }
    }
}
