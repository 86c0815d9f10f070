import BinaryReading
import FileMapping
import KernelObjects
import KernelProfiles
import KernelSymbols
import LeakAnalysis
import LeakReports
import MemoryImages

/// Opens a dump and takes it from the file to the analysis; every failure on the way becomes a ``Failure``.
struct DumpOpening {
    let path: String
    var symbols: String?
    var overrides = Kernel.Overrides()
    var hidden = HiddenProfiles()
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
        let kernel = try kernel(in: crashDump, progress: progress)
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

    private static let adviceToFetch =
        "To get it from a server that you name: logonleak symbols fetch DUMP --symbols 'srv*FOLDER*https://SERVER'"

    /// Maps the file.
    func mapFile() throws(Failure) -> MappedFile {
        do { return try MappedFile(path: path) } catch { throw Failure(error) }
    }

    /// Finds the kernel in the dump.
    func kernel(in crashDump: CrashDump, progress: Progress? = nil) throws(Failure) -> Kernel {
        let choice = SymbolChoice(option: symbols)
        let profile = try choice.file.map { (path) throws(Failure) in
            try symbolFile(path, build: Int(crashDump.header.buildNumber))
        }
        let provision = SymbolProvision(
            choice, transfer: CurlTransfer(progress: progress), loading: SymbolLoading(isQuiet: isQuiet))
        do {
            let kernel = try Kernel(
                in: crashDump, symbols: profile, provider: provision, overrides: overrides, hiding: hidden)
            progress?.clear()
            warn(symbolWarnings(kernel, choice, provision.account))
            return kernel
        } catch {
            var failure = Failure(error)
            guard !isInterrupted else { throw Failure.interrupted }
            failure.details += provision.account.map(\.terminalSafe)
            if case .unknownKernel = error { failure.advice.append(Self.adviceToFetch) }
            // What is wrong with the file is often why its kernel cannot be found.
            failure.details += crashDump.warnings.map { "Besides, \($0)." }
            throw failure
        }
    }

    private func symbolFile(_ path: String, build: Int) throws(Failure) -> KernelProfile {
        do { return try SymbolLoading(isQuiet: isQuiet).profile(at: path, build: build) } catch { throw Failure(error) }
    }

    /// What a user should know of the symbols that were chosen.
    private func symbolWarnings(_ kernel: Kernel, _ choice: SymbolChoice, _ account: [String]) -> [String] {
        var warnings = symbols == nil ? [] : choice.order.warnings
        if let theirs = kernel.profile.identity, theirs.age != kernel.identity.age {
            let file = kernel.profile.source.path ?? "the symbol file"
            warnings.append(
                "\(file) has the kernel's GUID but age \(theirs.age) where the kernel says \(kernel.identity.age)")
        }
        if !choice.optionOrder.locations.isEmpty, kernel.profile.source == .builtIn {
            warnings.append("--symbols leads to none of this kernel, so the built-in ones are used")
            warnings += account
        }
        if case .inferred = kernel.profile.source {
            warnings.append(
                "no symbols of this kernel are at hand: layouts are borrowed and addresses inferred from the dump")
            warnings += account
        }
        return warnings
    }

    private func warn(_ warnings: [some CustomStringConvertible]) {
        guard !isQuiet else { return }
        for warning in warnings { StandardStream.error.write("logonleak: warning: \("\(warning)".terminalSafe)\n") }
    }
}
