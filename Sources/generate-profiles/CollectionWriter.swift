import BinaryReading
import KernelProfiles

/// Turns facts into the bytes of a collection.
struct CollectionWriter {
    let facts: KernelFacts
    private let texts: Numbering<String>
    private let types: Numbering<String>
    private let references: FunctionReferences

    init(_ facts: KernelFacts) {
        self.facts = facts
        let typeTexts = facts.structures.flatMap { $0.variants.flatMap { $0.fields.map(\.type) } }
        types = Numbering(typeTexts, precedes: Self.precedes)
        var texts = facts.dataNames
        for structure in facts.structures {
            texts.append(structure.name)
            texts += structure.variants.flatMap { $0.fields.map(\.name) }
        }
        for enumeration in facts.enumerations {
            texts.append(enumeration.name)
            texts += enumeration.variants.flatMap { $0.members.map(\.name) }
        }
        texts += types.values.compactMap { Self.textInside(FieldType(factText: $0)) }
        texts += (facts.kernels + facts.layoutOnlyKernels).flatMap { [$0.pdbName, $0.version] }
        self.texts = Numbering(texts, precedes: Self.precedes)
        references = FunctionReferences(facts)
    }

    private static func precedes(_ left: String, _ right: String) -> Bool {
        left.utf8.lexicographicallyPrecedes(right.utf8)
    }

    /// The sections in the order of the table.
    func sections() -> [[UInt8]] { ProfileCollection.Section.allCases.map(section) }

    /// The whole collection around its sections.
    static func collection(of sections: [[UInt8]]) -> [UInt8] {
        var body: [UInt8] = []
        var start = ProfileCollection.sectionTableOffset + sections.count * 8
        for section in sections {
            body.append(word: start)
            body.append(word: section.count)
            start += section.count
        }
        for section in sections { body += section }
        var bytes: [UInt8] = []
        bytes.append(doubleWord: ProfileCollection.magic)
        bytes.append(word: ProfileCollection.formatVersion)
        bytes.append(word: ProfileCollection.sectionTableOffset + body.count)
        bytes.append(doubleWord: ProfileCollection.checksum(of: body))
        return bytes + body
    }

    private func section(_ section: ProfileCollection.Section) -> [UInt8] {
        switch section {
        case .texts: [UInt8](packing: texts.values.map { [UInt8]($0.utf8) })
        case .types: [UInt8](packing: types.values.map { encoded(FieldType(factText: $0)) })
        case .structures: names(facts.structures.map { ($0.name, $0.variants.count) })
        case .structureVariants: [UInt8](packing: facts.structures.flatMap { $0.variants.map(encoded) })
        case .enumerations: names(facts.enumerations.map { ($0.name, $0.variants.count) })
        case .enumerationVariants: [UInt8](packing: facts.enumerations.flatMap { $0.variants.map(encoded) })
        case .layoutSets: [UInt8](packing: facts.layoutSets.map(encoded))
        case .kernels:
            [UInt8](
                packing: facts.kernels.indices.map { encoded(facts.kernels[$0], reference: references.references[$0]) })
        case .layoutOnlyKernels: [UInt8](packing: facts.layoutOnlyKernels.map { encoded($0, reference: nil) })
        case .dataNames: [UInt8](packing: facts.dataNames.map { [UInt8]($0.utf8) })
        case .dataTables: [UInt8](packing: facts.kernels.indices.map(dataTable))
        case .functionNames: [UInt8](packingNames: facts.functionNames)
        case .functionTables: [UInt8](packing: references.encoded)
        }
    }

    /// Names with the number of their first variant.
    private func names(_ names: [(name: String, variantCount: Int)]) -> [UInt8] {
        var firstVariant = 0
        return [UInt8](
            packing: names.map { name, variantCount in
                var item: [UInt8] = []
                item.append(number: texts[name])
                item.append(number: firstVariant)
                firstVariant += variantCount
                return item
            })
    }

    private func encoded(_ variant: KernelFacts.StructureVariant) -> [UInt8] {
        let kinds = ["struct": 0, "union": 1, "class": 2]
        var item: [UInt8] = []
        item.append(number: (kinds[variant.kind] ?? 0) << 1 | (variant.isPartial ? 1 : 0))
        item.append(number: variant.byteCount)
        item.append(number: variant.fields.count)
        var offset = 0
        for field in variant.fields {
            item.append(number: texts[field.name])
            item.append(signed: Int64(field.offset - offset))
            item.append(number: types[field.type])
            item.append(number: field.byteCount)
            offset = field.offset
        }
        return item
    }

