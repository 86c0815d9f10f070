public import BinaryReading

/// All that was read from a dump, as plain values: the input of every analysis and report.
public struct Snapshot: Sendable {
    /// What the file says of itself.
    public var dump: DumpFacts
    /// Which kernel it holds.
    public var kernel: KernelFacts
    /// Whether leak tracking exists and was on.
    public var tracking: LeakTracking
    /// Loaded modules by base address.
    public var modules: [Module]
    /// Drivers unloaded since boot, oldest first.
    public var unloadedModules: [UnloadedModule]
    /// Running and exited processes by address.
    public var processes: [Process]
    /// Threads of those processes by address.
    public var threads: [Thread]
    /// Handle tables of those processes, in their order; empty where handle tables were not read.
    public var handleTables: [HandleTable]
    /// All tokens found, by address.
    public var tokens: [Token]
    /// All logon sessions found, by LUID, then address.
    public var logonSessions: [LogonSession]
    /// Addresses that a token list or a pin names as tokens and that cannot be read as such, by address.
    public var unreadableTokens: Set<VirtualAddress>
    /// How far the walks came.
    public var coverage: Coverage
    /// `TotalNumberOfObjects` and `TotalNumberOfHandles` of the Token type; nil where they cannot be read.
    public var tokenTypeTotals: ObjectTypeTotals?
    /// What tokens and logon sessions cost in pool.
    public var poolUsage: PoolUsage
    /// The kernel's frames of all creation traces, named where a name is certain; see ``frame(at:)``.
    public var frames: [VirtualAddress: StackFrame]
    /// What could not be read, in reading order.
    public var gaps: [Gap]

    /// Makes a snapshot of what was read.
    public init(
        dump: DumpFacts, kernel: KernelFacts, tracking: LeakTracking, modules: [Module] = [],
        unloadedModules: [UnloadedModule] = [], processes: [Process] = [], threads: [Thread] = [],
        handleTables: [HandleTable] = [],
        tokens: [Token] = [],
        logonSessions: [LogonSession] = [], unreadableTokens: Set<VirtualAddress> = [], coverage: Coverage = Coverage(),
        tokenTypeTotals: ObjectTypeTotals? = nil, poolUsage: PoolUsage = PoolUsage(),
        frames: [VirtualAddress: StackFrame] = [:], gaps: [Gap] = []
    ) {
        self.dump = dump
        self.kernel = kernel
        self.tracking = tracking
        self.modules = modules
        self.unloadedModules = unloadedModules
        self.processes = processes
        self.threads = threads
        self.handleTables = handleTables
        self.tokens = tokens
        self.logonSessions = logonSessions
        self.unreadableTokens = unreadableTokens
        self.coverage = coverage
        self.tokenTypeTotals = tokenTypeTotals
        self.poolUsage = poolUsage
        self.frames = frames
        self.gaps = gaps
    }

    /// The frame of a return address in a creation trace; bare where nothing is known of it.
    public func frame(at address: VirtualAddress) -> StackFrame {
        frames[address] ?? StackFrame(address: address, module: nil, symbol: nil, displacement: nil)
    }
}

/// What a dump file says of itself.
public struct DumpFacts: Sendable {
    /// The path as the user gave it.
    public var path: String
    /// The container: `PAGEDU64`.
    public var format: String
    /// `DumpType` of the header.
    public var dumpType: UInt32
    /// Build number of the kernel, from the header.
    public var build: Int
    /// When the dump was taken; nil where the header does not say.
    public var captured: FileTime?
    /// Seconds since boot; nil where the header does not say.
    public var uptimeSeconds: UInt64?
    /// Number of processors; nil where the header does not say.
    public var processorCount: UInt32?
    /// The bug check's code; nil where the header does not say.
    public var bugCheckCode: UInt32?
    /// The bug check's four parameters.
    public var bugCheckParameters: [UInt64]
    /// The computer's name; nil where the dump does not tell.
    public var computerName: String?
    /// Whether pages of user processes are in the dump, as its type says or a probe found.
    public var hasUserPages: Bool
    /// Whether it was taken from a running system.
    public var isLive: Bool
    /// Pages that the file should hold.
    public var expectedPages: UInt64
    /// Pages that it holds.
    public var presentPages: UInt64

