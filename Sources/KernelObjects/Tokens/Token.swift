public import BinaryReading

/// An access token (`_TOKEN`), as it was read.
public struct Token: Sendable {
    /// Primary or impersonation (`TokenType`).
    public enum Kind: Hashable, Sendable {
        /// 1: a process's token.
        case primary
        /// 2: a thread's token.
        case impersonation
        /// Any other number, from damaged memory.
        case other(UInt32)
    }

    /// A group of a token, or its user.
    public struct Group: Hashable, Sendable {
        /// Whose group it is.
        public let sid: SID
        /// SE_GROUP_* bits; 0xC0000000 marks the logon SID.
        public let attributes: UInt32

        /// Makes a group.
        public init(sid: SID, attributes: UInt32) {
            self.sid = sid
            self.attributes = attributes
        }
    }

    /// The three bit sets of `_SEP_TOKEN_PRIVILEGES`; bit n is privilege n of winnt.h.
    public struct Privileges: Hashable, Sendable {
        /// Held at all.
        public let present: UInt64
        /// Switched on.
        public let enabled: UInt64
        /// Switched on from the start.
        public let enabledByDefault: UInt64

        /// Makes a set.
        public init(present: UInt64, enabled: UInt64, enabledByDefault: UInt64) {
            self.present = present
            self.enabled = enabled
            self.enabledByDefault = enabledByDefault
        }
    }

    /// How a token was found; a token may be found in several ways.
    public struct Sources: OptionSet, Hashable, Sendable {
        /// The bits.
        public let rawValue: UInt8
        /// Makes a set of bits.
        public init(rawValue: UInt8) { self.rawValue = rawValue }
        /// By a node of a session's `TokenList`.
        public static let tokenList = Sources(rawValue: 1)
        /// As a process's primary token.
        public static let primaryToken = Sources(rawValue: 2)
        /// As a thread's impersonation token.
        public static let impersonation = Sources(rawValue: 4)
        /// As the `Token` that a logon session caches.
        public static let sessionCache = Sources(rawValue: 8)
        /// By another token's `TrustLinkedToken`.
        public static let trustLink = Sources(rawValue: 16)
        /// By an entry of a handle table.
        public static let handle = Sources(rawValue: 32)
        /// By a scan of the pool.
        public static let poolScan = Sources(rawValue: 64)
        /// By a variable of the kernel that keeps it for good.
        public static let systemVariable = Sources(rawValue: 128)
    }

    /// Flag 0x20 of `TokenFlags`: the token does not count in its session (rule R4).
    public static let sessionNotReferencedFlag: UInt32 = 0x20

    /// What was read once and never changes. Behind a reference: a large machine has a million tokens, and whoever looks at one passes
    /// it on.
    private struct Facts: Sendable {
        let tokenID: LUID
        let authenticationID: LUID
        let parentTokenID: LUID
        let modifiedID: LUID
        let originatingLogonSession: LUID
        let sourceName: String
        let kind: Kind
        let impersonationLevel: UInt32
        let flags: UInt32
        let terminalSessionID: UInt32
        let isInUse: Bool
        let user: SID?
        let groups: [Group]
        let integrityLevel: UInt32?
        let privileges: Privileges
        let logonSession: VirtualAddress?
        let sessionObject: VirtualAddress?
        let trustLinkedToken: VirtualAddress?
        let creation: TokenCreation?
        let pointerCount: Int64?
        let handleCount: Int64?
    }

    private let facts: Shared<Facts>

