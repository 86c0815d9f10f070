public import AddressTranslation
public import BinaryReading
public import KernelProfiles
public import MemoryImages

/// The kernel in a dump: where it lies, which one it is, its symbols, and the address space in which its memory is read.
public struct Kernel: Sendable {
    /// How the base of the image was found.
    public enum BaseSource: Hashable, Sendable {
        /// The user named it.
        case override
        /// By the first entry of `PsLoadedModuleList`.
        case moduleList
        /// By `KernBase` of a plain KDBG.
        case debuggerData
        /// By walking back from an address inside the image.
        case walkBack
        /// By looking at every page of the loader's range.
        case scan
    }

    /// What the user may say against what a dump says of itself.
    public struct Overrides: Sendable {
        /// Address of the kernel image.
        public var base: VirtualAddress?
        /// Root of the page tables.
        public var directoryTableBase: UInt64?

        /// Makes overrides.
        public init(base: VirtualAddress? = nil, directoryTableBase: UInt64? = nil) {
            self.base = base
            self.directoryTableBase = directoryTableBase
        }
    }

    /// The dump it was found in, with all runs of physical memory that the kernel itself knows.
    public let dump: CrashDump
    /// The kernel's address space.
    public let addressSpace: AddressSpace
    /// Address of the image.
    public let base: VirtualAddress
    /// `SizeOfImage`; nil where the image's header cannot be read.
    public let imageByteCount: UInt64?
    /// How the base was found.
    public let baseSource: BaseSource
    /// Which symbol file belongs to it.
    public let identity: PDBIdentity
    /// Its layouts and symbols.
    public let profile: KernelProfile
    /// What stands in for its symbols where nobody has them; nil where they are known.
    public let inference: KernelInference?

    /// Finds the kernel in a dump.
    ///
    /// - Parameters:
    ///   - dump: The opened dump.
    ///   - symbols: Symbols that the user gave; the built-in ones are used where this is nil.
    ///   - provider: Asked for symbols once the kernel's identity is known, unless the user gave some.
    ///   - overrides: What the user says against the dump.
    ///   - hidden: Built-in profiles that are treated as if they were not there.
    /// - Throws: `KernelError` with what was found and what can be done.
    public init(
        in dump: CrashDump, symbols: KernelProfile? = nil, provider: (any KernelSymbolProvider)? = nil,
        overrides: Overrides = Overrides(), hiding hidden: HiddenProfiles = HiddenProfiles()
    ) throws(KernelError) {
        let space = try Self.addressSpace(in: dump, overrides)
        let memory = VirtualMemory(space)
        var search = KernelSearch(memory: memory, hints: Self.hints(in: dump, overrides))
        guard let location = search.locate() else { throw .noKernelImage }
        let build = Int(dump.header.buildNumber)
        guard let identity = location.identity ?? symbols?.identity else { throw .noIdentity(base: location.base) }
        let found: CrashDump
        if let known = try Self.profile(of: identity, build: build, symbols, provider, hiding: hidden) {
            (found, profile, inference) = (dump, known, nil)
        } else {
            let inferring = KernelInferring(dump: dump, space: space, location: location, identity: identity)
            do throws(KernelInferring.Failure) {
                let result = try inferring.infer(hiding: hidden)
                (found, profile, inference) = (result.dump, result.profile, result.inference)
            } catch {
                throw .unknownKernel(identity, build: build, tried: error.tried)
            }
        }
        self.identity = identity
        base = location.base
        imageByteCount = location.imageByteCount
        baseSource = location.source
        let format = InvalidEntryFormat(profile: profile, build: build, base: location.base, memory: memory)
        let complete = Self.complete(found, profile: profile, base: location.base, memory: memory)
        self.dump = complete
        addressSpace = AddressSpace(
            physicalMemory: complete.physicalMemory, directoryTableBase: space.directoryTableBase.rawValue,
            levels: space.levels, invalidEntries: format)
    }

    /// Address of a data symbol; nil where the profile has none of that name.
    public func address(of symbol: String) -> VirtualAddress? {
        profile.symbol(named: symbol).map { base + Int($0.rva) }
    }

    static func addressSpace(in dump: CrashDump, _ overrides: Overrides) throws(KernelError) -> AddressSpace {
        let search = AddressSpaceSearch(
            physicalMemory: dump.physicalMemory, loadedModuleList: dump.header.loadedModuleList)
        let value = overrides.directoryTableBase ?? dump.header.directoryTableBase?.rawValue
        if let value, let space = search.addressSpace(of: value) { return space }
        guard overrides.directoryTableBase == nil, let space = search.addressSpaceByScan() else {
            throw .noPageTables(headerValue: value)
        }
        return space
    }

    static func hints(in dump: CrashDump, _ overrides: Overrides) -> KernelSearch.Hints {
        let header = dump.header
        return KernelSearch.Hints(
            override: overrides.base, loadedModuleList: header.loadedModuleList,
            debuggerData: header.debuggerDataBlock,
            instructionPointers: [header.context?.rip, header.exception?.address].compactMap(\.self).map(
                VirtualAddress.init))
    }

    /// The symbols that the user gave, those that the provider finds, or the built-in ones; nil where none are at hand.
    private static func profile(
        of identity: PDBIdentity, build: Int, _ symbols: KernelProfile?, _ provider: (any KernelSymbolProvider)?,
        hiding hidden: HiddenProfiles
    ) throws(KernelError) -> KernelProfile? {
        guard let symbols else {
            let builtIn = BuiltInProfiles.profile(matching: identity).flatMap {
                hidden.hides($0.identity, version: $0.version, build: $0.build, dumpBuild: build) ? nil : $0
            }
            return provider?.profile(of: identity, build: build, isBuiltIn: builtIn != nil) ?? builtIn
        }
        // Another age of the same GUID was written by a tool after linking: who names the file outright may use it.
        if let theirs = symbols.identity, theirs.guid != identity.guid {
            let path = symbols.source.path ?? "the symbol file"
            throw .foreignSymbols(path: path, theirs: theirs, wanted: identity)
        }
        return symbols
    }

    /// The dump with the runs of memory that its header has no room for (`formats.md` §1.3).
    private static func complete(_ dump: CrashDump, profile: KernelProfile, base: VirtualAddress, memory: VirtualMemory)
        -> CrashDump
    {
        guard case .runs(let descriptor) = dump.layout, descriptor.isCut,
            let symbol = profile.symbol(named: "MmPhysicalMemoryBlock"),
            let block = try? memory.loadAddress(at: base + Int(symbol.rva))
        else { return dump }
        return complete(dump, memoryBlock: block, in: memory) ?? dump
    }

    /// The dump with the runs of the kernel's list at an address; nil where they do not continue those of the header.
    static func complete(_ dump: CrashDump, memoryBlock block: VirtualAddress, in memory: VirtualMemory) -> CrashDump? {
        guard block.isKernel, let count = try? memory.load(UInt32.self, at: block), count <= 4096 else { return nil }
        var runs: [PhysicalRun] = []
        for index in 0..<Int(count) {
            let entry = block + 16 + 16 * index
            guard let first = try? memory.load(UInt64.self, at: entry),
                let pages = try? memory.load(UInt64.self, at: entry + 8)
            else { return nil }
            runs.append(PhysicalRun(firstPage: PageFrameNumber(first), pageCount: pages))
        }
        return try? dump.extended(withRuns: runs)
    }
}
