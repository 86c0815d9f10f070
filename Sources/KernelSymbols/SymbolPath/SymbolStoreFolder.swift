import FileMapping

/// A symbol store in a folder (`users-and-practice.md` §2.3): one or two tiers, files, packed files and pointers; case does not matter.
struct SymbolStoreFolder {
    /// Something in a store that may be the file that is wanted.
    enum Entry: Hashable {
        /// The file.
        case file(String)
        /// The file, packed.
        case packed(String)
        /// A `file.ptr` that leads to another place.
        case pointer(from: String, to: String)
        /// A `file.ptr` that says why there is no file.
        case message(String)
    }

    let root: String

    /// Two tiers are in use where this file lies in the root; its content does not matter.
    static let twoTierMark = "index2.txt"
    /// What only the root of a store holds.
    private static let rootMarks = ["pingme.txt", twoTierMark, "000Admin"]
    /// The largest pointer that is read.
    private static let largestPointer = 4096

    init(_ root: String) { self.root = root }

    /// Whether a folder looks like the root of a store.
    var hasRootMark: Bool {
        Self.rootMarks.contains { PathKind(of: Folder.path(root, $0)) != .absent }
    }

    private var isTwoTier: Bool { PathKind(of: Folder.path(root, Self.twoTierMark)) == .file }

    /// What the store has for a request, the file itself before packed ones and pointers.
    func entries(for request: SymbolFileRequest) -> [Entry] {
        var entries: [Entry] = []
        for folder in keyFolders(for: request) {
            guard let names = Folder.names(in: folder) else { continue }
            entries += Self.matches(of: request.name, in: names).map { .file(Folder.path(folder, $0)) }
            entries += Self.matches(of: request.packedName, in: names).map { .packed(Folder.path(folder, $0)) }
            entries += Self.matches(of: "file.ptr", in: names).compactMap {
                Self.pointer(at: Folder.path(folder, $0), in: folder)
            }
        }
        return entries
    }

    /// Where the store keeps the file of a request.
    func path(for request: SymbolFileRequest) -> String {
        let folder = isTwoTier ? Self.firstTier(of: request.name).map { Folder.path(root, $0) } ?? root : root
        return Folder.path(folder, request.name, request.key, request.name)
    }

    /// The folder of the first tier: the first two letters of the name; nil where they make no folder of their own.
    static func firstTier(of name: String) -> String? {
        let tier = String(name.prefix(2))
        return tier.hasSuffix(".") || tier.hasSuffix(" ") ? nil : tier
    }

    private func keyFolders(for request: SymbolFileRequest) -> [String] {
        let flat = Self.children(of: root, named: request.name)
        let tiers = Self.firstTier(of: request.name).map { Self.children(of: root, named: $0) } ?? []
        let nested = tiers.flatMap { Self.children(of: $0, named: request.name) }
        return (isTwoTier ? nested + flat : flat + nested).flatMap { Self.children(of: $0, named: request.key) }
    }

    private static func children(of folder: String, named name: String) -> [String] {
        matches(of: name, in: Folder.names(in: folder) ?? []).map { Folder.path(folder, $0) }
    }

    /// Names that differ in case alone, the one that is written the same way first.
    private static func matches(of name: String, in names: [String]) -> [String] {
        let lowered = name.lowercased()
        let found = names.filter { $0.utf8.count == name.utf8.count && $0.lowercased() == lowered }
        return found.filter { $0 == name } + found.filter { $0 != name }
    }

    private static func pointer(at path: String, in folder: String) -> Entry? {
        guard let file = try? MappedFile(path: path),
            let bytes = try? file.copyBytes(at: 0, count: min(file.byteCount, largestPointer))
        else { return nil }
        return entry(ofPointer: bytes, from: path)
    }

    /// What the text of a `file.ptr` says: `PATH:` and a path, a bare path, or `MSG:` and a sentence.
    static func entry(ofPointer bytes: [UInt8], from path: String) -> Entry? {
        let line = String(decoding: bytes, as: UTF8.self).split(whereSeparator: \.isNewline).first ?? ""
        let text = line.drop { $0.isWhitespace || $0 == "\u{FEFF}" }
        if text.uppercased().hasPrefix("MSG:") { return .message(trimmed(text.dropFirst(4))) }
        let target = trimmed(text.uppercased().hasPrefix("PATH:") ? text.dropFirst(5) : text)
        return target.isEmpty ? nil : .pointer(from: path, to: target)
    }

    private static func trimmed(_ text: Substring) -> String {
        var rest = text.drop(while: \.isWhitespace)
        while rest.last?.isWhitespace == true { rest.removeLast() }
        return String(rest)
    }
}
