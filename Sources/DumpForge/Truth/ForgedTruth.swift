/// What a forged dump holds, as far as an analysis can be judged by it: a truth file's contents as values.
///
/// It is computed from the machine's model by the rules of the design (states, holders), never from the dump's bytes.
public struct ForgedTruth: Hashable, Sendable {
    /// The dump as a file.
    public struct Dump: Hashable, Sendable {
        public let type: ForgedDumpType
        public let build: Int
        public let version: String
        public let pdbName: String
        /// GUID in symbol-server order.
        public let pdbGUID: String
        public let pdbAge: UInt32
        public let kernelBase: UInt64
        public let directoryTableBase: UInt64
        /// Whether the tracking variable is set, and whether this kernel has one.
        public let tracking: Bool
        public let trackable: Bool
        public let processors: Int
        /// ISO 8601, UTC.
        public let captured: String
        public let uptimeSeconds: UInt64
        public let hasFiveLevels: Bool
        public let hasLargeKernelPages: Bool
        public let isDebuggerDataEncoded: Bool
        public let invalidPTEMask: UInt64
        public let buildLab: String
    }

    /// What a logon session is for.
    public enum Kind: String, Hashable, Sendable {
        case system, interactive, remoteInteractive, network, batch, service, windowManager, fontDriver, unknown
    }

    /// Whether a logon session is in use.
    public enum State: String, Hashable, Sendable {
        case system, active, leaked, idle, unused
    }

    /// One entry of the session table.
    public struct LogonSession: Hashable, Sendable {
        public let luid: UInt64
        public let address: UInt64
        public let account: String
        public let authority: String
        public let kind: Kind
        public let state: State
        public let referenceCount: Int64
        public let flags: UInt32
        /// `uninitialized`, `empty` or `populated`.
        public let tokenList: String
        public let buddy: UInt64?
        public let cachedToken: UInt64?
        public let bucket: Int
        /// Addresses of all tokens with this LUID, and of those that count.
        public let tokens: [UInt64]
        public let referencingTokens: [UInt64]
        /// Whether the entry's page is gone, and whether the chains lead to it.
        public let isMissing: Bool
        public let isOffChain: Bool
        /// What was spoilt on purpose.
        public let damaged: [String]
    }

    /// Who made a token.
    public struct Creator: Hashable, Sendable {
        /// A return address inside the kernel, and its name: `nt!SepDuplicateToken+0x2e5`.
        public struct Frame: Hashable, Sendable {
            public let address: UInt64
            public let symbol: String
        }
        public let processID: UInt32
        public let threadID: UInt32
        /// At most 14 characters.
        public let image: String
        /// `create`, `duplicate` or `filter`.
        public let method: String
        public let kernelFrames: [Frame]
        public let userFrames: [UInt64]
        public let captureCount: Int32
    }

    /// One thing that keeps a token.
    public enum Pin: Hashable, Sendable {
        case handle(processID: UInt32, handle: UInt64, access: UInt32, isKernel: Bool)
        case primaryToken(processID: UInt32, exited: Bool)
        case impersonation(processID: UInt32, threadID: UInt32, exited: Bool)
        case sessionCache
        case trustLink(token: UInt64)
        case kernelReferences(count: Int)
    }

    /// A token.
    public struct Token: Hashable, Sendable {
        public let address: UInt64
        public let tokenID: UInt64
        public let luid: UInt64
        public let isPrimary: Bool
        public let level: UInt32
        public let terminalSession: UInt32
        public let flags: UInt32
        /// SID of the user.
        public let user: String
        public let parentTokenID: UInt64
        public let modifiedID: UInt64
        public let originatingLogonSession: UInt64
        /// `default`, `full` or `limited`, by the session's flags.
        public let elevation: String
        /// User and groups, without the integrity label.
        public let groups: Int
        public let pinsTerminalSession: Bool
        public let creator: Creator?
        public let pins: [Pin]
        public let isListed: Bool
        public let reachable: [String]
        public let pointerCount: Int64
        public let handleCount: Int64
        /// Handles whose table page is gone.
        public let unseenHandles: Int
        public let isMissing: Bool
        public let damaged: String?
    }

    /// What keeps a process: a handle to it or to one of its threads, or references by the kernel.
    public enum ProcessPin: Hashable, Sendable {
        case processHandle(processID: UInt32, handle: UInt64)
        case threadHandle(processID: UInt32, handle: UInt64, threadID: UInt32)
        case kernelReferences(count: Int)
    }

    /// A process in the list of active processes.
    public struct Process: Hashable, Sendable {
        public let processID: UInt32
        public let address: UInt64
        /// The file's full name, and the at most 14 characters that EPROCESS has.
        public let image: String
        public let imageFileName: String
        public let exited: Bool
        public let terminalSession: UInt32
        public let token: UInt64
        public let parent: UInt32
        /// ISO 8601, UTC.
        public let created: String
        public let threads: Int
        public let handles: Int
        public let heldBy: [ProcessPin]
        public let serviceGroup: String?
    }

    /// Who keeps leaked sessions, or ended terminal sessions.
    public struct Holder: Hashable, Sendable {
        /// `PID:image`, `kernel`, `self` or `unknown`.
        public let holder: String
        public let leakedSessions: Int
        /// Sessions that it alone keeps.
        public let leakedSessionsAlone: Int
        public let tokens: Int
    }

    /// A terminal session.
    public struct TerminalSession: Hashable, Sendable {
        public let id: UInt32
        public let isLive: Bool
        public let pinnedByTokens: Int
        public let pinnedByExitedProcesses: Int
    }

    /// A loaded module of the kernel.
    public struct Module: Hashable, Sendable {
        public let name: String
        public let base: UInt64
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
        public let logonSessions: Int
        public let tokens: Int
        public let processes: Int
        public let threads: Int
        public let tokenHandles: Int
        public let leakedSessions: Int
        public let drivers: Int
    }

    public let dump: Dump
    public let scenario: ForgeScenario
    public let seed: UInt64
    public let counts: Counts
    /// By LUID.
    public let logonSessions: [LogonSession]
    /// By address.
    public let tokens: [Token]
    /// By process id.
    public let processes: [Process]
    public let holders: [Holder]
    /// Holders of ended terminal sessions; their counts are of terminal sessions.
    public let terminalHolders: [Holder]
    public let terminalSessions: [TerminalSession]
    public let modules: [Module]
    public let missing: [Loss]
    /// `leak`, `suspect` or `clean`.
    public let verdict: String
}
