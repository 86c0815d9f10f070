import BinaryReading
import KernelProfiles
import ProgramDatabases

/// How a PDB's types are said in the words of a profile.
extension ProgramDatabaseProfile {
    /// Deepest nesting of arrays and pointers that is followed.
    private static let maximumDepth = 8
    private static let unnamedPrefix = "__unnamed_"

    /// The name under which a type without one is found: `__unnamed_2933`, its number in hex.
    private static func unnamedName(_ index: TypeIndex) -> String {
        unnamedPrefix + String(index.rawValue, radix: 16)
    }

    /// Names of all types without one of their own.
    var unnamedNames: [String] { ((try? database.unnamedTypes()) ?? []).map(Self.unnamedName) }

    /// Whether a name stands for a type without one.
    static func isUnnamed(_ name: String) -> Bool { unnamedIndex(name) != nil }

    /// The number in the name of a type without one; nil for every other name.
    static func unnamedIndex(_ name: String) -> TypeIndex? {
        guard name.hasPrefix(unnamedPrefix) else { return nil }
        return UInt32(name.dropFirst(unnamedPrefix.count), radix: 16).map { TypeIndex($0) }
    }

    /// The type of a member.
    func fieldType(_ index: TypeIndex, depth: Int) -> FieldType {
        guard depth < Self.maximumDepth, let shape = try? database.shape(of: index) else { return .unknown("?") }
        switch shape {
        case .simple(let type): return Self.fieldType(type)
        case .pointer(let target, _, _): return .pointer(to: fieldType(target, depth: depth + 1).pointeeText)
        case .array(let total, let element):
            let size = (try? database.byteCount(of: element)) ?? 0
            let count = size > 0 ? Int(clamping: total / size) : 0
            return .array(count: count, of: fieldType(element, depth: depth + 1))
        case .bits(let field, let holder): return .bits(field, of: fieldType(holder, depth: depth + 1))
        case .user(let name, let definition):
            let text = name.isUnnamed ? Self.unnamedName(definition ?? index) : name.name
            switch name.keyword {
            case "union": return .union(text)
            case "enum": return .enumeration(text)
            default: return .structure(text)
            }
        case .function: return .function
        case .unknown: return .unknown("?")
        }
    }

    private static func fieldType(_ type: SimpleType) -> FieldType {
        switch type.kind {
        case .none: .void
        case .signed: .integer(byteCount: type.byteCount, isSigned: true)
        case .unsigned: .integer(byteCount: type.byteCount, isSigned: false)
        case .float: .float(byteCount: type.byteCount)
        case .character: .wideCharacter
        }
    }
}
