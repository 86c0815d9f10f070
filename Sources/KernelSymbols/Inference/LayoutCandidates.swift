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

/// The built-in kernels whose layouts are tried for an unknown one (`kernels.md`, what may be borrowed).
struct LayoutCandidates {
    private let own: [BuiltInProfiles.Entry]
    private let neighbours: [BuiltInProfiles.Entry]

    /// Builds that are tried on each side of one that has no layouts of its own with identity.
    private static let neighboursOnEachSide = 3
    private static let mostLayouts = 24
    /// Kernels of neighbouring builds whose distances are looked at.
    private static let mostRelatives = 128

    /// - Parameters:
    ///   - build: The dump's build.
    ///   - hidden: Profiles that are treated as if they were not there.
    init(build: Int, hiding hidden: HiddenProfiles) {
        let visible = BuiltInProfiles.entries.filter {
            !hidden.hides($0.identity, version: $0.version, build: $0.build, dumpBuild: build)
        }
        let builds: Set = [build, Self.kernelBuild(of: build)]
        own = Self.newestFirst(visible.filter { builds.contains($0.build) })
        neighbours =
            own.contains { $0.identity != nil }
            ? [] : Self.neighbours(of: build, in: visible.filter { !builds.contains($0.build) })
    }

    /// The dump's own build, each different layout once, the newest first: what nobody has symbols for is newer than what somebody has.
    func sameBuild() -> [LayoutCandidate] { Self.candidates(own, isSameBuild: true) }

    /// The nearest builds; none where the dump's own build has kernels with identity.
    func otherBuilds() -> [LayoutCandidate] { Self.candidates(neighbours, isSameBuild: false) }

    /// Kernels with symbols whose distances between variables may hold in the dump's kernel too: its own build's, else the neighbours'.
    func relatives() -> [KernelProfile] {
        let related = own.filter { $0.identity != nil }
        let near = related.isEmpty ? neighbours.filter { $0.identity != nil }.prefix(Self.mostRelatives) : related[...]
        return near.compactMap(\.profile)
    }

    /// The layout of a build, where all its revisions agree on every field that is needed, so that a structure which differs at its end
    /// does no harm; the first revisions of a build, which are known by version alone, do not count where others are.
    static func uniformLayout(of family: [LayoutCandidate]) -> InferenceLayout? {
        let identified = family.filter { $0.kernels.contains { $0.identity != nil } }
        let layouts = Set((identified.isEmpty ? family : identified).map(\.layout))
        return layouts.count == 1 ? layouts.first : nil
    }

    private static func candidates(_ entries: [BuiltInProfiles.Entry], isSameBuild: Bool) -> [LayoutCandidate] {
        var places: [Int: Int] = [:]
        var candidates: [LayoutCandidate] = []
        for entry in entries {
            if let known = places[entry.layoutSet] {
                if let profile = entry.profile { candidates[known].kernels.append(profile) }
                continue
            }
            guard candidates.count < mostLayouts, let profile = entry.profile, let layout = InferenceLayout(profile)
            else { continue }
            let sizes = StatedSizes(profile, layout)
            if let equal = candidates.firstIndex(where: { $0.layout == layout && $0.sizes == sizes }) {
                places[entry.layoutSet] = equal
                candidates[equal].kernels.append(profile)
                continue
            }
            places[entry.layoutSet] = candidates.count
            candidates.append(
                LayoutCandidate(
                    profile: profile, layout: layout, sizes: sizes, isSameBuild: isSameBuild, kernels: [profile]))
        }
        return candidates
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
    private static func neighbours(of build: Int, in entries: [BuiltInProfiles.Entry]) -> [BuiltInProfiles.Entry] {
        let builds = Set(entries.map(\.build))
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
