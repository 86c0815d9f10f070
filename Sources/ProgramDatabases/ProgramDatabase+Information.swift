public import BinaryReading
import FileMapping

extension ProgramDatabase {
    /// What a PDB is: identity, container, and what kind of link made it.
    public struct Information: Sendable {
        /// The identifier shared with the image.
        public let guid: GUID
        /// How often the file was written, tools after the linker included.
        public let fileAge: UInt32
        /// How often the linker wrote it; nil where there is no debug stream.
        public let debugAge: UInt32?
        /// Time or hash of the first writing.
        public let signature: UInt32
        /// Bytes of a block.
        public let blockByteCount: Int
        /// Number of streams in the directory.
        public let streamCount: Int
        /// Machine of the image, as in its header; nil where there is no debug stream.
        public let machine: UInt16?
        /// Whether private symbols were stripped.
        public let isStripped: Bool
        /// Whether the image was linked incrementally.
        public let isIncrementallyLinked: Bool
        /// Whether types and private symbols stayed in the object files (/DEBUG:FASTLINK).
        public let isFastLink: Bool
        /// Whether the item stream exists.
        public let hasItems: Bool
        /// Names of the named streams, in the file's order.
        public let namedStreams: [String]
        /// What could not be read on opening.
        public let problems: [String]

        init(
            _ identifier: InformationStream, _ debug: DebugInformation?, _ container: StreamContainer, problem: String?
        ) {
            guid = identifier.guid
            fileAge = identifier.age
            debugAge = debug?.age
            signature = identifier.signature
            blockByteCount = container.blockByteCount
            streamCount = container.streamCount
            machine = debug?.machine
            isStripped = debug?.isStripped ?? false
            isIncrementallyLinked = debug?.isIncrementallyLinked ?? false
            isFastLink = identifier.isFastLink
            hasItems = identifier.hasItems
            namedStreams = identifier.namedStreams.map(\.name)
            problems = [problem, identifier.problem, debug?.problem].compactMap(\.self)
        }

        /// The age that the image and symbol stores know: the linker's, or the file's where the linker gave none (`pdb/README.md` §1).
        public var age: UInt32 { debugAge.flatMap { $0 == 0 ? nil : $0 } ?? fileAge }
    }

    /// GUID and age with a name: what ties the PDB to its image. The PDB does not hold its own name.
    public func identity(name: String) -> PDBIdentity {
        PDBIdentity(name: name, guid: information.guid, age: information.age)
    }

    /// Whether the file ends before the blocks that its superblock counts: it was cut short on its way.
    public var isCut: Bool {
        container.file.byteCount < Int(container.claimedBlockCount) * container.blockByteCount
    }

    /// The last part of the file's path; `the file` for bytes in memory.
    public var name: String { container.file.name }

    /// Name of the machine, where it is not x64; nil for x64 and where none is told.
    public var foreignMachine: String? {
        switch information.machine {
        case nil, 0, 0x8664: nil
        case 0x14C: "x86"
        case 0xAA64: "ARM64"
        case 0x1C4: "ARM"
        case 0x200: "Itanium"
        case .some(let other): other.hexText
        }
    }

    /// The sections of the image; none where the PDB does not list them.
    public var sections: [SectionHeader] { imageLayout.sections }

    /// Whether the image was rearranged after linking (OMAP).
    public var isRearranged: Bool { imageLayout.isRearranged }

    /// Whether symbols can have an address.
    public var hasAddresses: Bool { imageLayout.hasSections }

    /// Where an address of the image was before the image was rearranged; nil for what was added then.
    public func originalRVA(of rva: UInt32) -> UInt32? { imageLayout.originalRVA(of: rva) }

    /// Modules that were linked, and how many of them kept their symbols.
    public var moduleCounts: (all: Int, withSymbols: Int) {
        guard let debug, let debugBytes else { return (0, 0) }
        let modules = ModuleRecord.all(in: debugBytes, range: debug.modules)
        return (modules.count, modules.count { $0.stream != nil })
    }

    /// What was found damaged in the parts that were read so far.
    public var symbolProblems: [String] { imageLayout.problems + symbols.problems }
}
