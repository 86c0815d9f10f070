import BinaryReading
import KernelProfiles
import ProgramDatabases

/// A PDB as a kernel's profile. A type stream that cannot be read was refused on opening, so what is missing later is not there.
final class ProgramDatabaseProfile: ProfileStorage {
    let database: ProgramDatabase

    init(_ database: ProgramDatabase) { self.database = database }

    var invalidPTEMask: KernelProfile.InvalidPTEMaskLocation? { findInvalidPTEMask() }

    // MARK: Types

    var structureNames: [String] { names { $0.keyword != "enum" } }
    var enumerationNames: [String] { names { $0.keyword == "enum" } }

    private func names(where isWanted: (UserTypeName) -> Bool) -> [String] {
        let all = (try? database.typeNames()) ?? []
        return Self.sorted(Set(all.filter(isWanted).map(\.name)))
    }

    private static func sorted(_ names: some Sequence<String>) -> [String] {
        names.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    }

    func structure(named name: String) -> StructureLayout? {
        for type in types(named: name) {
            if case .aggregate(let aggregate) = type { return layout(of: aggregate, name: name) }
        }
        return nil
    }

    func enumeration(named name: String) -> EnumerationLayout? {
        for type in types(named: name) {
            guard case .enumeration(let enumeration) = type else { continue }
            let members = enumeration.members.map {
                EnumerationLayout.Member(name: $0.name, value: Int64(bitPattern: $0.bits))
            }
            return EnumerationLayout(name: name, byteCount: enumeration.byteCount, members: members)
        }
        return nil
    }

    private func types(named name: String) -> [UserDefinedType] {
        if let index = Self.unnamedIndex(name) { return (try? database.type(index)).flatMap { $0 }.map { [$0] } ?? [] }
        return (try? database.types(named: name)) ?? []
    }

    private func layout(of type: AggregateType, name: String) -> StructureLayout {
        let fields = type.members.map { member in
            FieldLayout(
                name: member.name, offset: Int(clamping: member.offset), byteCount: Int(clamping: member.byteCount),
                type: fieldType(member.type, depth: 0))
        }
        let order = fields.indices.sorted { left, right in
            let keys = [left, right].map { (fields[$0].offset, fields[$0].bitField?.position ?? 0, $0) }
            return keys[0] < keys[1]
        }
        let kind = StructureLayout.Kind(rawValue: type.keyword) ?? .structure
        return StructureLayout(
            name: name, kind: kind, byteCount: Int(clamping: type.byteCount), fields: order.map { fields[$0] },
            isPartial: type.problem != nil)
    }

    // MARK: Symbols

    var symbolNames: [String] {
        Self.sorted(Set(database.symbolsByAddress.lazy.filter { !$0.isCode }.map(\.name)))
    }

    var functions: [KernelProfile.Function] {
        let symbols = database.symbolsByAddress
        var functions: [KernelProfile.Function] = []
        var next: UInt32?
        var last: UInt32?
        for symbol in symbols.reversed() {
            guard let rva = symbol.rva else { continue }
            if let last, last != rva { next = last }
            last = rva
            guard symbol.isCode else { continue }
            functions.append(Self.function(symbol, rva: rva, next: next))
        }
        return functions.reversed()
    }

    func symbol(named name: String) -> KernelProfile.Symbol? {
        guard let rva = database.symbols(named: name).first?.rva else { return nil }
        return KernelProfile.Symbol(rva: rva, extent: database.symbolAddress(after: rva).map { $0 - rva })
    }

    func function(named name: String) -> KernelProfile.Function? {
        guard let symbol = database.symbols(named: name).first(where: { $0.isCode && $0.rva != nil }),
            let rva = symbol.rva
        else { return nil }
        return Self.function(symbol, rva: rva, next: database.symbolAddress(after: rva))
    }

    /// Of names that share a start the first by their bytes, as in the built-in profiles; plain names before decorated ones.
    func function(containing rva: UInt32) -> KernelProfile.Function? {
        let nearest = database.nearestSymbols(to: rva).filter(\.isCode)
        guard let chosen = nearest.min(by: { Self.isPreferred($0.name, to: $1.name) }), let start = chosen.rva else {
            return nil
        }
        let function = Self.function(chosen, rva: start, next: database.symbolAddress(after: start))
        return rva - start < function.extent ? function : nil
    }

    /// Whether the first of two names that share a start is the one to print.
    static func isPreferred(_ name: String, to other: String) -> Bool {
        let isDecorated = (name.hasPrefix("?"), other.hasPrefix("?"))
        guard isDecorated.0 == isDecorated.1 else { return isDecorated.1 }
        return name.utf8.lexicographicallyPrecedes(other.utf8)
    }

    private static func function(_ symbol: DatabaseSymbol, rva: UInt32, next: UInt32?) -> KernelProfile.Function {
        function(named: symbol.name, rva: rva, byteCount: symbol.byteCount, next: next)
    }

    /// A function reaches to its end where the PDB tells it, else to the next symbol.
    static func function(named name: String, rva: UInt32, byteCount: UInt32?, next: UInt32?) -> KernelProfile.Function {
        let extent = byteCount ?? KernelProfile.Function.extent(toNextSymbol: next.map { $0 &- rva })
        return KernelProfile.Function(name: name, rva: rva, extent: extent)
    }
}
