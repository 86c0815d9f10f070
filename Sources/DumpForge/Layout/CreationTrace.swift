import KernelProfiles

/// The recorded stack of a token's creation.
struct CreationTrace {
    /// A return address inside the kernel.
    struct KernelFrame: Hashable {
        let address: UInt64
        /// `nt!SepDuplicateToken+0x2e5`.
        let symbol: String
    }

    /// A return address in the user half.
    struct UserFrame: Hashable {
        let address: UInt64
        /// Number of the image in the machine's list; nil where it lies in none.
        let module: Int?
    }

    let kernelFrames: [KernelFrame]
    let userFrames: [UserFrame]
    /// The thirty words of the entry, old pool contents behind the frames included.
    let words: [UInt64]
}

/// Makes creation stacks out of a kernel's functions.
struct TraceMaker {
    private let profile: KernelProfile
    private let kernelBase: UInt64
    private let clears: Bool
    private let drivers: [String: ModulePlace]
    private var functions: [CreationPath: [Step]] = [:]

    /// A function that a stack leads through.
    private enum Step {
        case kernel(KernelProfile.Function)
        case driver(ModulePlace)
    }

    /// - Parameters:
    ///   - clears: Whether the kernel clears the words behind the frames.
    ///   - drivers: Drivers by file name, unloaded ones included.
    init(profile: KernelProfile, kernelBase: UInt64, clears: Bool, drivers: [String: ModulePlace]) {
        self.profile = profile
        self.kernelBase = kernelBase
        self.clears = clears
        self.drivers = drivers
    }

    private mutating func functions(of path: CreationPath) -> [Step] {
        if let known = functions[path] { return known }
        let found = path.functions.compactMap { name -> Step? in
            if let driver = drivers[name] { return .driver(driver) }
            guard let function = profile.function(named: name), function.extent > 1 else { return nil }
            return .kernel(function)
        }
        functions[path] = found
        return found
    }

    /// A stack on a way through the kernel, with a caller's frames where there is one.
    ///
    /// - Parameter callers: Numbers and places of the images that the caller's frames may lie in, the system library first.
    mutating func trace(
        of path: CreationPath, callers: [(number: Int, place: UserModulePlace)], generator: inout ForgeGenerator,
        poolBase: UInt64
    ) -> CreationTrace {
        let kernelFrames = functions(of: path).map { step in
            switch step {
            case .kernel(let function): kernelFrame(in: function, &generator)
            case .driver(let driver): Self.driverFrame(in: driver, &generator)
            }
        }
        let userFrames = path.hasUserFrames ? Self.userFrames(in: callers, path, &generator) : []
        var words = kernelFrames.map(\.address) + userFrames.map(\.address)
        if !clears, words.count < 30 {
            // Old pool contents: the first word already cannot continue the trace.
            words.append(poolBase + UInt64(generator.below(0x10000)) << 4)
            while words.count < 30 { words.append(generator.next()) }
        }
        words = Array(words.prefix(30))
        words += Array(repeating: 0, count: 30 - words.count)
        return CreationTrace(kernelFrames: kernelFrames, userFrames: userFrames, words: words)
    }

    private func kernelFrame(in function: KernelProfile.Function, _ generator: inout ForgeGenerator)
        -> CreationTrace.KernelFrame
    {
        let displacement = UInt32(1 + generator.below(Int(min(function.extent, 0x900)) - 1))
        // Of several names that share the start the first is printed.
        let name = profile.function(containing: function.rva + displacement)?.name ?? function.name
        return CreationTrace.KernelFrame(
            address: kernelBase + UInt64(function.rva + displacement),
            symbol: "nt!\(name)+0x\(String(displacement, radix: 16))")
    }

    /// A frame in some function of a driver; where its code is not known, anywhere in it.
    private static func driverFrame(in driver: ModulePlace, _ generator: inout ForgeGenerator)
        -> CreationTrace.KernelFrame
    {
        let stem = driver.name.split(separator: ".").first.map(String.init) ?? driver.name
        let code = ModuleCode.drivers[driver.name]
        let ranges = code.map { $0.ordinalOnly.map { [$0] } ?? $0.functions.map(\.range) }
        let range = ranges.map { generator.pick($0) } ?? 0x1000..<0x8000
        let rva = range.lowerBound + UInt32(1 + generator.below(range.count - 1))
        let symbol = code?.name(of: rva).map { "\(stem)!\($0)" } ?? "\(stem)+0x\(String(rva, radix: 16))"
        return CreationTrace.KernelFrame(address: driver.base + UInt64(rva), symbol: symbol)
    }

    /// The stub of the system call, then some code of the caller's images.
    private static func userFrames(
        in callers: [(number: Int, place: UserModulePlace)], _ path: CreationPath, _ generator: inout ForgeGenerator
    ) -> [CreationTrace.UserFrame] {
        guard let library = callers.first else { return [] }
        let stub = ModuleCode.systemLibrary.functions[path.functions.first == "SepFilterToken" ? 1 : 0]
        var frames = [
            CreationTrace.UserFrame(
                address: library.place.base + UInt64(stub.range.lowerBound) + 0x14, module: library.number)
        ]
        for _ in 0..<generator.within(3...9) {
            let caller = generator.pick(callers)
            let offset = 0x1100 + UInt64(generator.below(Int(caller.place.byteCount) - 0x1200))
            frames.append(CreationTrace.UserFrame(address: caller.place.base + offset, module: caller.number))
        }
        let start = library.place.base + 0x2000 + UInt64(1 + generator.below(0xFF))
        frames.append(CreationTrace.UserFrame(address: start, module: library.number))
        return frames
    }
}
