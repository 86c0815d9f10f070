/// What lies at a path.
package enum PathKind: Hashable, Sendable {
    /// A regular file.
    case file
    /// A folder.
    case folder
    /// A pipe, a socket, a device.
    case other
    /// Nothing that this user can see.
    case absent

    /// Looks at a path; a link counts as what it leads to.
    package init(of path: String) { self = SystemFolder.kind(of: path) }
}

/// Folders: what is in them, and making them.
package enum Folder {
    /// More names than any symbol store has in one folder.
    private static let mostNames = 1 << 20

    /// Names of all that lies in a folder, sorted; nil where it is no folder or cannot be read.
    package static func names(in path: String) -> [String]? {
        SystemFolder.names(in: path, limit: mostNames)?.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    }

    /// Makes a folder and those above it, as far as they are missing.
    package static func create(_ path: String) throws(FileError) {
        guard PathKind(of: path) != .folder else { return }
        if let parent = parent(of: path), parent != path { try create(parent) }
        try SystemFolder.create(path)
    }

    /// The path of something in a folder.
    package static func path(_ folder: String, _ names: String...) -> String {
        names.reduce(folder) { path, name in
            guard let last = path.last else { return name }
            return SystemFile.isPathSeparator(last) ? path + name : path + "/" + name
        }
    }

    /// The folder that a path lies in; nil where the path has one part.
    package static func parent(of path: String) -> String? {
        var rest = Substring(path)
        while rest.count > 1, let last = rest.last, SystemFile.isPathSeparator(last) { rest.removeLast() }
        guard let separator = rest.lastIndex(where: SystemFile.isPathSeparator) else { return nil }
        return separator == rest.startIndex ? String(rest[...separator]) : String(rest[..<separator])
    }
}