    /// Makes facts.
    public init(
        path: String, format: String, dumpType: UInt32, build: Int, captured: FileTime?, uptimeSeconds: UInt64?,
        processorCount: UInt32?, bugCheckCode: UInt32?, bugCheckParameters: [UInt64], computerName: String?,
        hasUserPages: Bool, isLive: Bool, expectedPages: UInt64, presentPages: UInt64
    ) {
        self.path = path
        self.format = format
        self.dumpType = dumpType
        self.build = build
        self.captured = captured
        self.uptimeSeconds = uptimeSeconds
        self.processorCount = processorCount
        self.bugCheckCode = bugCheckCode
        self.bugCheckParameters = bugCheckParameters
        self.computerName = computerName
        self.hasUserPages = hasUserPages
        self.isLive = isLive
        self.expectedPages = expectedPages
        self.presentPages = presentPages
    }
}

/// Which kernel a dump holds, and where its layouts came from.
public struct KernelFacts: Sendable {
    /// Address of the kernel image.
    public var base: VirtualAddress
    /// Size of the image in bytes; nil where it cannot be read.
    public var byteCount: UInt64?
    /// Physical address of the top page table that was used.
    public var directoryTableBase: PhysicalAddress
    /// Levels of paging, 4 or 5.
    public var pagingLevels: Int
    /// Identity of its symbol file.
    public var identity: PDBIdentity
    /// File version as the profile gives it: `10.0.17763.5933`.
    public var version: String
    /// `builtIn`, `inferred` or the path of the symbol file.
    public var symbolSource: String
    /// What stands in for the symbols where ``symbolSource`` is `inferred`.
    public var inference: InferenceFacts?

    /// Makes facts.
    public init(
        base: VirtualAddress, byteCount: UInt64?, directoryTableBase: PhysicalAddress, pagingLevels: Int,
        identity: PDBIdentity, version: String, symbolSource: String, inference: InferenceFacts? = nil
    ) {
        self.base = base
        self.byteCount = byteCount
        self.directoryTableBase = directoryTableBase
        self.pagingLevels = pagingLevels
        self.identity = identity
        self.version = version
        self.symbolSource = symbolSource
        self.inference = inference
    }
}

/// Leak tracking (`SeTokenLeakTracking`, rule R5).
public struct LeakTracking: Hashable, Sendable {
    /// Whether this kernel can record creators at all (build 14393 and later).
    public var isSupported: Bool
    /// Whether it was on; nil where the variable cannot be read.
    public var isEnabled: Bool?
    /// Whether tokens can pin terminal sessions: the kernel has `_TOKEN.SessionObject` (MS16-111).
    public var tokensPinTerminalSessions: Bool

    /// Makes facts.
    public init(isSupported: Bool, isEnabled: Bool?, tokensPinTerminalSessions: Bool) {
        self.isSupported = isSupported
        self.isEnabled = isEnabled
        self.tokensPinTerminalSessions = tokensPinTerminalSessions
    }
}

/// How far the walks came: what a verdict may rest on.
public struct Coverage: Hashable, Sendable {
    /// Chain heads of `SepLogonSessions` that could be read, of 16.
    public var sessionChainsRead: Int
    /// Chains that were walked to their end.
    public var sessionChainsComplete: Int
    /// Whether the list of processes was walked to its end.
    public var isProcessListComplete: Bool
    /// Processes that the list names and that could not be read.
    public var unreadableProcesses: Int
    /// Processes whose list of threads was walked to its end.
    public var completeThreadLists: Int
    /// Which sources of tokens were read at all.
    public var tokenSources: Token.Sources
    /// Handle-table pages read and not readable; nil where handle tables were not read.
    public var handleTablePages: HandleTablePages?

    /// Pages of handle tables.
    public struct HandleTablePages: Hashable, Sendable {
        /// Read.
        public var read: Int
        /// Not readable.
        public var missing: Int

        /// Makes counts.
        public init(read: Int, missing: Int) {
            self.read = read
            self.missing = missing
        }
    }

    /// Makes counts.
    public init(
        sessionChainsRead: Int = 0, sessionChainsComplete: Int = 0, isProcessListComplete: Bool = false,
        unreadableProcesses: Int = 0, completeThreadLists: Int = 0, tokenSources: Token.Sources = [],
        handleTablePages: HandleTablePages? = nil
    ) {
        self.sessionChainsRead = sessionChainsRead
        self.sessionChainsComplete = sessionChainsComplete
        self.isProcessListComplete = isProcessListComplete
        self.unreadableProcesses = unreadableProcesses
        self.completeThreadLists = completeThreadLists
        self.tokenSources = tokenSources
        self.handleTablePages = handleTablePages
    }
}

/// Totals that an `_OBJECT_TYPE` keeps.
public struct ObjectTypeTotals: Hashable, Sendable {
    /// `TotalNumberOfObjects`.
    public var objects: UInt32
    /// `TotalNumberOfHandles`.
    public var handles: UInt32

    /// Makes totals.
    public init(objects: UInt32, handles: UInt32) {
        self.objects = objects
        self.handles = handles
    }
}
