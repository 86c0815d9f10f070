import BinaryReading
import KernelProfiles

/// Built-in profiles that are treated as if they were not there: for tests of the inference. Nothing is hidden by default.
public struct HiddenProfiles: Hashable, Sendable {
    private let names: [Substring]

    /// Every profile of the build that the dump holds.
    private static let everyProfile: Substring = "build"
    /// Before a version: layouts known by version alone too, which stay visible otherwise.
    private static let layoutPrefix = "layouts:"

    /// Hides nothing.
    public init() { names = [] }

    /// Hides what a text names, separated by commas: `GUIDAGE` as a symbol store writes it, a version or its beginning up to a point
    /// (`10.0.17763.5933`, `10.0.17763`), `build` for all kernels of the dump's build, `layouts:VERSION` for layouts known by version
    /// alone.
    public init(text: String) { names = text.split(separator: ",") }

    /// Whether the profile of a kernel is hidden.
    func hides(_ identity: PDBIdentity?, version: String, build: Int, dumpBuild: Int) -> Bool {
        names.contains { name in
            guard let identity else {
                return name.hasPrefix(Self.layoutPrefix)
                    && Self.begins(version, with: name.dropFirst(Self.layoutPrefix.count))
            }
            return name.uppercased() == identity.storeKey || Self.begins(version, with: name)
                || (name == Self.everyProfile && build == dumpBuild)
        }
    }

    private static func begins(_ version: String, with name: Substring) -> Bool {
        version == name || (!name.isEmpty && version.hasPrefix(name + "."))
    }
}
