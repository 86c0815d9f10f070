import KernelProfiles

/// The lines of one structure, made ready once: which fields, in which width, with what is looked up by name.
struct StructurePlan {
    /// One line.
    struct Line {
        /// Offset, name and colon, without indentation.
        let label: String
        let field: FieldLayout
        let form: ValueForm
        /// Lines below this one that were asked for by a path; nil where none were.
        let children: StructurePlan?
        /// Whether the value stands without its type's name, as that of what holds a list's link.
        let hidesTypeName: Bool
    }

    let layout: StructureLayout
    let lines: [Line]

    /// Columns that names are padded to where no field was named.
    static let usualWidth = 16
    /// Deepest nesting of named fields.
    private static let depthLimit = 16

    /// - Parameters:
    ///   - selections: The fields that were asked for; all where this is empty.
    ///   - width: Columns that names are padded to.
    ///   - extraLevels: Levels of fields that are shown below each.
    init(
        _ layout: StructureLayout, selections: [FieldSelection] = [], width: Int = usualWidth, extraLevels: Int = 0,
        hidesOffsets: Bool, in types: TypeCatalog, depth: Int = 0
    ) {
        self.layout = layout
        lines = layout.fields.compactMap { field in
            let fitting = selections.filter { $0.matches(field) }
            guard selections.isEmpty || !fitting.isEmpty else { return nil }
            let form = ValueForm(field.type, byteCount: field.byteCount, in: types)
            let below = fitting.compactMap(\.rest)
            let levels = fitting.filter { $0.rest == nil }.map(\.extraLevels).max() ?? extraLevels
            var children: StructurePlan?
            if !below.isEmpty || levels > 0, depth < Self.depthLimit,
                let inner = form.structureName.flatMap(types.structure)
            {
                children = StructurePlan(
                    inner, selections: below, width: width, extraLevels: max(levels - 1, 0),
                    hidesOffsets: hidesOffsets, in: types, depth: depth + 1)
            }
            let label = Self.label(field, width: width, hidesOffset: hidesOffsets)
            return Line(
                label: label, field: field, form: form, children: children,
                hidesTypeName: !fitting.isEmpty && fitting.allSatisfy(\.isLink))
        }
    }

    private static func label(_ field: FieldLayout, width: Int, hidesOffset: Bool) -> String {
        let digits = String(field.offset, radix: 16)
        let offset = "+0x" + String(repeating: "0", count: max(0, 3 - digits.count)) + digits + " "
        let name = TypeWords.shown(field.name)
        return (hidesOffset ? "" : offset) + name + String(repeating: " ", count: max(0, width - name.count)) + " : "
    }
}

extension ValueForm {
    /// The structure that the value is or points to.
    var structureName: String? {
        switch self {
        case .structure(let structure), .pointer(.structure(let structure)): structure.name
        default: nil
        }
    }

    /// Whether it is a pointer.
    var isPointer: Bool { if case .pointer = self { true } else { false } }
}
