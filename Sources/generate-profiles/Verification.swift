import BinaryReading
import KernelProfiles

/// Compares every fact with what a reader of a collection gets.
struct Verification {
    let facts: KernelFacts
    let collection: ProfileCollection
    private(set) var factCount = 0
    private(set) var differences: [String] = []

    init(facts: KernelFacts, collection: ProfileCollection) {
        self.facts = facts
        self.collection = collection
    }

    private mutating func expect<Value: Equatable>(_ found: Value, _ expected: Value, _ what: @autoclosure () -> String)
    {
        factCount += 1
        if found != expected { differences.append("\(what()): \(found) where \(expected) is expected") }
    }

    mutating func run() {
        expect(collection.kernelCount, facts.kernels.count, "number of kernels")
        expect(collection.layoutOnlyCount, facts.layoutOnlyKernels.count, "number of kernels by version alone")
        for (index, kernel) in facts.kernels.enumerated() {
            guard let profile = collection.profile(at: index) else {
                differences.append("\(kernel.version) has no profile")
                continue
            }
            compareIdentity(profile, kernel)
            compareLayouts(profile, kernel)
            compareSymbols(profile, kernel)
            compareFunctions(profile, kernel)
        }
        for (index, kernel) in facts.layoutOnlyKernels.enumerated() {
            guard let profile = collection.layoutOnlyProfile(at: index) else {
                differences.append("\(kernel.version) has no layouts")
                continue
            }
            expect(profile.identity, nil, "\(kernel.version) identity")
            expect(profile.version, kernel.version, "version")
            expect(profile.build, kernel.build, "build")
            expect(profile.symbolNames, [], "\(kernel.version) symbols")
            compareLayouts(profile, kernel)
        }
    }

    private mutating func compareIdentity(_ profile: KernelProfile, _ kernel: KernelFacts.Kernel) {
        expect(profile.identity?.name, kernel.pdbName, "\(kernel.version) PDB")
        expect(profile.identity?.guid.symbolServerText, kernel.guid, "\(kernel.version) GUID")
        expect(profile.identity?.age, kernel.age, "\(kernel.version) age")
        expect(profile.version, kernel.version, "version")
        expect(profile.build, kernel.build, "\(kernel.version) build")
        expect(profile.invalidPTEMask, kernel.mask, "\(kernel.version) mask")
        guard let guid = GUID(symbolServerText: kernel.guid) else { return }
        expect(collection.profile(guid: guid, age: kernel.age)?.version, kernel.version, "\(kernel.guid) found")
    }

    private mutating func compareLayouts(_ profile: KernelProfile, _ kernel: KernelFacts.Kernel) {
        let set = facts.layoutSets[kernel.layoutSet]
        expect(profile.structureNames, set.structures.keys.sorted(by: Self.precedes), "\(kernel.version) structures")
        expect(profile.enumerationNames, set.enumerations.keys.sorted(by: Self.precedes), "\(kernel.version) enums")
        for structure in facts.structures {
            let expected = set.structures[structure.name].map { structure.variants[$0].layout(named: structure.name) }
            expect(profile.structure(named: structure.name), expected, "\(kernel.version) \(structure.name)")
            factCount += expected?.fields.count ?? 0
        }
        for enumeration in facts.enumerations {
            let expected = set.enumerations[enumeration.name].map {
                EnumerationLayout(
                    name: enumeration.name, byteCount: enumeration.variants[$0].byteCount,
                    members: enumeration.variants[$0].members.map { .init(name: $0.name, value: $0.value) })
            }
            expect(profile.enumeration(named: enumeration.name), expected, "\(kernel.version) \(enumeration.name)")
        }
    }

    private mutating func compareSymbols(_ profile: KernelProfile, _ kernel: KernelFacts.Kernel) {
        for (place, name) in facts.dataNames.enumerated() {
            let expected = kernel.dataPlaces[place].map {
                KernelProfile.Symbol(rva: UInt32($0), extent: kernel.dataExtents[place].map { UInt32($0) })
            }
            expect(profile.symbol(named: name), expected, "\(kernel.version) \(name)")
        }
        let present = zip(facts.dataNames, kernel.dataPlaces).compactMap { $1 == nil ? nil : $0 }
        expect(profile.symbolNames, present, "\(kernel.version) symbols")
    }

    private mutating func compareFunctions(_ profile: KernelProfile, _ kernel: KernelFacts.Kernel) {
        let expected = kernel.functions.functions(names: facts.functionNames)
        let found = profile.functions
        expect(found.count, expected.count, "\(kernel.version) number of functions")
        var first = expected.first
        for (place, function) in expected.enumerated() {
            if function.rva != first?.rva { first = function }
            expect(place < found.count ? found[place] : nil, function, "\(kernel.version) function \(place)")
            expect(profile.function(containing: function.rva), first, "\(kernel.version) at \(function.name)")
            let end = function.rva + function.extent
            expect(profile.function(containing: end - 1), first, "\(kernel.version) end of \(function.name)")
            if place + 1 == expected.count || expected[place + 1].rva > end {
                expect(profile.function(containing: end), nil, "\(kernel.version) past \(function.name)")
            }
            // Finding by name goes through all functions: a sample is enough.
            if place % 97 == 0 {
                expect(profile.function(named: function.name), function, "\(kernel.version) \(function.name)")
            }
        }
    }

    private static func precedes(_ left: String, _ right: String) -> Bool {
        left.utf8.lexicographicallyPrecedes(right.utf8)
    }
}

extension KernelFacts.StructureVariant {
    /// The layout that a reader has to give.
    func layout(named name: String) -> StructureLayout {
        StructureLayout(
            name: name, kind: StructureLayout.Kind(rawValue: kind) ?? .structure, byteCount: byteCount,
            fields: fields.map {
                FieldLayout(
                    name: $0.name, offset: $0.offset, byteCount: $0.byteCount, type: FieldType(factText: $0.type))
            }, isPartial: isPartial)
    }
}

extension KernelFacts.FunctionFacts {
    /// The functions that a reader has to give, in order.
    func functions(names allNames: [String]) -> [KernelProfile.Function] {
        var end: Int32 = 0
        return names.indices.map { index in
            let start = end + gaps[index]
            end = start + extents[index]
            return KernelProfile.Function(
                name: allNames[Int(names[index])], rva: UInt32(start), extent: UInt32(extents[index]))
        }
    }
}
