import AddressTranslation
import BinaryReading
import KernelObjects
import KernelProfiles
import KernelSymbols
import LeakAnalysis

/// What the commands of one shell share: the kernel, the memory of the current process, and what earlier commands left behind.
final class ShellSession {
    /// The kernel in the dump.
    let kernel: Kernel
    /// Reads through the page tables of the current process.
    private(set) var memory: VirtualMemory
    /// The kernel's types.
    let types: TypeCatalog
    /// The kernel's symbols and modules.
    let symbols: SymbolTable
    /// The commands of this shell.
    let commands: CommandTable
    /// Where a log file is written.
    let log: any LogWriting
    /// When the pool is searched for what nothing lists.
    let scan: PoolScanPolicy
    /// The radix of digits without prefix.
    var radix = 16
    /// `@$exp`: the last value.
    var lastValue: UInt64 = 0
    /// `@$p`: the last value that a memory command showed.
    var lastDisplayedValue: UInt64 = 0
    /// `@$t0` to `@$t19`.
    var userRegisters = [UInt64](repeating: 0, count: 20)
    /// Where the next memory or code command goes on.
    var displayPosition: UInt64?
    /// The kind of display that `d` means.
    var lastDisplayName = "db"
    /// The type that `dt .` means.
    var lastTypeName: String?
    /// The process that the user chose; nil for that of the crash.
    private(set) var chosenProcess: VirtualAddress?
    /// The log file that is open.
    var openLogPath: String?
    /// How deep commands are nested in filters.
    var nesting = 0

    /// Decodes instructions, in builds that can.
    private(set) lazy var decoder = makeInstructionDecoder()

    private var loadedSnapshot: Snapshot?
    private var loadedAnalysis: Analysis?
    private lazy var crashContext = CrashContext(kernel)

    init(kernel: Kernel, commands: CommandTable, log: any LogWriting, scan: PoolScanPolicy) {
        self.kernel = kernel
        self.commands = commands
        self.log = log
        self.scan = scan
        memory = VirtualMemory(kernel.addressSpace)
        types = TypeCatalog(kernel.profile)
        symbols = SymbolTable(kernel)
    }

    /// Everything that the analysis reads; read when a command first asks.
    ///
    /// - Throws: Words where the profile lacks a structure without which nothing can be read.
    func snapshot() throws(CommandError) -> Snapshot {
        if let loadedSnapshot { return loadedSnapshot }
        do throws(LayoutError) {
            let snapshot = try Snapshot(reading: kernel, scan: scan)
            loadedSnapshot = snapshot
            return snapshot
        } catch {
            throw .words([
                "The symbols of this kernel do not suffice: \(error)", "Give a complete symbol file: --symbols",
            ])
        }
    }

    /// Pins, accounts, states and the verdict; made when a command first asks.
    func analysis() throws(CommandError) -> Analysis {
        if let loadedAnalysis { return loadedAnalysis }
        let analysis = Analysis(of: try snapshot())
        loadedAnalysis = analysis
        return analysis
    }

    /// The process that `@$proc` names: the user's choice, else that of the crash.
    var currentProcess: VirtualAddress? { chosenProcess ?? crashContext.process }

    /// The thread that `@$thread` names: that of the crash.
    var currentThread: VirtualAddress? { crashContext.thread }

    /// Reads through another process's page tables from now on; nil goes back to those of the dump.
    func choose(process: VirtualAddress?, directoryTableBase: UInt64?) {
        chosenProcess = process
        let space = directoryTableBase.map { kernel.addressSpace.withDirectoryTableBase($0) } ?? kernel.addressSpace
        memory = VirtualMemory(space)
    }
}