    /// Address of the `_TOKEN`.
    public let address: VirtualAddress
    /// `TokenId`: unique in the boot, rising with creation time.
    public var tokenID: LUID { facts.value.tokenID }
    /// `AuthenticationId`: the LUID of its logon session.
    public var authenticationID: LUID { facts.value.authenticationID }
    /// `ParentTokenId`: 0 for created tokens, the source's value in duplicates, the source's id in filtered ones.
    public var parentTokenID: LUID { facts.value.parentTokenID }
    /// `ModifiedId`: shared by duplicates that were not changed since.
    public var modifiedID: LUID { facts.value.modifiedID }
    /// `OriginatingLogonSession`: who asked for the logon.
    public var originatingLogonSession: LUID { facts.value.originatingLogonSession }
    /// `TokenSource.SourceName`, trimmed: `User32`, `Advapi`, `*SYSTEM*`.
    public var sourceName: String { facts.value.sourceName }
    /// Primary or impersonation.
    public var kind: Kind { facts.value.kind }
    /// `ImpersonationLevel`, 0...3; without meaning in a primary token.
    public var impersonationLevel: UInt32 { facts.value.impersonationLevel }
    /// `TokenFlags`.
    public var flags: UInt32 { facts.value.flags }
    /// `SessionId`: the terminal session that the token carries.
    public var terminalSessionID: UInt32 { facts.value.terminalSessionID }
    /// `TokenInUse`: it is some process object's primary token.
    public var isInUse: Bool { facts.value.isInUse }
    /// The user: the first of `UserAndGroups`; nil where that array cannot be read.
    public var user: SID? { facts.value.user }
    /// The groups after the user, without the integrity label.
    public var groups: [Group] { facts.value.groups }
    /// Last part of the integrity label's SID (0x2000 medium, 0x3000 high …); nil where there is none or it cannot be read.
    public var integrityLevel: UInt32? { facts.value.integrityLevel }
    /// The privileges.
    public var privileges: Privileges { facts.value.privileges }
    /// `LogonSession`: the session's address; nil on kernels without the field, null after a failed reference.
    public var logonSession: VirtualAddress? { facts.value.logonSession }
    /// `SessionObject`: what pins the terminal session; nil on kernels without the field (before MS16-111), null where none is held.
    public var sessionObject: VirtualAddress? { facts.value.sessionObject }
    /// `TrustLinkedToken`: a token that this one keeps alive; nil where there is none.
    public var trustLinkedToken: VirtualAddress? { facts.value.trustLinkedToken }
    /// Who made it; nil without leak tracking.
    public var creation: TokenCreation? { facts.value.creation }
    /// `PointerCount` of the object header; nil where it cannot be read.
    public var pointerCount: Int64? { facts.value.pointerCount }
    /// `HandleCount` of the object header; nil where it cannot be read.
    public var handleCount: Int64? { facts.value.handleCount }
    /// How it was found.
    public var sources: Sources

    /// Whether it counts in its logon session (flag 0x20 clear).
    public var isReferencingSession: Bool { flags & Self.sessionNotReferencedFlag == 0 }

    /// Makes a token of what was read.
    public init(
        address: VirtualAddress, tokenID: LUID, authenticationID: LUID, parentTokenID: LUID, modifiedID: LUID,
        originatingLogonSession: LUID, sourceName: String, kind: Kind, impersonationLevel: UInt32, flags: UInt32,
        terminalSessionID: UInt32, isInUse: Bool, user: SID?, groups: [Group], integrityLevel: UInt32?,
        privileges: Privileges, logonSession: VirtualAddress?, sessionObject: VirtualAddress?,
        trustLinkedToken: VirtualAddress?, creation: TokenCreation?, pointerCount: Int64?, handleCount: Int64?,
        sources: Sources
    ) {
        self.address = address
        facts = Shared(
            Facts(
                tokenID: tokenID, authenticationID: authenticationID, parentTokenID: parentTokenID,
                modifiedID: modifiedID, originatingLogonSession: originatingLogonSession, sourceName: sourceName,
                kind: kind, impersonationLevel: impersonationLevel, flags: flags, terminalSessionID: terminalSessionID,
                isInUse: isInUse, user: user, groups: groups, integrityLevel: integrityLevel, privileges: privileges,
                logonSession: logonSession, sessionObject: sessionObject, trustLinkedToken: trustLinkedToken,
                creation: creation, pointerCount: pointerCount, handleCount: handleCount))
        self.sources = sources
    }
}

/// Who made a token: its `_SEP_TOKEN_DIAG_TRACK_ENTRY`. The creator, never the holder (rule R7).
public struct TokenCreation: Hashable, Sendable {
    /// Which kernel routine made it (`CreateMethod`).
    public enum Method: Hashable, Sendable {
        /// 12: a new token.
        case create
        /// 13: a copy.
        case duplicate
        /// 15: a restricted copy.
        case filter
        /// Any other number.
        case other(UInt32)
    }

    /// Process id of the creating thread.
    public let processID: UInt64
    /// Id of the creating thread.
    public let threadID: UInt64
    /// `ImageFileName` as recorded: at most 15 characters, of the process that the thread was attached to.
    public let imageName: String
    /// Which routine made it.
    public let method: Method
    /// Return addresses, innermost first, cut where `sessions.md` §5 says that the trace ends (assumed, not recorded).
    public let trace: [VirtualAddress]
    /// `CaptureCount`: captured subject contexts that were not released.
    public let captureCount: Int32

    /// Makes an entry.
    public init(
        processID: UInt64, threadID: UInt64, imageName: String, method: Method, trace: [VirtualAddress],
        captureCount: Int32
    ) {
        self.processID = processID
        self.threadID = threadID
        self.imageName = imageName
        self.method = method
        self.trace = trace
        self.captureCount = captureCount
    }
}
