import FileMapping
import KernelObjects
import KernelProfiles
import KernelSymbols
import LeakAnalysis
import MemoryImages

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

    /// Opens the dump and finds its kernel; nothing else is read.
    func openKernel() throws(Failure) -> Kernel {
        let progress = Progress(isQuiet: isQuiet)
        defer { progress.finish() }
        progress.enter("opening \(path)")
        let crashDump = try openDump()
        progress.enter("finding the kernel")
        let kernel = try kernel(in: crashDump)
        progress.finish()
        warn(kernel.dump.warnings)
        return kernel
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
        do { return try Kernel(in: crashDump, symbols: profile, overrides: overrides) } catch {
            var failure = Failure(error)
            // What is wrong with the file is often why its kernel cannot be found.
            failure.details += crashDump.warnings.map { "Besides, \($0)." }
            throw failure
        }
    }

    private func symbolFile(build: Int) throws(Failure) -> KernelProfile? {
        guard let symbols else { return nil }
        do { return try KernelProfile(symbolFileAt: symbols, build: build) } catch { throw Failure(error) }
    }

    private func warn(_ warnings: [DumpWarning]) {
        guard !isQuiet else { return }
        for warning in warnings { StandardStream.error.write("logonleak: warning: \(warning)\n") }
    }
}
