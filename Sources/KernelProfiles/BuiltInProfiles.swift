public import BinaryReading

/// The kernels whose layouts and symbols are inside the program.
public enum BuiltInProfiles {
    /// Identity and version of one built-in profile.
    public struct Summary: Hashable, Sendable {
        /// Whose profile it is; nil for layouts known by version alone.
        public let identity: PDBIdentity?
        /// File version of the kernel.
        public let version: String
        /// Build number.
        public let build: Int

        init(identity: PDBIdentity?, version: String, build: Int) {
            self.identity = identity
            self.version = version
            self.build = build
        }
    }

    /// All built-in profiles with a PDB identity, sorted by version.
    public static var summaries: [Summary] { ProfileCollection.embedded?.summaries(of: .kernels) ?? [] }

    /// Versions with layouts but without identity, symbols and functions: for the inference of unknown kernels.
    public static var layoutOnlySummaries: [Summary] {
        ProfileCollection.embedded?.summaries(of: .layoutOnlyKernels) ?? []
    }

    /// The profile of the kernel with that PDB (GUID and age; the name is not compared), or nil where there is none.
    public static func profile(matching identity: PDBIdentity) -> KernelProfile? {
        ProfileCollection.embedded?.profile(guid: identity.guid, age: identity.age)
    }

    /// The first profile whose version begins with a text (`10.0.17763.5933`), those with identity first; nil where there is none.
    public static func profile(version: String) -> KernelProfile? {
        ProfileCollection.embedded?.profile(version: version)
    }
}

extension BuiltInProfiles {
    /// One built-in profile before anything of it is decoded: for the inference of unknown kernels.
    package struct Entry: Sendable {
        /// Whose profile it is; nil for layouts known by version alone.
        package let identity: PDBIdentity?
        /// File version of the kernel.
        package let version: String
        /// Build number.
        package let build: Int
        /// Number of its layouts: kernels with the same number have the same structures.
        package let layoutSet: Int
        fileprivate let index: Int

        /// The profile itself.
        package var profile: KernelProfile? {
            identity == nil
                ? ProfileCollection.embedded?.layoutOnlyProfile(at: index)
                : ProfileCollection.embedded?.profile(at: index)
        }
    }

    /// All built-in profiles, those with identity first.
    package static var entries: [Entry] {
        guard let collection = ProfileCollection.embedded else { return [] }
        return [ProfileCollection.Section.kernels, .layoutOnlyKernels].flatMap { section in
            (0..<(collection.list(section)?.count ?? 0)).compactMap { index in
                collection.kernel(at: index, in: section).map {
                    Entry(
                        identity: $0.identity, version: $0.version, build: $0.build, layoutSet: $0.layoutSet,
                        index: index)
                }
            }
        }
    }
}

extension ProfileCollection {
    func summaries(of section: Section) -> [BuiltInProfiles.Summary] {
        (0..<(list(section)?.count ?? 0)).compactMap { index in
            kernel(at: index, in: section).map {
                BuiltInProfiles.Summary(identity: $0.identity, version: $0.version, build: $0.build)
            }
        }
    }

    /// The first profile whose version begins with a text, those with identity first.
    func profile(version: String) -> KernelProfile? {
        for index in 0..<kernelCount {
            if let record = kernel(at: index, in: .kernels), record.version.hasPrefix(version) {
                return profile(at: index)
            }
        }
        for index in 0..<layoutOnlyCount {
            if let record = kernel(at: index, in: .layoutOnlyKernels), record.version.hasPrefix(version) {
                return layoutOnlyProfile(at: index)
            }
        }
        return nil
    }
}
