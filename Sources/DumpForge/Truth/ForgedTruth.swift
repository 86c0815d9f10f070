/// What a forged dump holds, as far as an analysis can be judged by it: a truth file's contents as values.
///
/// It is computed from the machine's model by the rules of the design (states, holders), never from the dump's bytes.
public struct ForgedTruth: Hashable, Sendable {
    /// The dump as a file.
    public struct Dump: Hashable, Sendable {
        /// Number in the header.
        public let type: ForgedDumpType
        /// Build number of the kernel.
        public let build: Int
        /// File version of the kernel.
        public let version: String
        /// Name of the kernel's symbol file.
        public let pdbName: String
        /// GUID in symbol-server order.
        public let pdbGUID: String
        /// Age of the symbol file.
        public let pdbAge: UInt32
        /// Where the kernel's image lies.
        public let kernelBase: UInt64
        /// Physical address of the System process' top page table.
        public let directoryTableBase: UInt64
        /// Whether the tracking variable is set, and whether this kernel has one.
        public let tracking: Bool
        /// Whether this kernel can record creators.
        public let trackable: Bool
        /// Number of processors.
        public let processors: Int
        /// ISO 8601, UTC.
        public let captured: String
        /// Seconds since the machine started.
        public let uptimeSeconds: UInt64
        /// Whether page tables have five levels.
        public let hasFiveLevels: Bool
        /// Whether 2 MiB pages map the kernel's image.
        public let hasLargeKernelPages: Bool
        /// Whether the debugger's data block is encoded.
        public let isDebuggerDataEncoded: Bool
        /// Mask over invalid page-table entries; 0 for none.
        public let invalidPTEMask: UInt64
        /// The build's name.
        public let buildLab: String
    }

    /// What a logon session is for.
    public enum Kind: String, Hashable, Sendable {
        /// As the truth files spell it.
        case system, interactive, remoteInteractive, network, batch, service, windowManager, fontDriver, unknown
    }

    /// Whether a logon session is in use.
    public enum State: String, Hashable, Sendable {
        /// As the truth files spell it.
        case system, active, leaked, idle, unused
    }

    /// One entry of the session table.
    public struct LogonSession: Hashable, Sendable {
        /// LUID of the session.
        public let luid: UInt64
        /// Where it lies.
        public let address: UInt64
        /// Account name; empty where LSA gave none.
        public let account: String
        /// Domain or machine of the account.
        public let authority: String
        /// What the session is for.
        public let kind: Kind
        /// Whether it is in use.
        public let state: State
        /// The counter as it stands in the entry.
        public let referenceCount: Int64
        /// The flags as they stand in memory.
        public let flags: UInt32
        /// `uninitialized`, `empty` or `populated`.
        public let tokenList: String
        /// LUID of the other half of a UAC pair.
        public let buddy: UInt64?
        /// Address of the cached token.
        public let cachedToken: UInt64?
        /// Number of the chain, 0...15.
        public let bucket: Int
        /// Addresses of all tokens with this LUID, and of those that count.
        public let tokens: [UInt64]
        /// Addresses of the tokens that count.
        public let referencingTokens: [UInt64]
        /// Whether it belongs to a server container.
        public let isInSilo: Bool
        /// Whether its own cached token pins it.
        public let isSelfPinned: Bool
        /// Whether the entry's page is gone.
        public let isMissing: Bool
        /// Whether the walk of the chains does not reach the entry.
        public let isOffChain: Bool
        /// What was spoilt on purpose.
        public let damaged: [String]
    }

    /// Who made a token.
    public struct Creator: Hashable, Sendable {
        /// A return address inside the kernel, and its name: `nt!SepDuplicateToken+0x2e5`.
        public struct Frame: Hashable, Sendable {
            /// Where it lies.
            public let address: UInt64
            /// Function and displacement.
            public let symbol: String
        }
        /// A return address of the user-mode caller, and what can be known of it.
        public struct UserFrame: Hashable, Sendable {
            /// Where it lies.
            public let address: UInt64
            /// The image's name without extension; nil where nothing in the dump tells it.
            public let module: String?
            /// Distance from the image's base.
            public let offset: UInt64?
            /// Function and displacement, `NtDuplicateToken+0x14`; nil where nothing in the dump tells it.
            public let symbol: String?
            /// Whether only other processes tell the image, since the creator is gone or never had one.
            public let isFromOtherProcess: Bool
        }
        /// Id of the process.
        public let processID: UInt32
        /// Id of the thread.
        public let threadID: UInt32
        /// At most 14 characters.
        public let image: String
        /// `create`, `duplicate` or `filter`.
        public let method: String
        /// Return addresses inside the kernel, innermost first.
        public let kernelFrames: [Frame]
        /// Return addresses of the user-mode caller, innermost first.
        public let userFrames: [UserFrame]
        /// Captured subject contexts.
        public let captureCount: Int32
    }

    /// One thing that keeps a token.
    public enum Pin: Hashable, Sendable {
        /// A handle in a process' table, or in the kernel's.
        case handle(processID: UInt32, handle: UInt64, access: UInt32, isKernel: Bool)
        /// The primary token of a process.
        case primaryToken(processID: UInt32, exited: Bool)
        /// A thread impersonates it.
        case impersonation(processID: UInt32, threadID: UInt32, exited: Bool)
        /// The cached token of its session.
        case sessionCache
        /// Another token's TrustLinkedToken.
        case trustLink(token: UInt64)
        /// References that nothing explains.
        case kernelReferences(count: Int)
    }

