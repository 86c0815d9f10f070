import KernelProfiles

/// A type of executive objects and where it lies.
struct ObjectTypePlace {
    let index: UInt8
    /// The type object's body.
    let address: UInt64
}

/// A module in the list of loaded modules.
struct ModulePlace: Hashable {
    let name: String
    let base: UInt64
    let byteCount: UInt32
}

/// Where the machine's objects lie.
struct MachineAddresses {
    var tokens: [UInt64] = []
    var logonSessions: [UInt64] = []
    var processes: [UInt64] = []
    var threads: [UInt64] = []
    var others: [UInt64] = []
    /// Body of each terminal session's object; 0 where there is none.
    var terminalObjects: [UInt64] = []
    var terminalBlocks: [UInt64] = []
    var types: [String: ObjectTypePlace] = [:]
    var modules: [ModulePlace] = []
    /// The loader's entry of each module.
    var loaderEntries: [UInt64] = []
    var handleTables: [UInt64] = []
    /// Pages of each process' handle table that hold entries, in order.
    var handlePages: [[UInt64]] = []
    var processorControlRegions: [UInt64] = []
    var sharedDataSlot = 0
    /// Images of user processes: shared libraries first, the system library first of them, then programs.
    var userModules: [UserModulePlace] = []
    /// Numbers of the images that each process maps; empty where it maps none any more.
    var userModulesOfProcess: [[Int]] = []
    /// Recorded stack of each token.
    var traces: [CreationTrace?] = []
    /// What was lost on purpose: what, where, why.
    var losses: [ForgedTruth.Loss] = []
}

/// Lays a machine out in memory: gives every object an address and writes its bytes.
///
/// The work is done in two passes, since objects refer to one another: ``allocateEverything()`` hands out addresses,
/// the `write…` functions fill them.
struct MachineLayout {
    let model: MachineModel
    let options: ForgeOptions
    let profile: KernelProfile
    let shapes: KernelShapes
    let counts: ObjectCounts
    let plan: AddressPlan
    let invalidMask: UInt64
    let headerCookie: UInt8?
    var generator: ForgeGenerator
    var memory = KernelMemory()
    var paged: Pool
    var nonPaged: Pool
    /// Pages of the system's own, in no table of pool allocations.
    var system: Pool
    var addresses = MachineAddresses()
    /// The debugger's data before it was encoded.
    var plainDebuggerData: [UInt8] = []
    let imageByteCount: UInt32
    let largeImage: Bool

    init(model: MachineModel, options: ForgeOptions) throws(ForgeError) {
        guard options.profile.identity != nil else { throw .profileLacks("identity") }
        self.model = model
        self.options = options
        profile = options.profile
        shapes = try KernelShapes(profile: options.profile)
        counts = ObjectCounts(model: model)
        var generator = ForgeGenerator(seed: options.seed ^ 0x5A5A_0000_1111_2222)
        largeImage = options.largeKernelPages
        plan = AddressPlan(build: profile.build, isImageLarge: largeImage, generator: &generator)
        let isMasked = generator.chance(percent: 70)
        invalidMask = isMasked && profile.invalidPTEMask != nil ? 1 << 45 : 0
        headerCookie = profile.symbol(named: "ObHeaderCookie") == nil ? nil : UInt8(generator.within(1...255))
        imageByteCount = Self.imageByteCount(of: profile)
        self.generator = generator
        _ = memory.addRegion(base: plan.kernelBase, kind: .image)
        _ = memory.addRegion(base: plan.driverBase, kind: .image)
        _ = memory.addRegion(base: plan.pagedPoolBase, kind: .pagedPool)
        _ = memory.addRegion(base: plan.nonPagedPoolBase, kind: .nonPagedPool)
        _ = memory.addRegion(base: plan.systemBase, kind: .nonPagedPool)
        _ = memory.addRegion(base: AddressPlan.sharedData, kind: .sharedData)
        paged = Pool(isPaged: true, base: plan.pagedPoolBase)
        nonPaged = Pool(isPaged: false, base: plan.nonPagedPoolBase)
        system = Pool(isPaged: false, base: plan.systemBase)
        memory.regions[0].isLarge = largeImage
    }

    /// The size of the image: what lies above its highest known symbol is not known.
    private static func imageByteCount(of profile: KernelProfile) -> UInt32 {
        var highest: UInt32 = 0x10_0000
        for name in profile.symbolNames {
            if let symbol = profile.symbol(named: name) { highest = max(highest, symbol.rva) }
        }
        var misses = 0
        var probe = highest
        while misses < 64 {
            probe += 0x1000
            if profile.function(containing: probe) != nil {
                highest = probe
                misses = 0
            } else {
                misses += 1
            }
        }
        return (highest + 0x2FFF) & ~0xFFF
    }

    /// Fills the machine's memory; page tables come after.
    mutating func layOut() throws(ForgeError) {
        memory.touch(plan.kernelBase)
        try allocateEverything()
        try writeImage()
        writeTypes()
        placeModules()
        placeUserModules()
        writeTokens()
        writeLogonSessions()
        writeTerminalSessions()
        try writeProcesses()
        writeHandleTables()
        writeModules()
        writeSharedData()
        try writeProcessors()
        writePoolTables()
        paged.closeAll(memory: &memory)
        nonPaged.closeAll(memory: &memory)
        system.closeAll(memory: &memory)
    }

    /// The address of a data symbol, or nil where the kernel has none of that name.
    ///
    /// Some sources give absolute symbols the distance 0, which is the image's header.
    func symbol(_ name: String) -> UInt64? {
        guard let symbol = profile.symbol(named: name), symbol.rva >= 0x1000 else { return nil }
        return plan.kernelBase + UInt64(symbol.rva)
    }

    /// The address of a data symbol that every machine needs.
    func requiredSymbol(_ name: String) throws(ForgeError) -> UInt64 {
        guard let address = symbol(name) else { throw .profileLacks(name) }
        return address
    }

    /// Writes a variable of the kernel, where it has one of that name.
    mutating func setSymbol(_ name: String, _ value: UInt64, byteCount: Int = 8) {
        guard let address = symbol(name) else { return }
        memory.store(value, byteCount: byteCount, at: address)
    }

    /// A block of paged pool.
    mutating func takePaged(_ byteCount: Int, _ tag: UInt32, isIsolated: Bool = false) -> UInt64 {
        paged.allocate(byteCount, tag: tag, memory: &memory, generator: &generator, isIsolated: isIsolated)
    }

    /// A block of nonpaged pool.
    mutating func takeNonPaged(_ byteCount: Int, _ tag: UInt32) -> UInt64 {
        nonPaged.allocate(byteCount, tag: tag, memory: &memory, generator: &generator)
    }

    /// A text in nonpaged pool, with its terminator.
    mutating func placeText(_ text: String, tag: UInt32) -> (address: UInt64, byteCount: Int) {
        let bytes = utf16Bytes(text)
        let address = takeNonPaged(bytes.count + 2, tag)
        memory.store(bytes, at: address)
        return (address, bytes.count)
    }
}
