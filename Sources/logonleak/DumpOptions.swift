import ArgumentParser
import BinaryReading
import FileMapping
import KernelObjects
import KernelProfiles
import KernelSymbols
import LeakAnalysis
import MemoryImages

/// The dump that a command reads, and what the user says against it.
struct DumpOptions: ParsableArguments {
    @Argument(help: "The kernel dump.", completion: .file(extensions: ["dmp", "DMP"]))
    var dump: String

    @Option(
        help: ArgumentHelp("Symbols of the dump's kernel: a Volatility symbol file (.json or .json.xz).", valueName: "file"),
        completion: .file(extensions: ["json", "xz"]))
    var symbols: String?

    @Option(help: ArgumentHelp("Address of the kernel image, where it is not found.", valueName: "address"))
    var kernelBase: HexNumber?

    @Option(help: ArgumentHelp("Physical address of the top page table, where the dump does not tell.", valueName: "address"))
    var dtb: HexNumber?

    @Flag(help: "No progress and no warnings on stderr.")
    var quiet = false

    /// Opens the dump and analyses it.
    func analyze() throws(Failure) -> Analysis {
        let progress = Progress(isQuiet: quiet)
        defer { progress.finish() }
        progress.enter("opening \(dump)")
        let crashDump = try openDump()
        progress.enter("finding the kernel")
        let kernel = try kernel(in: crashDump)
        progress.enter("reading sessions, tokens and processes")
        let snapshot: Snapshot
        do { snapshot = try Snapshot(reading: kernel) } catch { throw Failure(error) }
        progress.enter("judging")
        let analysis = Analysis(of: snapshot)
        progress.finish()
        warn(crashDump.warnings)
        return analysis
    }

    /// Maps the file and opens the dump in it.
    func openDump() throws(Failure) -> CrashDump {
        let file = try mapFile()
        do { return try CrashDump(file: file) } catch { throw Failure(error) }
    }

    /// Maps the file.
    func mapFile() throws(Failure) -> MappedFile {
        do { return try MappedFile(path: dump) } catch { throw Failure(error) }
    }

    /// Finds the kernel in the dump.
    func kernel(in crashDump: CrashDump) throws(Failure) -> Kernel {
        let profile = try symbolFile(build: Int(crashDump.header.buildNumber))
        let overrides = Kernel.Overrides(
            base: kernelBase.map { VirtualAddress($0.value) }, directoryTableBase: dtb?.value)
        do { return try Kernel(in: crashDump, symbols: profile, overrides: overrides) } catch { throw Failure(error) }
    }

    private func symbolFile(build: Int) throws(Failure) -> KernelProfile? {
        guard let symbols else { return nil }
        do { return try KernelProfile(symbolFileAt: symbols, build: build) } catch { throw Failure(error) }
    }

    private func warn(_ warnings: [DumpWarning]) {
        guard !quiet else { return }
        for warning in warnings { StandardStream.error.write("logonleak: warning: \(warning)\n") }
    }
}

/// A number in hex as a debugger or our own output writes it: `0xffffb808`3ea02650`.
struct HexNumber: ExpressibleByArgument {
    let value: UInt64

    init?(argument: String) {
        guard let value = UInt64(hexText: argument) else { return nil }
        self.value = value
    }
}
