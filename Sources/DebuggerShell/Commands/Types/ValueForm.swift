import BinaryReading
import KernelProfiles

/// What a field holds, with the layouts it names looked up once, so that a list of thousands costs one look each.
indirect enum ValueForm {
    case unsigned(byteCount: Int)
    case signed(byteCount: Int)
    case character
    case float(byteCount: Int)
    case wideCharacter
    case void
    case function
    case pointer(to: PointerTarget)
    case array(count: Int, of: ValueForm, elementByteCount: Int)
    case structure(StructureForm)
    case enumeration(String, EnumerationLayout?)
    case bits(BitField)
    case unknown(String)

    /// A structure or union: its name, its size where it is known, and whether it has a form of its own on one line.
    struct StructureForm {
        let name: String
        let byteCount: Int?
        let special: SpecialStructure?
    }

    /// What stands behind a pointer.
    enum PointerTarget {
        case void
        case function
        case pointer
        case structure(StructureForm)
        case value(ValueForm, byteCount: Int)
        case text(isWide: Bool)
        case other(String)
    }
}

/// Structures that the debugger shows on one line.
enum SpecialStructure: String {
    case unicodeString = "_UNICODE_STRING"
    case listEntry = "_LIST_ENTRY"
    case largeInteger = "_LARGE_INTEGER"
    case unsignedLargeInteger = "_ULARGE_INTEGER"
    case guid = "_GUID"
}

extension ValueForm {
    /// Looks up what a field's type names.
    init(_ type: FieldType, byteCount: Int, in types: TypeCatalog) {
        switch type {
        case .integer(1, _): self = .character
        case .integer(let count, let isSigned):
            self = isSigned ? .signed(byteCount: count) : .unsigned(byteCount: count)
        case .float(let count): self = .float(byteCount: count)
        case .wideCharacter: self = .wideCharacter
        case .void: self = .void
        case .function: self = .function
        case .pointer(let name): self = .pointer(to: PointerTarget(name, in: types))
        case .array(let count, let element):
            let elementByteCount = count > 0 ? byteCount / count : 0
            self = .array(
                count: count, of: ValueForm(element, byteCount: elementByteCount, in: types),
                elementByteCount: elementByteCount)
        case .structure(let name), .union(let name): self = .structure(StructureForm(name, in: types))
        case .enumeration(let name): self = .enumeration(name, types.enumeration(name))
        case .bits(let field, _): self = .bits(field)
        case .unknown(let text): self = .unknown(text)
        }
    }
}

extension ValueForm.StructureForm {
    init(_ name: String, in types: TypeCatalog) {
        self.init(
            name: name, byteCount: types.structure(name)?.byteCount, special: SpecialStructure(rawValue: name))
    }
}

extension ValueForm.PointerTarget {
    /// Reads the target of a pointer as profiles write it: `_TOKEN`, `void`, `u32`, `ptr void`.
    init(_ text: String, in types: TypeCatalog) {
        switch text {
        case "void": self = .void
        case "func", "function": self = .function
        case "wchar": self = .text(isWide: true)
        case "i8", "u8", "char": self = .text(isWide: false)
        default:
            if text.hasPrefix("ptr") {
                self = .pointer
            } else if let (form, byteCount) = Self.number(text) {
                self = .value(form, byteCount: byteCount)
            } else if types.structure(text) != nil {
                self = .structure(ValueForm.StructureForm(text, in: types))
            } else {
                self = .other(text)
            }
        }
    }

    private static func number(_ text: String) -> (ValueForm, Int)? {
        guard let bits = Int(text.dropFirst()), [16, 32, 64].contains(bits) else { return nil }
        switch text.first {
        case "u": return (.unsigned(byteCount: bits / 8), bits / 8)
        case "i": return (.signed(byteCount: bits / 8), bits / 8)
        case "f": return (.float(byteCount: bits / 8), bits / 8)
        default: return nil
        }
    }
}
