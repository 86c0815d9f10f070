/// A Windows or other path, taken apart.
struct ImagePath {
    /// Everything before the last separator.
    let folder: String
    /// The last part.
    let fileName: String
    private let parts: [Substring]

    init(_ path: String) {
        parts = path.split { $0 == "\\" || $0 == "/" }
        let last = path.lastIndex { $0 == "\\" || $0 == "/" }
        folder = last.map { String(path[..<$0]) } ?? ""
        fileName = last.map { String(path[path.index(after: $0)...]) } ?? path
    }

    /// Whether it lies in Windows' own folder: `\SystemRoot\…`, `C:\Windows\…`, `\Device\HarddiskVolume3\Windows\…`.
    var isInWindows: Bool {
        let head = parts.prefix(4).map { $0.lowercased() }
        if head.first == "systemroot" { return true }
        // Before the folder stands only the volume, in one of its forms.
        guard let windows = head.firstIndex(of: "windows") else { return false }
        return head[..<windows].allSatisfy { part in
            part.hasSuffix(":") || part == "??" || part == "device" || part.hasPrefix("harddiskvolume") || part == "?"
        }
    }

    /// Whose profile it lies in; nil where in nobody's.
    var profile: String? {
        let folders = ["users", "documents and settings", "home"]
        guard let users = parts.firstIndex(where: { folders.contains($0.lowercased()) }), users + 2 < parts.count else {
            return nil
        }
        let name = String(parts[users + 1])
        return WellKnownNames.profiles.contains(name.lowercased()) ? nil : name
    }
}
