public import KernelProfiles

/// What happens on the forged machine.
public enum ForgeScenario: String, CaseIterable, Sendable {
    /// lsass holds referencing duplicates of every visitor's token: the article's first dump.
    case article
    /// `RyansTokenGrabber.exe` duplicates each visitor's token and never closes the handle: the article's second dump.
    case grabber
    /// Nothing leaks.
    case clean
    /// The grabber's leak, then damage: cut and circular chains, wild pointers, absurd lengths and counts, lost pages.
    case corrupt
    /// Exited processes, kept by process handles, by thread handles or by a driver, are all that keeps visitors' tokens.
    case zombies
    /// Tokens held by a driver's references and by kernel handles.
    case kernelrefs
    /// Sessions whose cached token references its own session: a defect of the system, no process is to blame.
    case selfpinned
    /// Leaked limited halves with their full halves, leftover window managers and font drivers, linked tokens never closed.
    case uac
    /// Network logons without processes, some without names: not a leak.
    case network
    /// One service host with thousands of token handles of sessions in use.
    case hoard
    /// Sessions pinned by one, two or three holders, trust links, a token of several pages.
    case mixed
    /// Two server containers with sessions of their own under the host's LUIDs.
    case silo
    /// SYSTEM tokens stamped with ended terminal sessions.
    case terminals
    /// Tokens that only the pool shows: kernel references, tracking off.
    case unlisted
    /// AppContainer tokens that outlive their users.
    case appcontainer

    /// Whether leak tracking is off whatever the options say.
    var isUntracked: Bool { self == .unlisted }
}

/// Which dump file is written. The raw value is the number in the header.
public enum ForgedDumpType: UInt32, CaseIterable, Sendable {
    /// All of physical memory.
    case full = 1
    /// Kernel pages with a bitmap of 32-bit fields: kernels before Windows 8.
    case summary = 2
    /// Small memory dump: blocks of virtual memory, no sessions.
    case triage = 4
    /// Kernel and user pages with a bitmap: an active memory dump.
    case bitmapFull = 5
    /// Kernel pages with a bitmap.
    case bitmapKernel = 6
    /// Kernel pages as ranges: the debugger's `.dump /k`.
    case rangeKernel = 8
    /// Kernel and user pages as ranges: the debugger's `.dump /ka`.
    case rangeUser = 9
    /// Everything as ranges: the debugger's `.dump /f`.
    case rangeFull = 10

    /// The name in a truth file.
    public var name: String {
        switch self {
        case .full: "full"
        case .summary: "summary"
        case .triage: "triage"
        case .bitmapFull: "bitmap-full"
        case .bitmapKernel: "bitmap-kernel"
        case .rangeKernel: "range-kernel"
        case .rangeUser: "range-user"
        case .rangeFull: "range-full"
        }
    }

    /// Whether user pages are in the file.
    public var hasUserPages: Bool {
        switch self {
        case .full, .bitmapFull, .rangeUser, .rangeFull: true
        case .summary, .triage, .bitmapKernel, .rangeKernel: false
        }
    }
}

/// The parameters of a forged machine.
public struct ForgeOptions: Sendable {
    /// What happens on the machine.
    public var scenario: ForgeScenario
    /// The kernel that runs on it; it must have an identity and symbols.
    public var profile: KernelProfile
    /// Start of the sequence of chance; the same options and seed give the same bytes.
    public var seed: UInt64
    /// Logon sessions in all that the machine ends up with, at least; nil for the scenario's own number.
    public var logonSessions: Int?
    /// Tokens that the leaking process holds of each visitor; nil for the scenario's own number.
    public var tokensPerVisitor: Int?
    /// Handles that the leaking process has to each of those tokens.
    public var handlesPerToken: Int = 1
    /// Whether leak tracking is on, where the kernel can.
    public var tracking: Bool = true
    /// Number of processors, 1...64.
    public var processors: Int = 2
    /// Whether the debugger data block is left encoded.
    public var encodedDebuggerData: Bool = false
    /// Levels of the page tables, 4 or 5.
    public var pageTableLevels: Int = 4
    /// Whether the kernel image is mapped with 2 MiB pages.
    public var largeKernelPages: Bool = false
    /// Ranges of physical memory; the header has room for 42.
    public var physicalRuns: Int = 3
    /// Percentage of the paged pool's pages that are on the standby list (transition) when the dump is taken.
    public var transitionPercentage: Int = 12
    /// How many in a thousand of the paged pool's pages are mapped through prototype entries.
    public var prototypePermille: Int = 5

    /// Options of a scenario on a kernel, everything else as the scenario likes it.
    public init(scenario: ForgeScenario, profile: KernelProfile, seed: UInt64 = 1) {
        self.scenario = scenario
        self.profile = profile
        self.seed = seed
    }
}
