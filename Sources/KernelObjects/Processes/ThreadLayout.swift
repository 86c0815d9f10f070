import BinaryReading
import KernelProfiles

/// Offsets inside `_ETHREAD`.
struct ThreadLayout: Sendable {
    let byteCount: Int
    let links: Int
    private let threadID: Int
    private let processID: Int
    private let state: Int
    private let crossThreadFlags: Int
    private let impersonationFlag: BitField
    private let clientSecurity: Int
    private let adjustedClientToken: Int?

    /// `KTHREAD_STATE.Terminated`.
    private static let terminatedState: UInt8 = 4

    init(_ profile: KernelProfile) throws(LayoutError) {
        let fields = try FieldOffsets(of: "_ETHREAD", in: profile)
        byteCount = fields.layout.byteCount
        links = try fields.offset("ThreadListEntry", byteCount: 16)
        let identity = try FieldOffsets(of: "_CLIENT_ID", in: profile)
        let cid = try fields.offset("Cid", byteCount: identity.layout.byteCount)
        threadID = cid + (try identity.offset("UniqueThread"))
        processID = cid + (try identity.offset("UniqueProcess"))
        // The `_KTHREAD` is the first member, so its offsets are those of the `_ETHREAD`.
        state = try FieldOffsets(of: "_KTHREAD", in: profile).offset("State", byteCount: 1)
        crossThreadFlags = try fields.offset("CrossThreadFlags", byteCount: 4)
        guard let flag = try fields.field("ActiveImpersonationInfo", byteCount: 4).bitField else {
            throw LayoutError(structure: "_ETHREAD", field: "ActiveImpersonationInfo")
        }
        impersonationFlag = flag
        clientSecurity = try fields.offset("ClientSecurity")
        adjustedClientToken = fields.optionalOffset("AdjustedClientToken")
    }

    /// Ids of the thread and of its process.
    func identity(in bytes: RawSpan) -> (threadID: UInt64, processID: UInt64) {
        (bytes.value(at: threadID), bytes.value(at: processID))
    }

    /// Decodes a thread that was found in a process's list.
    func thread(in bytes: RawSpan, at address: VirtualAddress, of process: Process) -> Thread {
        let flags = UInt64(bytes.value(UInt32.self, at: crossThreadFlags))
        let isImpersonating = impersonationFlag.extract(from: flags) != 0
        // Bits 0-1 level, bit 2 EffectiveOnly, the rest the token (`sessions.md` §7).
        let security = bytes.value(UInt64.self, at: clientSecurity)
        let token = VirtualAddress(security & ~7)
        let adjusted = adjustedClientToken.flatMap { bytes.addressIfSet(at: $0) }
        let identity = identity(in: bytes)
        return Thread(
            address: address, threadID: identity.threadID, processID: identity.processID,
            process: process.address, hasExited: bytes.value(UInt8.self, at: state) == Self.terminatedState,
            impersonationToken: isImpersonating && !token.isNull ? token : nil,
            impersonationLevel: UInt8(security & 3), adjustedClientToken: isImpersonating ? adjusted : nil)
    }
}
