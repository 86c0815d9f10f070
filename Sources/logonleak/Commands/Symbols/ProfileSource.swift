import BinaryReading
import KernelProfiles
import LeakReports
import ProgramDatabases

/// A built-in profile or a Volatility symbol file that answers questions, in the same words as a PDB as far as it knows them.
final class ProfileSource: SymbolSource {
    private let profile: KernelProfile
    let imageBase: UInt64?
    /// Every name with its address, in order of address; made with the first question about symbols.
    private lazy var symbols = Self.symbols(of: profile)

    init(_ profile: KernelProfile, imageBase: UInt64?) {
        self.profile = profile
        self.imageBase = imageBase
    }

    private static func symbols(of profile: KernelProfile) -> [(rva: UInt32, name: String)] {
        var symbols = profile.functions.map { (rva: $0.rva, name: $0.name) }
        let functions = Set(symbols.map(\.name))
        for name in profile.symbolNames where !functions.contains(name) {
            if let symbol = profile.symbol(named: name) { symbols.append((symbol.rva, name)) }
        }
        return symbols.sorted {
            $0.rva == $1.rva ? $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) : $0.rva < $1.rva
        }
    }

    var title: String {
        let place = profile.source.path ?? "the built-in symbols"
        let identity = profile.identity.map { " (\($0))" } ?? ""
        return "\(place) of kernel \(profile.version)\(identity)"
    }

    func warnings(ofTypes: Bool) -> [String] { [] }

    func types(_ query: String) -> [DescribedType] {
        guard !query.isEmpty else { return [] }
        guard NamePattern.isPattern(query) else { return type(named: query).map { [$0] } ?? [] }
        let pattern = NamePattern(query)
        let names = (profile.structureNames + profile.enumerationNames).filter { pattern.matches($0) }
        return names.compactMap { type(named: $0) }
    }

    private func type(named name: String) -> DescribedType? {
        if let layout = profile.structure(named: name) { return describe(layout) }
        guard let layout = profile.enumeration(named: name) else { return nil }
        let values = layout.members.map { DescribedType.Value(name: $0.name, bits: UInt64(bitPattern: $0.value)) }
        // What a profile does not tell is that of nearly all enumerations.
        let base = layout.byteCount == 4 ? "int" : TypeWords.integer(byteCount: layout.byteCount, isSigned: true)
        return DescribedType(
            name: name, keyword: "enum", byteCount: UInt64(clamping: layout.byteCount),
            content: .values(values, base: base, isSigned: true))
    }

    private func describe(_ layout: StructureLayout) -> DescribedType {
        var budget = InnerFields.maximumCount
        return DescribedType(
            name: layout.name, keyword: layout.kind.rawValue, byteCount: UInt64(clamping: layout.byteCount),
            content: .fields(fields(of: layout, nesting: 0, &budget), bases: []),
            problem: layout.isPartial ? "only some members are known" : nil)
    }

    /// Damaged files can nest without end: `budget` is what is left of the inner fields.
    private func fields(of layout: StructureLayout, nesting: Int, _ budget: inout Int) -> [DescribedType.Field] {
        let words = TypeWords(profile)
        var fields: [DescribedType.Field] = []
        for field in layout.fields {
            var inner: [DescribedType.Field] = []
            if nesting < InnerFields.maximumNesting, let name = Self.unnamedType(field.type),
                let layout = profile.structure(named: name), layout.fields.count <= budget
            {
                budget -= layout.fields.count
                inner = self.fields(of: layout, nesting: nesting + 1, &budget)
            }
            fields.append(
                DescribedType.Field(
                    name: field.name, offset: UInt64(clamping: field.offset),
                    byteCount: UInt64(clamping: field.byteCount), type: words.text(of: field.type),
                    bits: field.bitField.map { ($0.position, $0.width) }, inner: inner))
        }
        return fields
    }

    /// The made-up name of a type that has none: `_anon_3c69feb7` in the built-in profiles, `__unnamed_2933` in symbol files.
    private static func unnamedType(_ type: FieldType) -> String? {
        switch type {
        case .structure(let name), .union(let name):
            name.hasPrefix("_anon_") || name.hasPrefix("__unnamed_") ? name : nil
        default: nil
        }
    }

    func symbols(named name: String) -> [SymbolAnswer.Match] {
        symbols.filter { $0.name == name }.map { SymbolAnswer.Match(name: $0.name, rva: $0.rva) }
    }

    func symbols(matching pattern: NamePattern) -> [SymbolAnswer.Match] {
        symbols.filter { pattern.matches($0.name) }.map { SymbolAnswer.Match(name: $0.name, rva: $0.rva) }
    }

    func nearestSymbols(to rva: UInt32) -> [SymbolAnswer.Match] {
        var low = 0
        var high = symbols.count
        while low < high {
            let middle = (low + high) / 2
            if symbols[middle].rva <= rva { low = middle + 1 } else { high = middle }
        }
        guard low > 0 else { return [] }
        let start = symbols[low - 1].rva
        let names = symbols[..<low].reversed().prefix { $0.rva == start }.reversed()
        return names.map { SymbolAnswer.Match(name: $0.name, rva: start, displacement: rva - start) }
    }
}

