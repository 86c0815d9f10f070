public import BinaryReading
public import FileMapping
public import KernelProfiles
public import ProgramDatabases

/// What a kernel's profile needs of a PDB, in a small file that is as quick to open as a built-in profile.
///
/// An entry belongs to one GUID and age, has a version and a checksum; one that does not fit is ignored. Where entries are kept, and how
/// they are written, is the program's business.
public enum ProfileCacheEntry {
    /// How the names of entries end.
    public static let fileExtension = ".profile"

    /// Name of the entry of a PDB: GUID and age as in a symbol store.
    public static func fileName(of identity: PDBIdentity) -> String { identity.storeKey + fileExtension }

    /// The bytes of a PDB's entry; nil for a PDB in which something is damaged, which must not be kept.
    public static func bytes(of database: ProgramDatabase) -> [UInt8]? {
        guard database.information.problems.isEmpty, database.symbolProblems.isEmpty,
            let count = try? database.typeRecordCount(), count > 0, (try? database.typeProblem()) == nil
        else { return nil }
        return CacheEntryWriter.entry(of: ProgramDatabaseProfile(database))
    }
}

extension KernelProfile {
    /// The profile of a PDB out of its cache entry; nil where the entry is damaged, of another PDB, or of another version.
    ///
    /// - Parameters:
    ///   - entry: The entry's bytes.
    ///   - database: The PDB; only its identity is read.
    ///   - build: The build number of the dump's kernel; a PDB does not tell its own.
    public init?(cacheEntry entry: MappedFile, of database: ProgramDatabase, build: Int? = nil) {
        let information = database.information
        guard let storage = CachedProfile(entry, guid: information.guid, age: information.age) else { return nil }
        self.init(database, build: build, storage: storage)
    }
}
