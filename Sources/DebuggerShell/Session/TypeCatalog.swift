import BinaryReading
import KernelProfiles

/// The types of the kernel's profile, found by names in either case and kept once found.
final class TypeCatalog {
    private let profile: KernelProfile
    private var structures: [String: StructureLayout?] = [:]
    private var enumerations: [String: EnumerationLayout?] = [:]
    private lazy var spellings: [String: String] = Dictionary(
        names.map { ($0.lowercased(), $0) }, uniquingKeysWith: { first, _ in first })
    /// Names of all structures, unions and enumerations, sorted.
    private(set) lazy var names: [String] = (profile.structureNames + profile.enumerationNames).sorted()

    init(_ profile: KernelProfile) { self.profile = profile }

    /// Where the types come from, for remarks: `the built-in profile of 10.0.14393.6343`.
    var description: String { path ?? "the built-in profile of \(profile.version)" }

    /// The file that the types come from; nil for what is built in.
    private var path: String? {
        switch profile.source {
        case .symbolFile(let path), .programDatabase(let path): path
        default: nil
        }
    }

    /// Whether fields stand in the order of their declaration already.
    private var hasOwnOrder: Bool { if case .programDatabase = profile.source { true } else { false } }

    /// Whether all of the kernel's types are there.
    var isComplete: Bool { path != nil }

    /// The layout of a structure or union; nil where there is none.
    func structure(_ name: String) -> StructureLayout? {
        if let known = structures[name] { return known }
        let layout = profile.structure(named: name) ?? spelling(of: name).flatMap { profile.structure(named: $0) }
        let ordered = layout.map(hasOwnOrder ? { $0 } : Self.inReadingOrder)
        if structures.count < 4096 { structures[name] = .some(ordered) }
        return ordered
    }

    /// The members of an enumeration; nil where there is none.
    func enumeration(_ name: String) -> EnumerationLayout? {
        if let known = enumerations[name] { return known }
        let layout = profile.enumeration(named: name) ?? spelling(of: name).flatMap { profile.enumeration(named: $0) }
        if enumerations.count < 4096 { enumerations[name] = .some(layout) }
        return layout
    }

    private func spelling(of name: String) -> String? { spellings[name.lowercased()] }

    /// Fields by offset, then the widest first, bits last: nearest to the order in which a PDB has them.
    private static func inReadingOrder(_ layout: StructureLayout) -> StructureLayout {
        let fields = layout.fields.enumerated().sorted { left, right in
            let (first, second) = (left.element, right.element)
            let firstBit = first.bitField.map(\.position) ?? -1
            let secondBit = second.bitField.map(\.position) ?? -1
            return (first.offset, firstBit, -first.byteCount, left.offset)
                < (second.offset, secondBit, -second.byteCount, right.offset)
        }.map(\.element)
        return StructureLayout(
            name: layout.name, kind: layout.kind, byteCount: layout.byteCount, fields: fields,
            isPartial: layout.isPartial)
    }
}