/// The types of a profile in the words that a PDB's types are shown in.
struct TypeWords {
    private let profile: KernelProfile

    init(_ profile: KernelProfile) { self.profile = profile }

    /// The type in words.
    func text(of type: FieldType) -> String {
        switch type {
        case .integer(let byteCount, let isSigned): Self.integer(byteCount: byteCount, isSigned: isSigned)
        case .float(let byteCount): byteCount == 4 ? "float" : "double"
        case .wideCharacter: "wchar_t"
        case .void: "void"
        case .pointer(let target): pointer(to: target)
        case .array(let count, let element): array(count, element)
        case .structure(let name), .union(let name), .enumeration(let name): named(name, type)
        case .bits(_, let holder): text(of: holder)
        case .function: "function"
        case .unknown(let words): words
        }
    }

    /// An integer by its size, with the names that the kernel's headers use.
    static func integer(byteCount: Int, isSigned: Bool) -> String {
        let name =
            switch byteCount {
            case 1: "char"
            case 2: "short"
            case 4: "long"
            case 8: "long long"
            default: "__int\(byteCount * 8)"
            }
        return isSigned ? name : "unsigned " + name
    }

    private func array(_ count: Int, _ element: FieldType) -> String {
        var counts = "[\(count)]"
        var element = element
        while case .array(let count, let inner) = element {
            counts += "[\(count)]"
            element = inner
        }
        return text(of: element) + counts
    }

    /// What stands behind a pointer is kept as text: `_TOKEN`, `u64`, `ptr void`, `array 4 u8`, `func`.
    private func pointer(to target: String) -> String {
        if target.hasPrefix("array ") {
            let parts = target.split(separator: " ", maxSplits: 2)
            guard parts.count == 3 else { return "?*" }
            return "(\(pointee(String(parts[2])))[\(parts[1])])*"
        }
        return pointee(target) + "*"
    }

    private func pointee(_ target: String) -> String {
        if target.hasPrefix("ptr ") { return pointer(to: String(target.dropFirst(4))) }
        switch target {
        case "void", "?": return target
        case "func": return "function"
        case "wchar": return "wchar_t"
        case "f32": return "float"
        case "f64": return "double"
        default: break
        }
        if let bits = Int(target.dropFirst()), [8, 16, 32, 64].contains(bits), let sign = target.first,
            sign == "u" || sign == "i"
        {
            return Self.integer(byteCount: bits / 8, isSigned: sign == "i")
        }
        return named(target, nil)
    }

    /// A name with its keyword, which pointers do not keep: it is looked up.
    private func named(_ name: String, _ type: FieldType?) -> String {
        if case .enumeration? = type { return "enum \(name)" }
        if let layout = profile.structure(named: name) { return "\(layout.kind.rawValue) \(name)" }
        if case .union? = type { return "union \(name)" }
        if type == nil, profile.enumeration(named: name) != nil { return "enum \(name)" }
        return "struct \(name)"
    }
}
