import BinaryReading
import KernelProfiles

/// A kernel whose layouts may be borrowed.
struct LayoutCandidate {
    let profile: KernelProfile
    let layout: InferenceLayout
    let sizes: StatedSizes
    /// Whether it is a revision of the dump's own build.
    let isSameBuild: Bool
    /// All kernels that have these layouts.
    var kernels: [KernelProfile]

    /// The version of the kernel whose variables lie nearest to those found in the dump: the revision nearest by age.
    ///
    /// - Parameter symbols: RVAs of what was found.
    func nearestVersion(to symbols: [String: UInt32]) -> String {
        func distance(_ kernel: KernelProfile) -> UInt64? {
            var sum: UInt64 = 0
            for (name, rva) in symbols {
                guard let own = kernel.symbol(named: name) else { continue }
                sum += UInt64(max(rva, own.rva) - min(rva, own.rva))
            }
            return kernel.identity == nil ? nil : sum
        }
        let ranked = kernels.compactMap { kernel in distance(kernel).map { (kernel, $0) } }
        return ranked.min { $0.1 < $1.1 }?.0.version ?? profile.version
    }
}

/// The built-in kernels whose layouts are tried for an unknown one, the nearest first (`kernels.md`, what may be borrowed).
struct LayoutCandidates {
    /// Each different layout once.
    let all: [LayoutCandidate]
    /// Kernels with symbols whose distances between variables may hold in the dump's kernel too: its own build's, else the neighbours'.
    let relatives: [KernelProfile]
    /// The layout of the dump's build, where all its revisions agree on every field that is needed, so that growth at a structure's end does
    /// no harm; the first revisions of a build, which are known by version alone, do not count where others are.
    let uniformLayout: InferenceLayout?

    /// Builds that are tried on each side of one that has no layouts of its own with identity.
    private static let neighboursOnEachSide = 3
    private static let mostLayouts = 24

    /// - Parameters:
    ///   - build: The dump's build.
    ///   - hidden: Profiles that are treated as if they were not there.
    init(build: Int, hiding hidden: HiddenProfiles) {
        let visible = BuiltInProfiles.entries.filter {
            !hidden.hides($0.identity, version: $0.version, build: $0.build, dumpBuild: build)
        }
        let kernelBuild = Self.kernelBuild(of: build)
        func belongs(_ entry: BuiltInProfiles.Entry) -> Bool { entry.build == build || entry.build == kernelBuild }
        let own = visible.filter(belongs)
        let neighbours = own.contains { $0.identity != nil } ? [] : Self.neighbours(of: build, in: visible, belongs)
        var places: [Int: Int] = [:]
        var candidates: [LayoutCandidate] = []
        // The newest first: what nobody has symbols for is newer than what somebody has.
        for entry in Self.newestFirst(own) + neighbours {
            if let known = places[entry.layoutSet] {
                if belongs(entry), let profile = entry.profile { candidates[known].kernels.append(profile) }
                continue
            }
            guard candidates.count < Self.mostLayouts, let profile = entry.profile,
                let layout = InferenceLayout(profile)
            else { continue }
            let sizes = StatedSizes(profile, layout)
            let equal = candidates.firstIndex { $0.layout == layout && $0.sizes == sizes }
            places[entry.layoutSet] = equal ?? candidates.count
            if let equal {
                candidates[equal].kernels.append(profile)
            } else {
                candidates.append(
                    LayoutCandidate(
                        profile: profile, layout: layout, sizes: sizes, isSameBuild: belongs(entry),
                        kernels: [profile]))
            }
        }
        all = candidates
        let related = own.contains { $0.identity != nil } ? own : neighbours
        relatives = Self.newestFirst(related.filter { $0.identity != nil }).compactMap(\.profile)
        let family = candidates.filter(\.isSameBuild)
        let identified = family.filter { $0.kernels.contains { $0.identity != nil } }
        let layouts = Set((identified.isEmpty ? family : identified).map(\.layout))
        uniformLayout = layouts.count == 1 ? layouts.first : nil
    }

    /// The build of the kernel that a build runs: later names of Windows 10 keep the kernel of an earlier one.
    private static func kernelBuild(of build: Int) -> Int {
        switch build {
        case 18363: 18362
        case 19042...19045: 19041
        default: build
        }
    }

    /// The nearest builds below and above, taken in turns, each with its newest kernel first.
    private static func neighbours(
        of build: Int, in entries: [BuiltInProfiles.Entry], _ belongs: (BuiltInProfiles.Entry) -> Bool
    ) -> [BuiltInProfiles.Entry] {
        let builds = Set(entries.filter { !belongs($0) }.map(\.build))
        let below = builds.filter { $0 < build }.sorted(by: >).prefix(neighboursOnEachSide)
        let above = builds.filter { $0 > build }.sorted().prefix(neighboursOnEachSide)
        let nearest = (Array(below) + above).sorted { abs($0 - build) < abs($1 - build) }
        return nearest.flatMap { near in newestFirst(entries.filter { $0.build == near }) }
    }

    /// Those with identity before those known by version alone.
    private static func newestFirst(_ entries: [BuiltInProfiles.Entry]) -> [BuiltInProfiles.Entry] {
        entries.filter { $0.identity != nil }.reversed() + entries.filter { $0.identity == nil }.reversed()
    }
}
