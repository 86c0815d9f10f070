import AddressTranslation
import BinaryReading
import KernelProfiles

/// Reads the threads of a process (`_EPROCESS.ThreadListHead`).
struct ThreadList {
    private let context: ReadingContext
    private let layout: ThreadLayout
    private let threadListHead: Int

    private static let threadLimit = 4_000_000

    init(_ context: ReadingContext) throws(LayoutError) {
        self.context = context
        layout = try ThreadLayout(context.profile)
        threadListHead = try ProcessLayout(context.profile).threadListHead
    }

    /// The threads of a process, and whether its list could be walked to its end.
    func threads(of process: Process) -> (threads: [Thread], isComplete: Bool) {
        let head = process.address + threadListHead
        let walk = ListWalk(head: head, in: context.memory, limit: Self.threadLimit)
        if walk.end != .closed {
            context.note(
                .threads, "_EPROCESS.ThreadListHead", detail: "process \(process.processID) \(process.imageName)",
                at: head, why: walk.end.text,
                limits: walk.isComplete
                    ? "nothing: the other direction of the list shows all threads"
                    : "impersonating threads of this process may be missing")
        }
        let threads = walk.nodes.compactMap { thread(at: $0 - layout.links, in: process) }
        return (threads, walk.isComplete)
    }

    private func thread(at address: VirtualAddress, in process: Process) -> Thread? {
        do throws(TranslationError) {
            return try context.memory.withBytes(at: address, count: layout.byteCount) { bytes in
                layout.thread(in: bytes, at: address, of: process)
            }
        } catch {
            context.note(
                .threads, "_ETHREAD", detail: "process \(process.processID) \(process.imageName)", at: address,
                why: error.description, limits: "a token that this thread impersonates is not seen")
            return nil
        }
    }
}

/// Offsets inside `_ETHREAD`.
private struct ThreadLayout {
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

    func thread(in bytes: RawSpan, at address: VirtualAddress, of process: Process) -> Thread {
        let flags = UInt64(bytes.value(UInt32.self, at: crossThreadFlags))
        let isImpersonating = impersonationFlag.extract(from: flags) != 0
        // Bits 0-1 level, bit 2 EffectiveOnly, the rest the token (`sessions.md` §7).
        let security = bytes.value(UInt64.self, at: clientSecurity)
        let token = VirtualAddress(security & ~7)
        let adjusted = adjustedClientToken.flatMap { bytes.addressIfSet(at: $0) }
        return Thread(
            address: address, threadID: bytes.value(at: threadID), processID: bytes.value(at: processID),
            process: process.address, hasExited: bytes.value(UInt8.self, at: state) == Self.terminatedState,
            impersonationToken: isImpersonating && !token.isNull ? token : nil,
            impersonationLevel: UInt8(security & 3), adjustedClientToken: isImpersonating ? adjusted : nil)
    }
}
