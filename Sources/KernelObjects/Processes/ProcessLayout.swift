import BinaryReading
import KernelProfiles

/// Offsets inside `_EPROCESS`.
struct ProcessLayout: Sendable {
    let byteCount: Int
    /// `ActiveProcessLinks`.
    let links: Int
    /// `ThreadListHead`.
    let threadListHead: Int
    private let processID: Int
    private let parentProcessID: Int
    private let created: Int
    private let exited: Int
    private let token: Int
    private let handleTable: Int
    private let session: Int
    private let imageName: Int
    private let auditName: Int
    private let activeThreads: Int
    private let directoryTableBase: Int
    /// `Peb`.
    let environmentBlock: Int

    /// Bytes of `ImageFileName`, the last of which is never written.
    static let imageNameByteCount = 15

    init(_ profile: KernelProfile) throws(LayoutError) {
        let fields = try FieldOffsets(of: "_EPROCESS", in: profile)
        byteCount = fields.layout.byteCount
        links = try fields.offset("ActiveProcessLinks", byteCount: 16)
        threadListHead = try fields.offset("ThreadListHead", byteCount: 16)
        processID = try fields.offset("UniqueProcessId")
        parentProcessID = try fields.offset("InheritedFromUniqueProcessId")
        created = try fields.offset("CreateTime")
        exited = try fields.offset("ExitTime")
        token = try fields.offset("Token")
        handleTable = try fields.offset("ObjectTable")
        session = try fields.offset("Session")
        imageName = try fields.offset("ImageFileName", byteCount: Self.imageNameByteCount)
        auditName = try fields.offset("SeAuditProcessCreationInfo")
        activeThreads = try fields.offset("ActiveThreads", byteCount: 4)
        environmentBlock = try fields.offset("Peb")
        // The `_KPROCESS` is the first member, so its offsets are those of the `_EPROCESS`.
        directoryTableBase = try FieldOffsets(of: "_KPROCESS", in: profile).offset("DirectoryTableBase")
    }

    /// What is read from an `_EPROCESS` itself, without following any pointer.
    struct Fields {
        let processID: UInt64
        let parentProcessID: UInt64
        let created: FileTime?
        let exitedAt: FileTime?
        let hasExited: Bool
        let token: VirtualAddress
        let tokenFastReferences: UInt8
        let handleTable: VirtualAddress?
        let session: VirtualAddress?
        let shortImageName: String
        let auditName: VirtualAddress?
        let activeThreadCount: UInt32
        let directoryTableBase: UInt64
    }

    func fields(in bytes: RawSpan) -> Fields {
        let created = FileTime(bytes.value(at: created))
        let exited = FileTime(bytes.value(at: exited))
        let fastReference = bytes.value(UInt64.self, at: token)
        let handleTable = bytes.addressIfSet(at: handleTable)
        let threads = bytes.value(UInt32.self, at: activeThreads)
        return Fields(
            processID: bytes.value(at: processID), parentProcessID: bytes.value(at: parentProcessID),
            created: created.isPlausible ? created : nil, exitedAt: exited.isPlausible ? exited : nil,
            // A process that hangs in its exit still has its table, and its handles are real (`sessions.md` §7).
            hasExited: exited.rawValue != 0 && handleTable == nil && threads == 0,
            token: VirtualAddress(fastReference & ~0xF), tokenFastReferences: UInt8(fastReference & 0xF),
            handleTable: handleTable, session: bytes.addressIfSet(at: session),
            shortImageName: bytes.text(at: imageName, limit: Self.imageNameByteCount),
            auditName: bytes.addressIfSet(at: auditName), activeThreadCount: threads,
            directoryTableBase: bytes.value(at: directoryTableBase))
    }
}
