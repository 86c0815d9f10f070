import BinaryReading
import FileMapping

/// A plain folder in which symbols are looked for: where debuggers look, as a store, and by what is inside the files.
struct PlainSymbolFolder {
    /// Something in the folder that may be what is wanted.
    enum Entry: Hashable {
        /// A file under the name that is wanted.
        case file(String)
        /// A file under another name; it counts only if what is inside is what is wanted.
        case looseFile(String)
        /// Something in the folder, taken as a store.
        case stored(SymbolStoreFolder.Entry)
        /// A Volatility symbol file that is named after the identity.
        case symbolFile(String)
    }

    let path: String
    /// More files under other names are not looked into.
    private static let mostLooseFiles = 1000

    /// What the folder has, in the order in which it is to be tried.
    func entries(for request: SymbolFileRequest) -> [Entry] {
        let names = Folder.names(in: path) ?? []
        let besides =
            [path, folder(request.imageExtension, in: path)]
            + [folder("symbols", in: path).flatMap { folder(request.imageExtension, in: $0) }]
        var entries = besides.compactMap(\.self).flatMap { folder in
            Self.files(in: folder, named: [request.name]).map { Entry.file($0) }
        }
        entries += SymbolStoreFolder(path).entries(for: request).map { .stored($0) }
        entries += symbolFiles(for: request).map { .symbolFile($0) }
        let loose = names.filter { $0.lowercased().hasSuffix(".pdb") && $0.lowercased() != request.name.lowercased() }
        entries += loose.prefix(Self.mostLooseFiles).map { Folder.path(path, $0) }
            .filter { PathKind(of: $0) == .file }.map { .looseFile($0) }
        return entries
    }

    /// Volatility names its files `ntkrnlmp.pdb/GUID-AGE.json.xz`, often below a folder `windows`.
    private func symbolFiles(for request: SymbolFileRequest) -> [String] {
        let stem = request.identity.guid.symbolServerText + "-" + String(request.identity.age)
        let roots = [path, folder("windows", in: path)].compactMap(\.self)
        let folders = roots + roots.compactMap { folder(request.name, in: $0) }
        return folders.flatMap { Self.files(in: $0, named: [stem + ".json", stem + ".json.xz"]) }
    }

    private func folder(_ name: String, in parent: String) -> String? {
        Self.children(of: parent, named: [name]).first { PathKind(of: $0) == .folder }
    }

    private static func files(in folder: String, named names: [String]) -> [String] {
        children(of: folder, named: names).filter { PathKind(of: $0) == .file }
    }

    private static func children(of folder: String, named names: [String]) -> [String] {
        let lowered = Set(names.map { $0.lowercased() })
        return (Folder.names(in: folder) ?? []).filter { lowered.contains($0.lowercased()) }
            .map { Folder.path(folder, $0) }
    }
}