    /// A token.
    public struct Token: Hashable, Sendable {
        /// Where it lies.
        public let address: UInt64
        /// TokenId.
        public let tokenID: UInt64
        /// LUID of the session.
        public let luid: UInt64
        /// Whether it is a primary token.
        public let isPrimary: Bool
        /// Impersonation level; 0 of primary tokens.
        public let level: UInt32
        /// Id of the terminal session that it carries.
        public let terminalSession: UInt32
        /// The flags as they stand in memory.
        public let flags: UInt32
        /// SID of the user.
        public let user: String
        /// ParentTokenId.
        public let parentTokenID: UInt64
        /// ModifiedId.
        public let modifiedID: UInt64
        /// LUID of the session that asked for the logon.
        public let originatingLogonSession: UInt64
        /// `default`, `full` or `limited`, by the session's flags.
        public let elevation: String
        /// User and groups, without the integrity label.
        public let groups: Int
        /// Whether SessionObject is set.
        public let pinsTerminalSession: Bool
        /// Who made it; nil without tracking.
        public let creator: Creator?
        /// What keeps it.
        public let pins: [Pin]
        /// Whether its session's list has it.
        public let isListed: Bool
        /// By which ways it can be found.
        public let reachable: [String]
        /// PointerCount of its header.
        public let pointerCount: Int64
        /// HandleCount of its header.
        public let handleCount: Int64
        /// Handles whose table page is gone.
        public let unseenHandles: Int
        /// Whether its page is gone.
        public let isMissing: Bool
        /// What was spoilt on purpose.
        public let damaged: String?
    }

    /// What keeps a process: a handle to it or to one of its threads, or references by the kernel.
    public enum ProcessPin: Hashable, Sendable {
        /// A handle to the process.
        case processHandle(processID: UInt32, handle: UInt64)
        /// A handle to one of its threads.
        case threadHandle(processID: UInt32, handle: UInt64, threadID: UInt32)
        /// References that nothing explains.
        case kernelReferences(count: Int)
    }

    /// A process in the list of active processes.
    public struct Process: Hashable, Sendable {
        /// Id of the process.
        public let processID: UInt32
        /// Where it lies.
        public let address: UInt64
        /// The file's full name, and the at most 14 characters that EPROCESS has.
        public let image: String
        /// The at most 14 characters that EPROCESS has.
        public let imageFileName: String
        /// Whether it has ended.
        public let exited: Bool
        /// Id of the terminal session that it carries.
        public let terminalSession: UInt32
        /// Address of its primary token.
        public let token: UInt64
        /// Id of the process that started it.
        public let parent: UInt32
        /// ISO 8601, UTC.
        public let created: String
        /// Number of its threads.
        public let threads: Int
        /// Number of its handles.
        public let handles: Int
        /// Who has handles to it or to its threads.
        public let heldBy: [ProcessPin]
        /// Group of a service host.
        public let serviceGroup: String?
        /// Names of the services in it.
        public let services: [String]
    }

    /// Who keeps leaked sessions, or ended terminal sessions.
    public struct Holder: Hashable, Sendable {
        /// `PID:image`, `kernel`, `self` or `unknown`.
        public let holder: String
        /// Leaked sessions that it keeps.
        public let leakedSessions: Int
        /// Sessions that it alone keeps.
        public let leakedSessionsAlone: Int
        /// Tokens in question.
        public let tokens: Int
    }

    /// A terminal session.
    public struct TerminalSession: Hashable, Sendable {
        /// Id of the terminal session.
        public let id: UInt32
        /// Whether a process runs in it.
        public let isLive: Bool
        /// Tokens that pin it.
        public let pinnedByTokens: Int
        /// Exited processes that pin it.
        public let pinnedByExitedProcesses: Int
    }

    /// A loaded module of the kernel.
    public struct Module: Hashable, Sendable {
        /// File name.
        public let name: String
        /// Where it lies.
        public let base: UInt64
        /// Size in bytes.
        public let byteCount: UInt32
    }

    /// Something that was lost on purpose.
    public struct Loss: Hashable, Sendable {
        /// What it was: a token, a page of a handle table, a logon session.
        public let what: String
        /// Where it was.
        public let address: UInt64
        /// Why it cannot be read.
        public let why: String
    }

    /// Totals.
    public struct Counts: Hashable, Sendable {
        /// Logon sessions.
        public let logonSessions: Int
        /// Tokens in question.
        public let tokens: Int
        /// Processes.
        public let processes: Int
        /// Number of its threads.
        public let threads: Int
        /// Handles to tokens.
        public let tokenHandles: Int
        /// Leaked sessions that it keeps.
        public let leakedSessions: Int
        /// Loaded modules.
        public let drivers: Int
    }

    /// The dump as a file.
    public let dump: Dump
    /// What happened on the machine.
    public let scenario: ForgeScenario
    /// Start of the sequence of chance.
    public let seed: UInt64
    /// Totals.
    public let counts: Counts
    /// By LUID.
    public let logonSessions: [LogonSession]
    /// By address.
    public let tokens: [Token]
    /// By process id.
    public let processes: [Process]
    /// Who keeps leaked sessions.
    public let holders: [Holder]
    /// Holders of ended terminal sessions; their counts are of terminal sessions.
    public let terminalHolders: [Holder]
    /// Terminal sessions that are live or pinned.
    public let terminalSessions: [TerminalSession]
    /// Kernel modules in load order.
    public let modules: [Module]
    /// What was lost on purpose.
    public let missing: [Loss]
    /// `leak`, `suspect` or `clean`.
    public let verdict: String
}
