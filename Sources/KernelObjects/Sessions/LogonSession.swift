public import BinaryReading

/// A logon session (`_SEP_LOGON_SESSION_REFERENCES`), as it was read.
public struct LogonSession: Sendable {
    /// The three states of `TokenList` in memory (`sessions.md` §4).
    public enum TokenListState: Hashable, Sendable {
        /// {0,0}, or a kernel without the field: the list is not kept.
        case uninitialized
        /// The head points to itself: tracking is on, nothing is listed.
        case empty
        /// The head points to nodes.
        case populated
    }

    /// How an entry was found.
    public enum Origin: Hashable, Sendable {
        /// By one of the sixteen chains of `SepLogonSessions`.
        case chain(bucket: Int)
        /// By the `LogonSession` pointer of a token; no chain reaches it.
        case tokenPointer
        /// By a scan of the pool; no chain reaches it.
        case poolScan
    }

    /// Bits of `Flags` (`sessions.md` §2).
    public struct Flags: OptionSet, Hashable, Sendable {
        /// The bits.
        public let rawValue: UInt32
        /// Makes a set of bits.
        public init(rawValue: UInt32) { self.rawValue = rawValue }
        /// 0x1: a driver asked to be told of its end.
        public static let terminationNotification = Flags(rawValue: 0x1)
        /// 0x2: the FULL half of a split pair.
        public static let fullHalf = Flags(rawValue: 0x2)
        /// 0x4: the LIMITED half.
        public static let limitedHalf = Flags(rawValue: 0x4)
        /// 0x8: referenced at least once.
        public static let referenced = Flags(rawValue: 0x8)
        /// 0x10: the interactive logoff was announced.
        public static let logoffBegun = Flags(rawValue: 0x10)
        /// 0x20: the interactive logoff was completed.
        public static let logoffCompleted = Flags(rawValue: 0x20)
        /// 0x40: `SiblingAuthId` is valid.
        public static let hasSibling = Flags(rawValue: 0x40)
    }

    /// Address of the entry.
    public let address: VirtualAddress
    /// `LogonId`.
    public let luid: LUID
    /// `BuddyLogonId`: the other half of a UAC pair; nil where 0:0.
    public let buddy: LUID?
    /// `SiblingAuthId`; nil where 0:0 or no such field.
    public let sibling: LUID?
    /// `ReferenceCount`, signed.
    public let referenceCount: Int64
    /// `Flags`.
    public let flags: Flags
    /// `AccountName`; nil where it cannot be read, empty where LSA never described the session.
    public let accountName: String?
    /// `AuthorityName`; nil where it cannot be read.
    public let authorityName: String?
    /// `Token`: the token that the session caches; nil where there is none.
    public let cachedToken: VirtualAddress?
    /// `ServerSilo`: the job of the container that it belongs to; nil for the host.
    public let serverSilo: VirtualAddress?
    /// State of `TokenList`.
    public let tokenListState: TokenListState
    /// Addresses of the tokens that the nodes of `TokenList` point to, in list order (creation order), valid or not.
    public let listedTokens: [VirtualAddress]
    /// Whether `TokenList` could be walked to its end.
    public let isTokenListComplete: Bool
    /// Whether `SepLogonSessions` or a token led to it.
    public let origin: Origin

    /// Makes a session of what was read.
    public init(
        address: VirtualAddress, luid: LUID, buddy: LUID?, sibling: LUID?, referenceCount: Int64, flags: Flags,
        accountName: String?, authorityName: String?, cachedToken: VirtualAddress?, serverSilo: VirtualAddress?,
        tokenListState: TokenListState, listedTokens: [VirtualAddress], isTokenListComplete: Bool, origin: Origin
    ) {
        self.address = address
        self.luid = luid
        self.buddy = buddy
        self.sibling = sibling
        self.referenceCount = referenceCount
        self.flags = flags
        self.accountName = accountName
        self.authorityName = authorityName
        self.cachedToken = cachedToken
        self.serverSilo = serverSilo
        self.tokenListState = tokenListState
        self.listedTokens = listedTokens
        self.isTokenListComplete = isTokenListComplete
        self.origin = origin
    }
}
