import BinaryReading
import FileMapping
import KernelProfiles
import KernelSymbols
import ProgramDatabases

/// The folder in which the program keeps what it needs of PDBs that were used.
///
/// Entries are written under a name of their own and then renamed, so that a reader never sees half of one and runs beside each other do
/// no harm. Whatever goes wrong here costs time only, and is passed over.
struct ProfileCache {
    /// An entry that lies in the folder.
    struct Entry {
        let name: String
        let byteCount: Int
    }

    let folder: String

    /// The user's cache: `LOGONLEAK_CACHE`, else the system's place; nil where there is none.
    static var standard: ProfileCache? {
        (environmentVariable("LOGONLEAK_CACHE") ?? cacheFolder).map { ProfileCache(folder: $0) }
    }

    private func path(_ name: String) -> String { folder + "/" + name }

    private func path(of database: ProgramDatabase) -> String {
        path(ProfileCacheEntry.fileName(of: database.identity(name: "")))
    }

    /// The profile that was kept of a PDB; nil where there is none or it is damaged.
    func profile(of database: ProgramDatabase, build: Int) -> KernelProfile? {
        guard let file = try? MappedFile(path: path(of: database)) else { return nil }
        return KernelProfile(cacheEntry: file, of: database, build: build)
    }

    /// Keeps what a profile needs of a PDB.
    func keep(_ database: ProgramDatabase) {
        guard let bytes = ProfileCacheEntry.bytes(of: database) else { return }
        do throws(FileError) {
            let file = try AtomicFile(in: folder)
            try file.write(bytes[...])
            try file.commit(as: path(of: database))
        } catch { return }
    }

    /// What lies in the folder, sorted by name; also what runs left behind that were ended while they wrote.
    var entries: [Entry] {
        (Folder.names(in: folder) ?? []).filter(Self.isOurs).map { name in
            Entry(name: name, byteCount: (try? MappedFile(path: path(name)))?.byteCount ?? 0)
        }
    }

    private static func isOurs(_ name: String) -> Bool {
        name.hasSuffix(ProfileCacheEntry.fileExtension) || AtomicFile.isTemporary(name)
    }

    /// Deletes all entries, and nothing else.
    func clear() { for entry in entries { deleteFile(at: path(entry.name)) } }
}
