import BinaryReading
import Foundation
import Testing

@testable import KernelProfiles

@Suite("Built-in profiles against kernels.json", .enabled(if: SharedFacts.isPresent, "../shared is not here"))
struct SharedFactsTests {
    static let document = Result { try JSONDecoder().decode(KernelFactsDocument.self, from: Data(SharedFacts.text())) }

    private let document: KernelFactsDocument

    init() throws { document = try Self.document.get() }

    /// Twenty kernels spread over all builds, and what a sample of each needs.
    private func sampledKernels(seed: UInt64) -> [KernelFactsDocument.Kernel] {
        var generator = SeededGenerator(seed: seed)
        let stride = document.kernels.count / 20
        return (0..<20).map { document.kernels[$0 * stride + Int.random(in: 0..<stride, using: &generator)] }
    }

    private func profile(of kernel: KernelFactsDocument.Kernel) throws -> KernelProfile {
        let guid = try #require(kernel.guid.flatMap { GUID(symbolServerText: $0) })
        let identity = PDBIdentity(name: "another name", guid: guid, age: try #require(kernel.age))
        return try #require(BuiltInProfiles.profile(matching: identity))
    }

    @Test("every kernel is found by GUID and age, with its version, build and mask")
    func identities() throws {
        #expect(BuiltInProfiles.summaries.count == document.kernels.count)
        #expect(BuiltInProfiles.layoutOnlySummaries.map(\.version) == document.layout_only.map(\.version))
        for kernel in document.kernels {
            let profile = try profile(of: kernel)
            #expect(profile.version == kernel.version)
            #expect(profile.identity?.guid.symbolServerText == kernel.guid)
            #expect("\(profile.build)" == kernel.version.split(separator: ".")[2])
            let mask = kernel.invalid_pte_mask
            let expected: KernelProfile.InvalidPTEMaskLocation? =
                mask?["rva"].map { .variable(rva: $0) } ?? mask?["offset_in_MiState"].map { .insideMiState(offset: $0) }
            #expect(profile.invalidPTEMask == expected)
        }
    }

    @Test("fields of kernels", arguments: [1, 2])
    func fields(seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        for kernel in sampledKernels(seed: seed) + document.layout_only {
            let profile = kernel.guid == nil ? layoutOnlyProfile(of: kernel) : try profile(of: kernel)
            let layout = document.layout_sets[kernel.layout].types
            #expect(profile?.structureNames == layout.keys.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) })
            for _ in 0..<20 {
                let (name, variant) = try #require(layout.sorted { $0.key < $1.key }.randomElement(using: &generator))
                let expected = try #require(document.types[name]?[variant])
                let found = try #require(profile?.structure(named: name), "\(kernel.version) \(name)")
                #expect(found.kind.rawValue == expected.kind)
                #expect(found.byteCount == expected.size)
                #expect(found.isPartial == (expected.partial ?? false))
                #expect(found.fields.count == expected.fields.count)
                guard let field = expected.fields.randomElement(using: &generator) else { continue }
                let foundField = try #require(found[field.name])
                #expect(foundField.offset == field.offset)
                #expect(foundField.byteCount == field.size)
                #expect(Self.text(of: foundField.type) == field.type)
            }
        }
    }

    private func layoutOnlyProfile(of kernel: KernelFactsDocument.Kernel) -> KernelProfile? {
        guard let index = document.layout_only.firstIndex(where: { $0.version == kernel.version }) else { return nil }
        return ProfileCollection.embedded?.layoutOnlyProfile(at: index)
    }

    /// A type in the words of kernels.json.
    static func text(of type: FieldType) -> String {
        switch type {
        case .integer(let byteCount, let isSigned): (isSigned ? "i" : "u") + "\(byteCount * 8)"
        case .float(let byteCount): "f\(byteCount * 8)"
        case .wideCharacter: "wchar"
        case .void: "void"
        case .pointer(let name): "ptr \(name)"
        case .array(let count, let element): "array \(count) \(text(of: element))"
        case .structure(let name): "struct \(name)"
        case .union(let name): "union \(name)"
        case .enumeration(let name): "enum \(name)"
        case .bits(let field, let holder): "bit \(field.position):\(field.width) \(text(of: holder))"
        case .function: "func"
        case .unknown(let words): words
        }
    }

    @Test("data symbols of kernels", arguments: [3, 4])
    func symbols(seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        for kernel in sampledKernels(seed: seed) {
            let profile = try profile(of: kernel)
            let places = try #require(kernel.data)
            let extents = try #require(kernel.data_extent)
            for _ in 0..<20 {
                let index = document.data_names.indices.randomElement(using: &generator) ?? 0
                let found = profile.symbol(named: document.data_names[index])
                #expect(found?.rva == places[index])
                #expect(found?.extent == extents[index])
            }
        }
    }

    @Test("functions of kernels, the first of a shared start", arguments: [5, 6])
    func functions(seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        for kernel in sampledKernels(seed: seed) {
            let profile = try profile(of: kernel)
            let functions = Self.functions(of: try #require(kernel.functions), document.function_names)
            for _ in 0..<20 {
                let index = functions.indices.randomElement(using: &generator) ?? 0
                let function = functions[index]
                #expect(profile.function(named: function.name) == function)
                let printed = functions.first { $0.rva == function.rva }
                let inside = function.rva + UInt32.random(in: 0..<function.extent, using: &generator)
                #expect(profile.function(containing: inside) == printed)
            }
            let last = try #require(functions.last)
            #expect(profile.function(containing: last.rva + last.extent) == nil)
            #expect(profile.function(containing: 0) == nil)
        }
    }

    /// As `about` in the document says: names by running sum from -1, starts from the end of the entry before.
    static func functions(of facts: KernelFactsDocument.Functions, _ names: [String]) -> [KernelProfile.Function] {
        var name = -1
        var end = 0
        return facts.id.indices.map { index in
            name += facts.id[index]
            let start = end + facts.gap[index]
            end = start + facts.extent[index]
            return KernelProfile.Function(
                name: names[name], rva: UInt32(start), extent: UInt32(facts.extent[index]))
        }
    }
}
