import BinaryReading
import KernelProfiles

/// Offsets inside `_SEP_LOGON_SESSION_REFERENCES` (`sessions.md` §2); fields that not every build has are nil there.
struct LogonSessionLayout: Sendable {
    let byteCount: Int
    /// `Next`.
    let next: Int
    /// `TokenList`, from build 14393 on.
    let tokenList: Int?
    private let logonID: Int
    private let buddy: Int
    private let sibling: Int?
    private let referenceCount: Int
    private let hasWideReferenceCount: Bool
    private let flags: Int
    private let token: Int
    private let accountName: Int
    private let authorityName: Int
    private let serverSilo: Int?

    init(_ profile: KernelProfile) throws(LayoutError) {
        let fields = try FieldOffsets(of: "_SEP_LOGON_SESSION_REFERENCES", in: profile)
        byteCount = fields.layout.byteCount
        next = try fields.offset("Next")
        logonID = try fields.offset("LogonId")
        buddy = try fields.offset("BuddyLogonId")
        sibling = fields.optionalOffset("SiblingAuthId")
        let count = try fields.field("ReferenceCount", byteCount: 4)
        referenceCount = count.offset
        // Four bytes on 7601 and 9200, eight since.
        hasWideReferenceCount = count.byteCount == 8
        flags = try fields.offset("Flags", byteCount: 4)
        token = try fields.offset("Token")
        accountName = try fields.offset("AccountName", byteCount: UnicodeString.byteCount)
        authorityName = try fields.offset("AuthorityName", byteCount: UnicodeString.byteCount)
        serverSilo = fields.optionalOffset("ServerSilo")
        tokenList = fields.optionalOffset("TokenList", byteCount: 16)
    }

    /// What is read from an entry itself, without following any pointer.
    struct Fields {
        let next: VirtualAddress
        let luid: LUID
        let buddy: LUID?
        let sibling: LUID?
        let referenceCount: Int64
        let flags: LogonSession.Flags
        let token: VirtualAddress?
        let accountName: UnicodeString
        let authorityName: UnicodeString
        let serverSilo: VirtualAddress?
        let tokenListHead: (flink: VirtualAddress, blink: VirtualAddress)?
    }

    func fields(in bytes: RawSpan) -> Fields {
        func luidIfSet(_ offset: Int) -> LUID? {
            let luid = LUID(bytes.value(at: offset))
            return luid.isNone ? nil : luid
        }
        return Fields(
            next: bytes.address(at: next), luid: LUID(bytes.value(at: logonID)), buddy: luidIfSet(buddy),
            sibling: sibling.flatMap(luidIfSet),
            referenceCount: hasWideReferenceCount
                ? bytes.value(at: referenceCount) : Int64(bytes.value(UInt32.self, at: referenceCount)),
            flags: LogonSession.Flags(rawValue: bytes.value(at: flags)), token: bytes.addressIfSet(at: token),
            accountName: UnicodeString(bytes, at: accountName), authorityName: UnicodeString(bytes, at: authorityName),
            serverSilo: serverSilo.flatMap { bytes.addressIfSet(at: $0) },
            tokenListHead: tokenList.map { (bytes.address(at: $0), bytes.address(at: $0 + 8)) })
    }
}
