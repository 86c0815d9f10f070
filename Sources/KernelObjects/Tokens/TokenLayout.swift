import BinaryReading
import KernelProfiles

/// Offsets inside `_TOKEN`; fields that not every build has are nil there.
struct TokenLayout: Sendable {
    let byteCount: Int
    private let source: Int
    private let tokenID: Int
    private let authenticationID: Int
    private let parentTokenID: Int
    private let modifiedID: Int
    private let privileges: Int
    private let sessionID: Int
    private let groupCount: Int
    private let groups: Int
    private let integrityIndex: Int?
    private let kind: Int
    private let level: Int
    private let flags: Int
    private let inUse: Int
    private let logonSession: Int
    private let originatingSession: Int
    private let sessionObject: Int?
    private let diagnosticInfo: Int?
    private let trustLink: Int?

    init(_ profile: KernelProfile) throws(LayoutError) {
        let fields = try FieldOffsets(of: "_TOKEN", in: profile)
        byteCount = fields.layout.byteCount
        source = try fields.offset("TokenSource", byteCount: 16)
        tokenID = try fields.offset("TokenId")
        authenticationID = try fields.offset("AuthenticationId")
        parentTokenID = try fields.offset("ParentTokenId")
        modifiedID = try fields.offset("ModifiedId")
        privileges = try fields.offset("Privileges", byteCount: 24)
        sessionID = try fields.offset("SessionId", byteCount: 4)
        groupCount = try fields.offset("UserAndGroupCount", byteCount: 4)
        groups = try fields.offset("UserAndGroups")
        integrityIndex = fields.optionalOffset("IntegrityLevelIndex", byteCount: 4)
        kind = try fields.offset("TokenType", byteCount: 4)
        level = try fields.offset("ImpersonationLevel", byteCount: 4)
        flags = try fields.offset("TokenFlags", byteCount: 4)
        inUse = try fields.offset("TokenInUse", byteCount: 1)
        logonSession = try fields.offset("LogonSession")
        originatingSession = try fields.offset("OriginatingLogonSession")
        sessionObject = fields.optionalOffset("SessionObject")
        diagnosticInfo = fields.optionalOffset("DiagnosticInfo")
        trustLink = fields.optionalOffset("TrustLinkedToken")
    }

    /// Whether this kernel's tokens hold their terminal session (MS16-111).
    var hasSessionObject: Bool { sessionObject != nil }
    /// Whether this kernel's tokens can say who made them.
    var hasDiagnosticInfo: Bool { diagnosticInfo != nil }

    /// What is read from a `_TOKEN` itself, without following any pointer.
    struct Fields {
        let sourceName: String
        let tokenID: LUID
        let authenticationID: LUID
        let parentTokenID: LUID
        let modifiedID: LUID
        let originatingLogonSession: LUID
        let privileges: Token.Privileges
        let terminalSessionID: UInt32
        let groupCount: UInt32
        let groups: VirtualAddress
        let integrityIndex: UInt32?
        let kind: Token.Kind
        let impersonationLevel: UInt32
        let flags: UInt32
        let isInUse: Bool
        let logonSession: VirtualAddress
        let sessionObject: VirtualAddress?
        let diagnosticInfo: VirtualAddress?
        let trustLinkedToken: VirtualAddress?
    }

    /// Decodes a token whose first byte lies at `start`.
    func fields(in bytes: RawSpan, at start: Int) -> Fields {
        func luid(_ offset: Int) -> LUID { LUID(bytes.value(at: start + offset)) }
        let kindNumber = bytes.value(UInt32.self, at: start + kind)
        return Fields(
            sourceName: bytes.text(at: start + source, limit: 8, trimmingSpaces: true), tokenID: luid(tokenID),
            authenticationID: luid(authenticationID), parentTokenID: luid(parentTokenID), modifiedID: luid(modifiedID),
            originatingLogonSession: luid(originatingSession),
            privileges: Token.Privileges(
                present: bytes.value(at: start + privileges), enabled: bytes.value(at: start + privileges + 8),
                enabledByDefault: bytes.value(at: start + privileges + 16)),
            terminalSessionID: bytes.value(at: start + sessionID), groupCount: bytes.value(at: start + groupCount),
            groups: bytes.address(at: start + groups),
            integrityIndex: integrityIndex.map { bytes.value(at: start + $0) },
            kind: kindNumber == 1 ? .primary : kindNumber == 2 ? .impersonation : .other(kindNumber),
            impersonationLevel: bytes.value(at: start + level), flags: bytes.value(at: start + flags),
            isInUse: bytes.value(UInt8.self, at: start + inUse) != 0,
            logonSession: bytes.address(at: start + logonSession),
            sessionObject: sessionObject.map { bytes.address(at: start + $0) },
            diagnosticInfo: diagnosticInfo.flatMap { bytes.addressIfSet(at: start + $0) },
            trustLinkedToken: trustLink.flatMap { bytes.addressIfSet(at: start + $0) })
    }
}
