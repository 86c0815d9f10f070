public import ArgumentParser
import BinaryReading
public import KernelObjects
import KernelSymbols

/// How dumps are read.
struct ReadingOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            """
            Symbols of the dump's kernel: a PDB, a Volatility symbol file (.json or .json.xz), a folder, or a symbol path \
            (srv*FOLDER*https://SERVER). A server is asked only if it stands here.
            """, valueName: "path"),
        completion: .file(extensions: ["json", "xz", "pdb"]))
    var symbols: String?

    @Option(help: ArgumentHelp("Address of the kernel image, where it is not found.", valueName: "address"))
    var kernelBase: HexNumber?

    @Option(
        help: ArgumentHelp(
            "Physical address of the top page table, where the dump does not tell.", valueName: "address"))
    var dtb: HexNumber?

    @Option(
        help:
            "Search the pool for tokens that nothing lists: auto (where the count of tokens does not close), pool, never."
    )
    var scan: PoolScanPolicy = .auto

    @Flag(help: "No progress and no warnings on stderr.")
    var quiet = false

    /// A dump, to be opened as the user says.
    func opening(_ path: String) -> DumpOpening {
        DumpOpening(
            path: path, symbols: symbols,
            overrides: Kernel.Overrides(
                base: kernelBase.map { VirtualAddress($0.value) }, directoryTableBase: dtb?.value),
            hidden: environmentVariable("LOGONLEAK_HIDE_PROFILE").map { HiddenProfiles(text: $0) } ?? HiddenProfiles(),
            scan: scan, isQuiet: quiet)
    }
}

extension PoolScanPolicy: ExpressibleByArgument {}

/// A number in hex as a debugger or our own output writes it: `0xffffb808`3ea02650`.
struct HexNumber: ExpressibleByArgument {
    let value: UInt64

    init?(argument: String) {
        guard let value = UInt64(hexText: argument) else { return nil }
        self.value = value
    }
}