    private func encoded(_ variant: KernelFacts.EnumerationVariant) -> [UInt8] {
        var item: [UInt8] = []
        item.append(number: variant.byteCount)
        item.append(number: variant.members.count)
        for member in variant.members {
            item.append(number: texts[member.name])
            item.append(signed: member.value)
        }
        return item
    }

    private func encoded(_ set: KernelFacts.LayoutSet) -> [UInt8] {
        let structures = facts.structures.map { set.structures[$0.name] }
        let enumerations = facts.enumerations.map { set.enumerations[$0.name] }
        return (structures + enumerations).map { $0.map { UInt8($0) } ?? ProfileCollection.absentVariant }
    }

    private func encoded(_ kernel: KernelFacts.Kernel, reference: Int?) -> [UInt8] {
        var item: [UInt8] = []
        if let guid = GUID(symbolServerText: kernel.guid) {
            item.append(word: Int(guid.data1))
            item.append(word: Int(guid.data2) | Int(guid.data3) << 16)
            item.append(doubleWord: guid.data4.byteSwapped)
            item.append(word: Int(kernel.age))
        }
        item.append(number: texts[kernel.pdbName])
        item.append(number: texts[kernel.version])
        item.append(number: kernel.build)
        item.append(number: kernel.layoutSet)
        item.append(number: reference.map { $0 + 1 } ?? 0)
        switch kernel.mask {
        case .variable(let rva): item += [1] + number(rva)
        case .insideMiState(let offset): item += [2] + number(offset)
        case nil: item += [0, 0]
        }
        return item
    }

    private func number(_ value: UInt32) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.append(number: UInt64(value))
        return bytes
    }

    private func dataTable(of index: Int) -> [UInt8] {
        let kernel = facts.kernels[index]
        let reference = references.references[index].map { facts.kernels[$0] }
        var item: [UInt8] = []
        var lastShift: Int64 = 0
        for place in facts.dataNames.indices {
            let shift = Self.value(kernel.dataPlaces, place) - Self.value(reference?.dataPlaces, place)
            item.append(signed: shift - lastShift)
            lastShift = shift
        }
        for place in facts.dataNames.indices {
            item.append(signed: Self.value(kernel.dataExtents, place) - Self.value(reference?.dataExtents, place))
        }
        return item
    }

    /// The value plus one; zero where there is none.
    private static func value(_ values: [Int64?]?, _ place: Int) -> Int64 {
        guard let values, values.indices.contains(place), let value = values[place] else { return 0 }
        return value + 1
    }
}

extension CollectionWriter {
    /// The name or words inside a type, which is written by number.
    static func textInside(_ type: FieldType) -> String? {
        switch type {
        case .pointer(let name), .structure(let name), .union(let name), .enumeration(let name), .unknown(let name):
            name
        case .array(_, let element): textInside(element)
        case .bits(_, let holder): textInside(holder)
        default: nil
        }
    }

    private func encoded(_ type: FieldType) -> [UInt8] {
        var item: [UInt8] = []
        func append(_ code: ProfileCollection.TypeCode, _ numbers: Int...) {
            item.append(code.rawValue)
            for number in numbers { item.append(number: number) }
        }
        switch type {
        case .integer(let byteCount, let isSigned): append(isSigned ? .signedInteger : .unsignedInteger, byteCount)
        case .float(let byteCount): append(.float, byteCount)
        case .wideCharacter: append(.wideCharacter)
        case .void: append(.void)
        case .function: append(.function)
        case .pointer(let name): append(.pointer, texts[name])
        case .structure(let name): append(.structure, texts[name])
        case .union(let name): append(.union, texts[name])
        case .enumeration(let name): append(.enumeration, texts[name])
        case .unknown(let words): append(.unknown, texts[words])
        case .array(let count, let element):
            append(.array, count)
            item += encoded(element)
        case .bits(let field, let holder):
            append(.bits, field.position, field.width)
            item += encoded(holder)
        }
        return item
    }
}
