import KernelProfiles

/// The recorded stack of a token's creation.
struct CreationTrace {
    /// A return address inside the kernel.
    struct KernelFrame: Hashable {
        let address: UInt64
        /// `nt!SepDuplicateToken+0x2e5`.
        let symbol: String
    }

    let kernelFrames: [KernelFrame]
    let userFrames: [UInt64]
    /// The thirty words of the entry, old pool contents behind the frames included.
    let words: [UInt64]
}

/// Makes creation stacks out of a kernel's functions.
struct TraceMaker {
    private let profile: KernelProfile
    private let kernelBase: UInt64
    private let clears: Bool
    private var functions: [CreationPath: [KernelProfile.Function]] = [:]

    /// - Parameter clears: Whether the kernel clears the words behind the frames.
    init(profile: KernelProfile, kernelBase: UInt64, clears: Bool) {
        self.profile = profile
        self.kernelBase = kernelBase
        self.clears = clears
    }

    private mutating func functions(of path: CreationPath) -> [KernelProfile.Function] {
        if let known = functions[path] { return known }
        let found = path.functions.compactMap { profile.function(named: $0) }.filter { $0.extent > 1 }
        functions[path] = found
        return found
    }

    /// A stack on a way through the kernel, with a caller's frames where there is one.
    mutating func trace(
        of path: CreationPath, generator: inout ForgeGenerator, poolBase: UInt64
    ) -> CreationTrace {
        let kernelFrames = functions(of: path).map { function in
            let displacement = UInt32(1 + generator.below(Int(min(function.extent, 0x900)) - 1))
            let address = kernelBase + UInt64(function.rva + displacement)
            // Of several names that share the start the first is printed.
            let name = profile.function(containing: function.rva + displacement)?.name ?? function.name
            return CreationTrace.KernelFrame(
                address: address, symbol: "nt!\(name)+0x\(String(displacement, radix: 16))")
        }
        let userFrames =
            path.hasUserFrames
            ? (0..<generator.within(4...11)).map { _ in 0x7FF8_1B00_0000 + UInt64(generator.below(0x300_0000)) } : []
        var words = kernelFrames.map(\.address) + userFrames
        if !clears, words.count < 30 {
            // Old pool contents: the first word already cannot continue the trace.
            words.append(poolBase + UInt64(generator.below(0x10000)) << 4)
            while words.count < 30 { words.append(generator.next()) }
        }
        words = Array(words.prefix(30))
        words += Array(repeating: 0, count: 30 - words.count)
        return CreationTrace(kernelFrames: kernelFrames, userFrames: userFrames, words: words)
    }
}
