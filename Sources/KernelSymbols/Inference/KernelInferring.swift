import AddressTranslation
import BinaryReading
import KernelProfiles
import MemoryImages

/// Makes a profile for a kernel that nobody has symbols for: tries the layouts of its relatives on the dump and takes the one that the
/// dump confirms (`kernels.md`, `formats.md` §4.3).
struct KernelInferring {
    private let dump: CrashDump
    private let identity: PDBIdentity
    private let space: AddressSpace
    private let ground: InferenceGround

    /// What was made.
    struct Result {
        /// The dump, with all runs of memory that the kernel itself knows.
        let dump: CrashDump
        let profile: KernelProfile
        let inference: KernelInference
    }

    /// What was tried in vain, a line each.
    struct Failure: Error {
        let tried: [String]
    }

    /// Lines that a failure lists.
    private static let mostReasons = 6

    /// - Parameters:
    ///   - dump: The dump, which may still lack the runs of memory that its header has no room for.
    ///   - space: The kernel's address space in it.
    ///   - location: Where its kernel is.
    ///   - identity: Which kernel it is.
    init(dump: CrashDump, space: AddressSpace, location: KernelLocation, identity: PDBIdentity) {
        let ground = InferenceGround(dump: dump, space: space, location: location)
        var space = space
        if let complete = ground.complete(dump, in: VirtualMemory(space)) {
            space.physicalMemory = complete.physicalMemory
            self.dump = complete
            self.ground = InferenceGround(dump: complete, space: space, location: location)
        } else {
            self.dump = dump
            self.ground = ground
        }
        self.space = space
        self.identity = identity
    }

    private var base: VirtualAddress { ground.place.base }
    private var build: Int { Int(dump.header.buildNumber) }

    /// Tries all layouts that may be borrowed: those of the same build, and of its neighbours where none of these fit.
    func infer(hiding hidden: HiddenProfiles) throws(Failure) -> Result {
        let candidates = LayoutCandidates(build: build, hiding: hidden)
        var reasons: [String] = []
        guard
            var trial = best(of: candidates.sameBuild(), &reasons) ?? best(of: candidates.otherBuilds(), &reasons)
        else {
            throw Failure(tried: reasons.isEmpty ? ["No built-in layouts come near."] : Self.shortened(reasons))
        }
        trial.findVariables(relatives: candidates.relatives())
        return result(of: trial)
    }

    /// The layout that the dump confirms best; nil where it refutes all of them.
    private func best(of candidates: [LayoutCandidate], _ reasons: inout [String]) -> LayoutTrial? {
        let stated = ground.debuggerData.map(StatedSizes.init)
        let uniform = LayoutCandidates.uniformLayout(of: candidates)
        var best: LayoutTrial?
        for candidate in candidates {
            let agreement = stated.map { candidate.sizes.agreement(with: $0, isSameBuild: candidate.isSameBuild) }
            do throws(LayoutRefusal) {
                try Self.admit(candidate, agreement, uniform: uniform)
                var trial = LayoutTrial(
                    candidate, agreement: agreement, ground: ground, memory: memory(of: candidate.profile))
                try trial.run()
                if best.map({ trial.rank < $0.rank }) ?? true { best = trial }
                if trial.confidence == .certain { break }
            } catch {
                reasons.append("The layouts of \(candidate.profile.version) do not fit: \(error.reason).")
            }
        }
        return best
    }

    /// Whether a layout may be tried at all.
    private static func admit(
        _ candidate: LayoutCandidate, _ agreement: StatedSizes.Agreement?, uniform: InferenceLayout?
    ) throws(LayoutRefusal) {
        switch agreement {
        case nil, .exact: return
        case .different(let what): throw LayoutRefusal(what)
        case .resized:
            guard candidate.isSameBuild, candidate.layout == uniform else {
                throw LayoutRefusal("KDBG states another size of _EPROCESS or _ETHREAD than they have")
            }
        }
    }

    private static func shortened(_ reasons: [String]) -> [String] {
        reasons.count <= mostReasons
            ? reasons
            : reasons.prefix(mostReasons - 1) + ["\(reasons.count - mostReasons + 1) more layouts do not fit either."]
    }

    /// Reads as the kernel of these layouts writes page-table entries; its own symbols do not count here.
    private func memory(of layouts: KernelProfile) -> VirtualMemory {
        let profile = profile(layouts: layouts, version: layouts.version, symbols: [:])
        let format = InvalidEntryFormat(profile: profile, build: build, base: base, memory: VirtualMemory(space))
        var space = space
        space.invalidEntries = format
        return VirtualMemory(space)
    }

    private func result(of trial: LayoutTrial) -> Result {
        let inference = trial.inference
        return Result(
            dump: dump,
            profile: profile(
                layouts: trial.candidate.profile, version: inference.layoutVersion,
                symbols: trial.symbols.mapValues(\.rva)), inference: inference)
    }

    private func profile(layouts: KernelProfile, version: String, symbols: [String: UInt32]) -> KernelProfile {
        KernelProfile(
            identity: identity, version: self.version(like: layouts), build: build,
            source: .inferred(layouts: version), storage: InferredProfile(layouts: layouts, symbols: symbols))
    }

    /// The version as far as the dump tells it: its revision stands nowhere.
    private func version(like layouts: KernelProfile) -> String {
        let parts = layouts.version.split(separator: ".")
        let system = build >= 10240 ? "10.0" : parts.prefix(2).joined(separator: ".")
        return "\(system).\(build).?"
    }
}
