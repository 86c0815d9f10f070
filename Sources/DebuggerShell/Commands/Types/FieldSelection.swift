import KernelProfiles

/// A field that was asked for: `AccountName`, `Pri*`, `ActiveProcessLinks.Flink`, `Token.`.
struct FieldSelection {
    /// The names of a path, each a pattern.
    private let path: [NamePattern]
    /// Levels of fields below the last name that are shown as well: one for each point at the end.
    let extraLevels: Int
    /// Columns that names are padded to: the length of what was typed, a final `*` not counted.
    let width: Int
    /// Whether it is there for the list that it links and shows its one-line form without its type's name.
    let isLink: Bool

    /// - Parameter isPrefix: Whether names only have to begin so (`-y`).
    init(_ text: String, isPrefix: Bool) {
        let points = text.reversed().prefix { $0 == "." }.count
        let names = text.dropLast(points).split(separator: ".")
        path = names.enumerated().map { index, name in
            NamePattern(isPrefix && index == names.count - 1 ? name + "*" : String(name))
        }
        extraLevels = points
        isLink = false
        width = text.hasSuffix("*") ? text.count - 1 : text.count
    }

    /// The field that links a list, or what holds it: it stands before the fields that were asked for and does not widen them.
    init(linkOf path: String) {
        let first = path.prefix { $0 != "." }
        self.init(path: [NamePattern(String(first))], extraLevels: 0, width: 0, isLink: first.count < path.count)
    }

    private init(path: [NamePattern], extraLevels: Int, width: Int, isLink: Bool = false) {
        self.path = path
        self.isLink = isLink
        self.extraLevels = extraLevels
        self.width = width
    }

    /// Whether it names a field of a structure.
    func matches(_ field: FieldLayout) -> Bool { path.first?.matches(field.name) ?? false }

    /// The selection among the fields below; nil where this is the end of the path.
    var rest: FieldSelection? {
        path.count > 1 ? FieldSelection(path: Array(path.dropFirst()), extraLevels: extraLevels, width: width) : nil
    }
}

/// A path of names to one field, found in a layout: where it lies, and where the structure begins that a link in it leads to.
struct FieldPath {
    /// The path in the symbols' spelling.
    let name: String
    /// Distance of the last field from the start of the outer structure.
    let offset: Int
    /// Distance of what holds the last field: a link to the next such holder is this far from the next structure.
    let holderOffset: Int

    /// nil where the layout has no such path.
    init?(_ text: String, in layout: StructureLayout, _ types: TypeCatalog) {
        var current: StructureLayout? = layout
        var offset = 0
        var holderOffset = 0
        var names: [String] = []
        for part in text.split(separator: ".") {
            let pattern = NamePattern(String(part))
            guard let field = current?.fields.first(where: { pattern.matches($0.name) }) else { return nil }
            names.append(field.name)
            holderOffset = offset
            offset &+= field.offset
            current = Self.structure(of: field.type, types)
        }
        guard !names.isEmpty else { return nil }
        // A list entry alone is followed by its first field.
        if current?.name == SpecialStructure.listEntry.rawValue { holderOffset = offset }
        name = names.joined(separator: ".")
        self.offset = offset
        self.holderOffset = holderOffset
    }

    private static func structure(of type: FieldType, _ types: TypeCatalog) -> StructureLayout? {
        switch type {
        case .structure(let name), .union(let name): types.structure(name)
        default: nil
        }
    }
}
