import BinaryReading
import FileMapping
import KernelObjects
import KernelProfiles
import KernelSymbols
import LeakAnalysis
import MemoryImages
import ProgramDatabases

/// Opens a dump and takes it from the file to the analysis; every failure on the way becomes a ``Failure``.
struct DumpOpening {
    let path: String
    var symbols: String?
    var overrides = Kernel.Overrides()
    var scan = PoolScanPolicy.auto
    var isQuiet = false

    /// Opens the dump and analyses it.
    ///
    /// - Parameter change: Changes what was read, before it is analysed.
    func analyze(_ change: (Snapshot) -> Snapshot = { $0 }) throws(Failure) -> Analysis {
        let progress = Progress(isQuiet: isQuiet)
        defer { progress.finish() }
        progress.enter("opening \(path)")
        let crashDump = try openDump()
        progress.enter("finding the kernel")
        let kernel = try kernel(in: crashDump)
        progress.enter("reading sessions, tokens and processes")
        let snapshot: Snapshot
        do { snapshot = try Snapshot(reading: kernel, scan: scan) } catch { throw Failure(error) }
        progress.enter("judging")
        let analysis = Analysis(of: change(snapshot))
        progress.finish()
        warn(kernel.dump.warnings)
        return analysis
    }

    /// Maps the file and opens the dump in it.
    func openDump() throws(Failure) -> CrashDump {
        let file = try mapFile()
        do { return try CrashDump(file: file) } catch { throw Failure(error) }
    }

    /// Maps the file.
    func mapFile() throws(Failure) -> MappedFile {
        do { return try MappedFile(path: path) } catch { throw Failure(error) }
    }

    /// Finds the kernel in the dump.
    func kernel(in crashDump: CrashDump) throws(Failure) -> Kernel {
        let profile = try symbolFile(build: Int(crashDump.header.buildNumber))
        do {
            let kernel = try Kernel(in: crashDump, symbols: profile, overrides: overrides)
            warnOfAge(kernel)
            return kernel
        } catch {
            var failure = Failure(error)
            // What is wrong with the file is often why its kernel cannot be found.
            failure.details += crashDump.warnings.map { "Besides, \($0)." }
            throw failure
        }
    }

    /// Symbols with the kernel's GUID and another age are used, and that is said (`users-and-practice.md` §2.4).
    private func warnOfAge(_ kernel: Kernel) {
        guard !isQuiet, let theirs = kernel.profile.identity, theirs.age != kernel.identity.age else { return }
        StandardStream.error.write(
            "logonleak: warning: \(kernel.profile.source.path ?? "the symbols") has the kernel's GUID but age \(theirs.age) "
                + "where the kernel says \(kernel.identity.age)\n")
    }

    private func symbolFile(build: Int) throws(Failure) -> KernelProfile? {
        guard let symbols else { return nil }
        do throws(SymbolLoadingError) {
            switch try SymbolFile(at: symbols) {
            case .volatility: return try KernelProfile(symbolsAt: symbols, build: build)
            case .programDatabase(let database): return try programDatabase(database, build: build)
            }
        } catch { throw Failure(error) }
    }

    /// What the cache keeps of a PDB, or the PDB itself, of which the cache then keeps it.
    private func programDatabase(_ database: ProgramDatabase, build: Int) throws(SymbolLoadingError) -> KernelProfile {
        if let machine = database.foreignMachine, !isQuiet {
            StandardStream.error.write("logonleak: warning: \(database.path) is of a program for \(machine), not x64\n")
        }
        let cache = ProfileCache.standard
        if let profile = cache?.profile(of: database, build: build) { return profile }
        let profile = try KernelProfile(programDatabase: database, build: build)
        cache?.keep(database)
        return profile
    }

    private func warn(_ warnings: [DumpWarning]) {
        guard !isQuiet else { return }
        for warning in warnings { StandardStream.error.write("logonleak: warning: \(warning)\n") }
    }
}
