package import BinaryReading

/// Many profiles in one run of bytes: what `generate-profiles` writes (`Documentation/KernelProfiles.md` has the form).
///
/// Opening reads the table of sections and nothing else. Damage is met where it lies and answers nil there.
package struct ProfileCollection: Sendable {
    /// The first eight bytes, `LLPROFIL`.
    package static let magic: UInt64 = 0x4C49_464F_5250_4C4C
    /// Number of the form; a reader knows one.
    package static let formatVersion = 1
    /// Where the table of sections begins: after magic, form, size and checksum.
    package static let sectionTableOffset = 24
    /// References that are followed from one kernel's functions to the one they are written against.
    package static let maximumReferenceDepth = 6

    /// The sections, in the order of the table.
    package enum Section: Int, CaseIterable, Sendable {
        case texts, types, structures, structureVariants, enumerations, enumerationVariants, layoutSets
        case kernels, layoutOnlyKernels, dataNames, dataTables, functionNames, functionTables
    }

    /// The collection inside the program.
    static let embedded = ProfileCollection(CollectionBytes())

    let bytes: CollectionBytes
    private let sections: [Range<Int>]

    /// Opens a collection; nil where this is none, or where a section does not lie inside.
    package init?(_ bytes: CollectionBytes) {
        let start = Self.sectionTableOffset
        guard bytes.doubleWord(at: 0) == Self.magic, bytes.word(at: 8) == Self.formatVersion,
            bytes.word(at: 12) == bytes.count
        else { return nil }
        var sections: [Range<Int>] = []
        for section in Section.allCases {
            let entry = start + section.rawValue * 8
            guard let lower = bytes.word(at: entry), let size = bytes.word(at: entry + 4), lower + size <= bytes.count
            else { return nil }
            sections.append(lower..<(lower + size))
        }
        self.bytes = bytes
        self.sections = sections
    }

    /// Whether the checksum fits the bytes: for tests and the generator; a start does not pay for it.
    package var isIntact: Bool {
        bytes.doubleWord(at: 16) == Self.checksum(of: bytes.copy[Self.sectionTableOffset...])
    }

    /// FNV-1a of 64 bits.
    package static func checksum(of bytes: some Sequence<UInt8>) -> UInt64 {
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        for byte in bytes { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
        return hash
    }

    /// Where a section lies.
    func range(of section: Section) -> Range<Int> { sections[section.rawValue] }

    /// A section that is a list.
    func list(_ section: Section) -> PackedList? { PackedList(bytes, in: range(of: section)) }

    /// A text by number.
    func text(_ index: Int?) -> String? {
        guard let index else { return nil }
        return list(.texts)?.text(at: index)
    }

    /// Number of kernels with identity.
    package var kernelCount: Int { list(.kernels)?.count ?? 0 }

    /// Number of kernels known by version alone.
    package var layoutOnlyCount: Int { list(.layoutOnlyKernels)?.count ?? 0 }

    /// The profile of a kernel with identity.
    package func profile(at index: Int) -> KernelProfile? {
        kernel(at: index, in: .kernels).map { profile(of: $0, at: index) }
    }

    /// The profile of a kernel known by version alone: layouts, no symbols.
    package func layoutOnlyProfile(at index: Int) -> KernelProfile? {
        kernel(at: index, in: .layoutOnlyKernels).map { profile(of: $0, at: nil) }
    }

    private func profile(of kernel: KernelRecord, at index: Int?) -> KernelProfile {
        KernelProfile(
            identity: kernel.identity, version: kernel.version, build: kernel.build, source: .builtIn,
            storage: BuiltInProfile(collection: self, kernel: kernel, index: index))
    }

    /// The profile of the kernel with that GUID and age.
    package func profile(guid: GUID, age: UInt32) -> KernelProfile? {
        guard let kernels = list(.kernels) else { return nil }
        for index in 0..<kernels.count {
            guard let start = kernels.range(of: index)?.lowerBound, bytes.word(at: start) == Int(guid.data1) else {
                continue
            }
            guard let profile = profile(at: index), let identity = profile.identity else { continue }
            if identity.guid == guid, identity.age == age { return profile }
        }
        return nil
    }
}
