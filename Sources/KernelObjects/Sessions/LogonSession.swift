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

    /// What was read once and never changes; see ``Token``.
    private struct Facts: Sendable {
        let address: VirtualAddress
        let luid: LUID
        let buddy: LUID?
        let sibling: LUID?
        let referenceCount: Int64
        let flags: Flags
        let accountName: String?
        let authorityName: String?
        let cachedToken: VirtualAddress?
        let serverSilo: VirtualAddress?
        let tokenListState: TokenListState
        let listedTokens: [VirtualAddress]
        let isTokenListComplete: Bool
        let origin: Origin
    }

    private let facts: Shared<Facts>

    /// Address of the entry.
    public var address: VirtualAddress { facts.value.address }
    /// `LogonId`.
    public var luid: LUID { facts.value.luid }
    /// `BuddyLogonId`: the other half of a UAC pair; nil where 0:0.
    public var buddy: LUID? { facts.value.buddy }
    /// `SiblingAuthId`; nil where 0:0 or no such field.
    public var sibling: LUID? { facts.value.sibling }
    /// `ReferenceCount`, signed.
    public var referenceCount: Int64 { facts.value.referenceCount }
    /// `Flags`.
    public var flags: Flags { facts.value.flags }
    /// `AccountName`; nil where it cannot be read, empty where LSA never described the session.
    public var accountName: String? { facts.value.accountName }
    /// `AuthorityName`; nil where it cannot be read.
    public var authorityName: String? { facts.value.authorityName }
    /// `Token`: the token that the session caches; nil where there is none.
    public var cachedToken: VirtualAddress? { facts.value.cachedToken }
    /// `ServerSilo`: the job of the container that it belongs to; nil for the host.
    public var serverSilo: VirtualAddress? { facts.value.serverSilo }
    /// State of `TokenList`.
    public var tokenListState: TokenListState { facts.value.tokenListState }
    /// Addresses of the tokens that the nodes of `TokenList` point to, in list order (creation order), valid or not.
    public var listedTokens: [VirtualAddress] { facts.value.listedTokens }
    /// Whether `TokenList` could be walked to its end.
    public var isTokenListComplete: Bool { facts.value.isTokenListComplete }
    /// Whether `SepLogonSessions` or a token led to it.
    public var origin: Origin { facts.value.origin }

    /// Makes a session of what was read.
    public init(
        address: VirtualAddress, luid: LUID, buddy: LUID?, sibling: LUID?, referenceCount: Int64, flags: Flags,
        accountName: String?, authorityName: String?, cachedToken: VirtualAddress?, serverSilo: VirtualAddress?,
        tokenListState: TokenListState, listedTokens: [VirtualAddress], isTokenListComplete: Bool, origin: Origin
    ) {
        facts = Shared(
            Facts(
                address: address, luid: luid, buddy: buddy, sibling: sibling, referenceCount: referenceCount,
                flags: flags, accountName: accountName, authorityName: authorityName, cachedToken: cachedToken,
                serverSilo: serverSilo, tokenListState: tokenListState, listedTokens: listedTokens,
                isTokenListComplete: isTokenListComplete, origin: origin))
    }
}
