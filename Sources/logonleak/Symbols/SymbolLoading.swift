import KernelProfiles
import KernelSymbols
import LeakReports
import ProgramDatabases

/// Makes a profile of a symbol file, with the cache of what was read of PDBs before.
struct SymbolLoading {
    let isQuiet: Bool

    /// The profile in a PDB or a Volatility symbol file.
    func profile(at path: String, build: Int) throws(SymbolLoadingError) -> KernelProfile {
        switch try SymbolFile(at: path) {
        case .volatility: return try KernelProfile(symbolsAt: path, build: build)
        case .programDatabase(let database): return try profile(of: database, build: build)
        }
    }

    /// What the cache keeps of a PDB, or the PDB itself, of which the cache then keeps it.
    private func profile(of database: ProgramDatabase, build: Int) throws(SymbolLoadingError) -> KernelProfile {
        if let machine = database.foreignMachine, !isQuiet {
            let text = "\(database.path) is of a program for \(machine), not x64"
            StandardStream.error.write("logonleak: warning: \(text.terminalSafe)\n")
        }
        let cache = ProfileCache.standard
        if let profile = cache?.profile(of: database, build: build) { return profile }
        let profile = try KernelProfile(programDatabase: database, build: build)
        cache?.keep(database)
        return profile
    }
}
