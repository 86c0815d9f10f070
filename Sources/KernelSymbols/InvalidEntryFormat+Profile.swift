import AddressTranslation
import BinaryReading
import KernelProfiles

extension InvalidEntryFormat {
    /// The format that a kernel's symbols describe, with the mask read from its memory (`formats.md` §5.2, §5.3).
    ///
    /// - Parameters:
    ///   - memory: A reader that does without the mask: its variable lies in memory that is never paged out.
    init(profile: KernelProfile, build: Int, base: VirtualAddress, memory: VirtualMemory) {
        let software = profile.structure(named: "_MMPTE_SOFTWARE")
        let transition = profile.structure(named: "_MMPTE_TRANSITION")
        let fallback = InvalidEntryFormat.unknownKernel
        let hasSwizzleBit = software.map { $0["SwizzleBit"] != nil } ?? true
        self.init(
            pageFileNumber: software?["PageFileLow"]?.bitField ?? fallback.pageFileNumber,
            transitionPage: transition?["PageFrameNumber"]?.bitField ?? fallback.transitionPage,
            hasSwizzleBit: hasSwizzleBit,
            mask: hasSwizzleBit ? Self.mask(profile: profile, base: base, memory: memory) : 0,
            hasFileBackedMarker: build >= 22621)
    }

    /// nil where the symbols do not say where it lies or it cannot be read.
    private static func mask(profile: KernelProfile, base: VirtualAddress, memory: VirtualMemory) -> UInt64? {
        switch profile.invalidPTEMask {
        case nil: return nil
        case .variable(let rva): return try? memory.load(UInt64.self, at: base + Int(rva))
        case .insideMiState(let offset):
            guard let state = profile.symbol(named: "MiState") else { return nil }
            return try? memory.load(UInt64.self, at: base + Int(state.rva) + Int(offset))
        }
    }
}
