import BinaryReading

extension VolatilitySymbolFile {
    static func entry(_ structure: StructureLayout) -> String {
        let fields = structure.fields.map { field in
            "\(quoted(field.name)): {\"offset\": \(field.offset), \"type\": \(type(of: field))}"
        }
        return
            "\(quoted(structure.name)): {\"kind\": \"\(structure.kind.rawValue)\", \"size\": \(structure.byteCount), "
            + "\"fields\": {\(fields.joined(separator: ", "))}}"
    }

    static func entry(_ enumeration: EnumerationLayout) -> String {
        let constants = enumeration.members.map { "\(quoted($0.name)): \($0.value)" }
        return
            "\(quoted(enumeration.name)): {\"size\": \(enumeration.byteCount), \"base\": \"\(integerName(enumeration.byteCount, true))\", "
            + "\"constants\": {\(constants.joined(separator: ", "))}}"
    }

    /// A member's type; where the source does not describe it, as many bytes as it has.
    private static func type(of field: FieldLayout) -> String {
        guard case .unknown = field.type else { return text(field.type) }
        return text(.array(count: field.byteCount, of: .integer(byteCount: 1, isSigned: false)))
    }

    private static func text(_ type: FieldType) -> String {
        switch type {
        case .integer(let byteCount, let isSigned): base(integerName(byteCount, isSigned))
        case .float(let byteCount): base(byteCount == 4 ? "float" : "double")
        case .wideCharacter: base("wchar")
        case .void: base("void")
        case .pointer(let name): "{\"kind\": \"pointer\", \"subtype\": \(pointee(name))}"
        case .array(let count, let element):
            "{\"kind\": \"array\", \"count\": \(count), \"subtype\": \(text(element))}"
        case .structure(let name): "{\"kind\": \"struct\", \"name\": \(quoted(name))}"
        case .union(let name): "{\"kind\": \"union\", \"name\": \(quoted(name))}"
        case .enumeration(let name): "{\"kind\": \"enum\", \"name\": \(quoted(name))}"
        case .function: "{\"kind\": \"function\"}"
        case .unknown: base("void")
        case .bits(let field, let holder):
            "{\"kind\": \"bitfield\", \"bit_position\": \(field.position), \"bit_length\": \(field.width), "
                + "\"type\": \(text(holder))}"
        }
    }

    /// The type behind a pointer, which a profile keeps as text.
    private static func pointee(_ name: String) -> String {
        if name.hasPrefix("ptr ") { return text(.pointer(to: String(name.dropFirst(4)))) }
        switch name {
        case "void", "?", "anon": return base("void")
        case "func": return text(.function)
        case "wchar": return base("wchar")
        case "f32": return base("float")
        case "f64": return base("double")
        default: break
        }
        if let bits = Int(name.dropFirst()), [8, 16, 32, 64].contains(bits), ["u", "i"].contains(name.first) {
            return base(integerName(bits / 8, name.first == "i"))
        }
        return text(.structure(name))
    }

    private static func base(_ name: String) -> String { "{\"kind\": \"base\", \"name\": \"\(name)\"}" }

    private static func integerName(_ byteCount: Int, _ isSigned: Bool) -> String {
        let name =
            switch byteCount {
            case 1: "char"
            case 2: "short"
            case 4: "long"
            default: "long long"
            }
        return isSigned ? name : "unsigned " + name
    }
}
