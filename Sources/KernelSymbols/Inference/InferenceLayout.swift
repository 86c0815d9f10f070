import BinaryReading
import KernelProfiles

/// Where one kernel keeps the fields that the walks read: what must be right before layouts may be borrowed.
///
/// Two kernels with equal values here are the same to every walk, whatever else differs between them.
struct InferenceLayout: Hashable, Sendable {
    /// Place of a member inside its structure.
    struct Field: Hashable, Sendable {
        let offset: Int
        let byteCount: Int
        let bits: BitField?
    }

    /// Members by `_STRUCTURE.Member`.
    private let fields: [String: Field]

    /// Structures without which nothing can be said, with the members that each must have.
    private static let required: [(structure: String, members: [String])] = [
        (
            "_EPROCESS",
            [
                "ActiveProcessLinks", "ThreadListHead", "UniqueProcessId", "InheritedFromUniqueProcessId", "CreateTime",
                "ExitTime", "Token", "ObjectTable", "Session", "ImageFileName", "SeAuditProcessCreationInfo",
                "ActiveThreads", "Peb",
            ]
        ),
        ("_KPROCESS", ["DirectoryTableBase"]),
        ("_ETHREAD", ["ThreadListEntry", "Cid", "CrossThreadFlags", "ClientSecurity", "ActiveImpersonationInfo"]),
        ("_KTHREAD", ["State", "Teb", "KernelStack", "InitialStack"]),
        ("_CLIENT_ID", ["UniqueProcess", "UniqueThread"]),
        ("_OBJECT_HEADER", ["PointerCount", "HandleCount", "TypeIndex", "InfoMask", "Body"]),
        ("_OBJECT_TYPE", ["Name", "Index", "TotalNumberOfObjects", "TotalNumberOfHandles"]),
        (
            "_TOKEN",
            [
                "TokenSource", "TokenId", "AuthenticationId", "ParentTokenId", "ModifiedId", "Privileges", "SessionId",
                "UserAndGroupCount", "UserAndGroups", "TokenType", "ImpersonationLevel", "TokenFlags", "TokenInUse",
                "LogonSession", "OriginatingLogonSession", "VariablePart",
            ]
        ),
        (
            "_SEP_LOGON_SESSION_REFERENCES",
            ["Next", "LogonId", "BuddyLogonId", "ReferenceCount", "Flags", "Token", "AccountName", "AuthorityName"]
        ),
        ("_HANDLE_TABLE", ["TableCode", "NextHandleNeedingPool", "UniqueProcessId", "HandleTableList"]),
        ("_HANDLE_TABLE_ENTRY", []),
    ]

    /// Members that not every build has.
    private static let optional: [(structure: String, members: [String])] = [
        ("_ETHREAD", ["AdjustedClientToken"]),
        ("_TOKEN", ["IntegrityLevelIndex", "SessionObject", "DiagnosticInfo", "TrustLinkedToken"]),
        ("_SEP_LOGON_SESSION_REFERENCES", ["SiblingAuthId", "ServerSilo", "TokenList"]),
        ("_HANDLE_TABLE_ENTRY", ["Object", "ObjectPointerBits", "Attributes", "RefCnt", "GrantedAccessBits"]),
        (
            "_SEP_TOKEN_DIAG_TRACK_ENTRY",
            ["ProcessCid", "ThreadCid", "ImageFileName", "CreateMethod", "CreateTrace", "CaptureCount"]
        ),
        ("_KLDR_DATA_TABLE_ENTRY", ["InLoadOrderLinks", "DllBase", "SizeOfImage", "FullDllName", "BaseDllName"]),
        ("_POOL_TRACKER_BIG_PAGES", ["Va", "Key"]),
    ]

    /// No offset of these structures is larger; a profile that says otherwise is damaged.
    private static let largestOffset = 0x4000

    /// Takes the places from a profile; nil where it lacks one of those without which nothing can be said.
    init?(_ profile: KernelProfile) {
        var fields: [String: Field] = [:]
        for (structure, members) in Self.required {
            guard let layout = profile.structure(named: structure) else { return nil }
            for member in members {
                guard let field = Self.field(member, of: layout) else { return nil }
                fields["\(structure).\(member)"] = field
            }
        }
        for (structure, members) in Self.optional {
            guard let layout = profile.structure(named: structure) else { continue }
            for member in members { fields["\(structure).\(member)"] = Self.field(member, of: layout) }
        }
        self.fields = fields
    }

