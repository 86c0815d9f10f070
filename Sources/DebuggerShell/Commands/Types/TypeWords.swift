import BinaryReading
import KernelProfiles

/// Names of types as `dt` writes them (`debugger-commands.md` §6.3).
struct TypeWords {
    let types: TypeCatalog
    /// Whether structures are written with the count of their elements and their size (`-v`).
    let isVerbose: Bool

    /// What stands behind the colon where there is no address.
    func text(_ form: ValueForm) -> String {
        switch form {
        case .unsigned(let count): "Uint\(count)B"
        case .signed(let count): "Int\(count)B"
        case .character: "UChar"
        case .float(let count): count == 4 ? "Float" : "Double"
        case .wideCharacter: "Wchar"
        case .void: "Void"
        case .function: "    void "
        case .pointer(let target): (isVerbose ? "Ptr64 to " : "Ptr64 ") + text(target)
        case .array(let count, let element, _): "[\(count)] \(text(element))"
        case .structure(let structure): name(of: structure.name)
        case .enumeration(let name, let layout):
            isVerbose
                ? "Enum \(Self.shown(name)),  \(layout?.members.count ?? 0) total enums" : Self.shown(name)
        case .bits(let field): "Pos \(field.position), \(field.width) Bit\(field.width == 1 ? "" : "s")"
        case .unknown(let text): text
        }
    }

    private func text(_ target: ValueForm.PointerTarget) -> String {
        switch target {
        case .void: "Void"
        case .function: "    void "
        case .pointer: "Ptr64 Void"
        case .structure(let structure): name(of: structure.name)
        case .value(let form, _): text(form)
        case .text(let isWide): isWide ? "Wchar" : "Char"
        case .other(let name): Self.shown(name)
        }
    }

    private func name(of structure: String) -> String {
        guard isVerbose, let layout = types.structure(structure) else { return Self.shown(structure) }
        return Self.verbose(layout)
    }

    /// `struct _EX_FAST_REF, 3 elements, 0x8 bytes`.
    static func verbose(_ layout: StructureLayout) -> String {
        "\(layout.kind.rawValue) \(shown(layout.name)), \(layout.fields.count) elements, "
            + "0x\(String(layout.byteCount, radix: 16)) bytes"
    }

    /// A type's name; those that have none stand as the debugger writes them.
    static func shown(_ name: String) -> String {
        if name == "?" { return "Void" }
        return name.hasPrefix("_anon_") || name.hasPrefix("__unnamed") || name.hasPrefix("<anonymous")
            ? "<unnamed-tag>" : name
    }
}
