public import KernelProfiles
public import ProgramDatabases

/// Why the symbols that a user named cannot be used.
public enum SymbolLoadingError: Error, Sendable {
    /// The Volatility symbol file cannot be read.
    case symbolFile(SymbolFileError)
    /// The PDB cannot be read.
    case programDatabase(ProgramDatabaseError)
    /// The PDB is sound, but it cannot describe the kernel of a dump: why.
    case unusable(path: String, reason: String)
}

extension KernelProfile {
    /// The profile that a PDB holds.
    ///
    /// Symbols are functions where their section holds code. A function reaches to its end where the PDB tells it, else to the next symbol of
    /// any name.
    ///
    /// - Parameters:
    ///   - database: The opened PDB.
    ///   - build: The build number of the dump's kernel; a PDB does not tell its own.
    /// - Throws: ``SymbolLoadingError`` where it has no types or no addresses, as a kernel's profile needs both.
    public init(programDatabase database: ProgramDatabase, build: Int? = nil) throws(SymbolLoadingError) {
        let typeCount: Int
        do throws(ProgramDatabaseError) { typeCount = try database.typeRecordCount() } catch {
            throw .programDatabase(error)
        }
        guard typeCount > 0 else { throw .unusable(path: database.path, reason: "it describes no types") }
        guard database.hasAddresses else {
            throw .unusable(path: database.path, reason: "it lists no sections, so no symbol has an address")
        }
        self.init(database, build: build, storage: ProgramDatabaseProfile(database))
    }

    /// A profile over a PDB or what was kept of it.
    init(_ database: ProgramDatabase, build: Int?, storage: any ProfileStorage) {
        let identity = database.identity(name: database.name)
        let known = BuiltInProfiles.profile(matching: identity)
        self.init(
            identity: identity, version: known?.version ?? build.map(Self.version) ?? "?",
            build: known?.build ?? build ?? 0, source: .programDatabase(path: database.path), storage: storage)
    }

    /// The symbols in a file that a user named: a PDB, or a Volatility symbol file as `.json` or `.json.xz`.
    ///
    /// - Parameters:
    ///   - path: The file; what it is is told by its first bytes, not by its name.
    ///   - build: The build number of the dump's kernel, for a file that does not tell its own.
    /// - Throws: ``SymbolLoadingError`` where the file is neither, or damaged.
    public init(symbolsAt path: String, build: Int? = nil) throws(SymbolLoadingError) {
        switch try SymbolFile(at: path) {
        case .programDatabase(let database): try self.init(programDatabase: database, build: build)
        case .volatility:
            do throws(SymbolFileError) { try self.init(symbolFileAt: path, build: build) } catch {
                throw .symbolFile(error)
            }
        }
    }

    /// The version that a build has, but for its revision.
    private static func version(build: Int) -> String {
        switch build {
        case ..<9200: "6.1.\(build).?"
        case ..<9600: "6.2.\(build).?"
        case ..<10_000: "6.3.\(build).?"
        default: "10.0.\(build).?"
        }
    }
}

/// A file with symbols, by its first bytes.
public enum SymbolFile: Sendable {
    /// A PDB, opened.
    case programDatabase(ProgramDatabase)
    /// A Volatility symbol file, not yet read; packed or not.
    case volatility

    /// Looks at a file.
    ///
    /// - Throws: ``SymbolLoadingError/programDatabase(_:)`` where it is a damaged PDB or neither of both.
    public init(at path: String) throws(SymbolLoadingError) {
        do throws(ProgramDatabaseError) {
            self = .programDatabase(try ProgramDatabase(path: path))
        } catch {
            switch error.reason {
            case .foreign(.json), .foreign(.xz): self = .volatility
            case .file, .foreign, .damaged: throw .programDatabase(error)
            }
        }
    }
}
