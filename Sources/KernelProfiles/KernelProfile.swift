public import BinaryReading

/// Layouts and symbols of one Windows kernel, as values: no memory, no dump.
///
/// A profile comes from the built-in collection (``BuiltInProfiles``) or from a symbol file that the user names. It is cheap to copy;
/// what a question does not need is not decoded.
public struct KernelProfile: Sendable {
    /// Where a profile's facts come from.
    public enum Source: Hashable, Sendable, CustomStringConvertible {
        /// The collection inside the program.
        case builtIn
        /// A Volatility symbol file.
        case symbolFile(path: String)
        /// A PDB.
        case programDatabase(path: String)
        /// The layouts of another kernel, whose version this is, and symbols found in the dump itself.
        case inferred(layouts: String)

        /// The file; nil where there is none.
        public var path: String? {
            switch self {
            case .builtIn, .inferred: nil
            case .symbolFile(let path), .programDatabase(let path): path
            }
        }

        /// As reports name it: `builtIn`, `inferred`, or the path of the file.
        public var description: String {
            switch self {
            case .builtIn: "builtIn"
            case .symbolFile(let path), .programDatabase(let path): path
            case .inferred: "inferred"
            }
        }
    }

    /// A data symbol: where it lies and how large it may be.
    public struct Symbol: Hashable, Sendable {
        /// Distance in bytes from the kernel's base.
        public let rva: UInt32
        /// Distance to the next symbol of any name, an upper bound of the size; nil where unknown.
        public let extent: UInt32?

        /// Makes a symbol.
        public init(rva: UInt32, extent: UInt32?) {
            self.rva = rva
            self.extent = extent
        }
    }

    /// A function: where it starts and how far its name may be trusted.
    public struct Function: Hashable, Sendable {
        /// The name to print; of several names that share one start, the first of the source.
        public let name: String
        /// Distance in bytes from the kernel's base.
        public let rva: UInt32
        /// Bytes up to the next symbol of any name: an upper bound of the function's size.
        public let extent: UInt32

        /// Makes a function.
        public init(name: String, rva: UInt32, extent: UInt32) {
            self.name = name
            self.rva = rva
            self.extent = extent
        }
    }

    /// Where the kernel keeps the mask that it lays over invalid page-table entries (L1TF, `formats.md` §5.3).
    public enum InvalidPTEMaskLocation: Hashable, Sendable {
        /// A variable of eight bytes at this RVA.
        case variable(rva: UInt32)
        /// Eight bytes at this offset inside the data symbol `MiState`.
        case insideMiState(offset: UInt32)
    }

    /// Whose profile it is; nil for layouts known by version alone.
    public let identity: PDBIdentity?
    /// File version of the kernel, `10.0.17763.5933`; `?` in place of a revision that is not known.
    public let version: String
    /// Build number, the third part of the version.
    public let build: Int
    /// Where the facts come from.
    public let source: Source

    let storage: any ProfileStorage

    /// Makes a profile over what answers its questions.
    package init(identity: PDBIdentity?, version: String, build: Int, source: Source, storage: any ProfileStorage) {
        self.identity = identity
        self.version = version
        self.build = build
        self.source = source
        self.storage = storage
    }

    /// The layout of a structure, union or class, or nil where this kernel has none of that name.
    public func structure(named name: String) -> StructureLayout? { storage.structure(named: name) }

    /// The layout of an enumeration, or nil where this kernel has none of that name.
    public func enumeration(named name: String) -> EnumerationLayout? { storage.enumeration(named: name) }

    /// A data symbol, or nil where this kernel has none of that name.
    public func symbol(named name: String) -> Symbol? { storage.symbol(named: name) }

    /// The function whose known extent holds an RVA, or nil where no name is certain.
    public func function(containing rva: UInt32) -> Function? { storage.function(containing: rva) }

    /// The function of that name, or nil where the profile has none.
    public func function(named name: String) -> Function? { storage.function(named: name) }

    /// Names of all structures, unions and classes, sorted.
    public var structureNames: [String] { storage.structureNames }

    /// Names of all enumerations, sorted.
    public var enumerationNames: [String] { storage.enumerationNames }

    /// Names of all data symbols, sorted.
    public var symbolNames: [String] { storage.symbolNames }

    /// All functions in order of address, under every name: where names share a start, each of them.
    public var functions: [Function] { storage.functions }

    /// Where the mask over invalid page-table entries lies; nil where there is none or it is not known.
    public var invalidPTEMask: InvalidPTEMaskLocation? { storage.invalidPTEMask }
}

/// What answers a profile's questions: the embedded collection, a symbol file, a PDB.
package protocol ProfileStorage: Sendable {
    var structureNames: [String] { get }
    var enumerationNames: [String] { get }
    var symbolNames: [String] { get }
    var functions: [KernelProfile.Function] { get }
    var invalidPTEMask: KernelProfile.InvalidPTEMaskLocation? { get }
    func structure(named name: String) -> StructureLayout?
    func enumeration(named name: String) -> EnumerationLayout?
    func symbol(named name: String) -> KernelProfile.Symbol?
    func function(containing rva: UInt32) -> KernelProfile.Function?
    func function(named name: String) -> KernelProfile.Function?
}

extension ProfileStorage {
    /// Where the mask lies by the symbols: a variable up to 9600; later a member of the kernel's own state, which the source may
    /// describe (`formats.md` §5.3).
    package func findInvalidPTEMask() -> KernelProfile.InvalidPTEMaskLocation? {
        if let variable = symbol(named: "MiInvalidPteMask") { return .variable(rva: variable.rva) }
        guard symbol(named: "MiState") != nil, let hardware = structure(named: "_MI_SYSTEM_INFORMATION")?["Hardware"],
            let mask = structure(named: "_MI_HARDWARE_STATE")?["InvalidPteMask"]
        else { return nil }
        let (offset, overflow) = hardware.offset.addingReportingOverflow(mask.offset)
        return overflow ? nil : UInt32(exactly: offset).map { .insideMiState(offset: $0) }
    }
}

extension KernelProfile.Function {
    /// Distances above this do not end at the next function but at the end of a section (`kernels.md`).
    private static let longest: UInt32 = 0x6000
    /// What is left of a function whose next symbol is farther than that.
    private static let cut: UInt32 = 0x1000

    /// How far a function may be trusted whose next symbol lies at a distance; nil where none follows.
    package static func extent(toNextSymbol distance: UInt32?) -> UInt32 {
        guard let distance, distance <= longest else { return cut }
        return distance
    }
}
