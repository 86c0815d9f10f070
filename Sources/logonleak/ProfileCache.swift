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

    private static let temporaryMark = ".writing-"

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
        makeFolder(at: folder)
        let target = path(of: database)
        let temporary = target + Self.temporaryMark + "\(processNumber)-\(UInt64.random(in: 0 ... .max).hexText)"
        guard let descriptor = try? createFile(at: temporary, mayReplace: false) else { return }
        do throws(SystemError) {
            do throws(SystemError) { try writeBytes(bytes, to: descriptor) } catch {
                try? closeFile(descriptor: descriptor)
                throw error
            }
            try closeFile(descriptor: descriptor)
            try moveFile(at: temporary, to: target)
        } catch { deleteFile(at: temporary) }
    }

    /// What lies in the folder, sorted by name; also what runs left behind that were ended while they wrote.
    var entries: [Entry] {
        namesInFolder(folder).filter(Self.isOurs).map { name in
            Entry(name: name, byteCount: (try? MappedFile(path: path(name)))?.byteCount ?? 0)
        }
    }

    private static func isOurs(_ name: String) -> Bool {
        let mark = ProfileCacheEntry.fileExtension
        return name.hasSuffix(mark)
            || name.split(separator: ".", maxSplits: 1).last?.hasPrefix("profile\(temporaryMark)") == true
    }

    /// Deletes all entries, and nothing else.
    func clear() { for entry in entries { deleteFile(at: path(entry.name)) } }
}