    private static func field(_ name: String, of layout: StructureLayout) -> Field? {
        guard let field = layout[name], (0..<largestOffset).contains(field.offset) else { return nil }
        return Field(offset: field.offset, byteCount: field.byteCount, bits: field.bitField)
    }

    /// The place of an optional member; nil where this kernel has none.
    func field(_ name: String) -> Field? { fields[name] }

    /// The offset of a required member.
    func offset(_ name: String) -> Int { fields[name]?.offset ?? 0 }
}

/// Sizes and places that KDBG states too, so that it can contradict a borrowed layout (`formats.md` §3.1).
struct StatedSizes: Hashable, Sendable {
    /// `SizeEProcess`, `SizeEThread`: they grow at their ends within a build.
    let growing: [String: Int]
    /// Places that no revision of a build moves.
    let fixed: [String: Int]

    /// Bytes by which revisions of one build differ at the ends of their structures at most (`kernels.md`: 0x40).
    private static let mostGrowth = 0x80
    private static let processorBlock = "OffsetPrcbContext"

    /// Where KDBG has them.
    private static let growingOffsets = ["SizeEProcess": 0x2A8, "SizeEThread": 0x2C0]
    private static let fixedOffsets = [
        "OffsetEprocessPeb": 0x2AA, "OffsetEprocessParentCID": 0x2AC, "OffsetEprocessDirectoryTableBase": 0x2AE,
        "OffsetKThreadTeb": 0x29A, "OffsetKThreadKernelStack": 0x29C, "OffsetKThreadInitialStack": 0x29E,
        "OffsetKThreadState": 0x2A2, processorBlock: 0x338,
    ]

    /// What a profile says.
    init(_ profile: KernelProfile, _ layout: InferenceLayout) {
        var growing: [String: Int] = [:]
        growing["SizeEProcess"] = profile.structure(named: "_EPROCESS")?.byteCount
        growing["SizeEThread"] = profile.structure(named: "_ETHREAD")?.byteCount
        self.growing = growing
        var fixed = [
            "OffsetEprocessPeb": layout.offset("_EPROCESS.Peb"),
            "OffsetEprocessParentCID": layout.offset("_EPROCESS.InheritedFromUniqueProcessId"),
            "OffsetEprocessDirectoryTableBase": layout.offset("_KPROCESS.DirectoryTableBase"),
            "OffsetKThreadTeb": layout.offset("_KTHREAD.Teb"),
            "OffsetKThreadKernelStack": layout.offset("_KTHREAD.KernelStack"),
            "OffsetKThreadInitialStack": layout.offset("_KTHREAD.InitialStack"),
            "OffsetKThreadState": layout.offset("_KTHREAD.State"),
        ]
        fixed[Self.processorBlock] = profile.structure(named: "_KPRCB")?["Context"]?.offset
        self.fixed = fixed
    }

    /// What KDBG says; what it leaves at zero is not stated.
    init(_ block: DebuggerData) {
        growing = Self.growingOffsets.compactMapValues { block.number(at: $0) }
        fixed = Self.fixedOffsets.compactMapValues { block.number(at: $0) }
    }

    /// How a profile stands to what KDBG states.
    enum Agreement: Hashable, Sendable {
        /// Every number is the same.
        case exact
        /// A structure is a little larger or smaller than the profile says, and no place inside moved: it differs at its end.
        case resized
        /// What does not fit.
        case different(String)
    }

    private static func difference(_ name: String, _ own: Int, _ stated: Int) -> String {
        "\(name) is \(UInt(clamping: stated).hexText) in KDBG and \(UInt(clamping: own).hexText) in the layouts"
    }

    /// Compares a profile's sizes (`self`) with what KDBG states.
    ///
    /// - Parameter isSameBuild: Whether it is a kernel of the same build. The processor block, of which no walk reads anything, differs from
    ///   build to build where all else is the same.
    func agreement(with stated: StatedSizes, isSameBuild: Bool) -> Agreement {
        for (name, value) in stated.fixed.sorted(by: { $0.key < $1.key }) {
            guard isSameBuild || name != Self.processorBlock, let own = fixed[name], own != value else { continue }
            return .different(Self.difference(name, own, value))
        }
        var isResized = false
        for (name, value) in stated.growing.sorted(by: { $0.key < $1.key }) {
            guard let own = growing[name], own != value else { continue }
            guard abs(value - own) <= Self.mostGrowth else { return .different(Self.difference(name, own, value)) }
            isResized = true
        }
        return isResized ? .resized : .exact
    }
}
