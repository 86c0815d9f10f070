public import BinaryReading

/// One thing that keeps a token or a process alive (DESIGN §1).
///
/// There are as many as handles in the dump, millions at worst: 48 bytes each, absent parts marked by bits.
public struct Pin: Hashable, Sendable {
    /// What kind of thing it is.
    public enum Kind: String, Hashable, Sendable, CaseIterable {
        /// A handle to the token.
        case handle
        /// A process's `Token`.
        case primaryToken
        /// A thread that impersonates.
        case impersonation
        /// A logon session's cached `Token`.
        case sessionCache
        /// Another token's `TrustLinkedToken`.
        case trustLink
        /// References that nothing found explains.
        case kernelReferences
        /// A handle to the process.
        case processHandle
        /// A handle to one of the process's threads.
        case threadHandle
    }

    /// Which parts are there, and the two that are yes or no.
    private struct Parts: OptionSet, Hashable {
        let rawValue: UInt16
        static let handle = Parts(rawValue: 0x1)
        static let access = Parts(rawValue: 0x2)
        static let handleSide = Parts(rawValue: 0x4)
        static let isKernelHandle = Parts(rawValue: 0x8)
        static let life = Parts(rawValue: 0x10)
        static let hasExited = Parts(rawValue: 0x20)
        static let thread = Parts(rawValue: 0x40)
        static let threadID = Parts(rawValue: 0x80)
        static let token = Parts(rawValue: 0x100)
        static let session = Parts(rawValue: 0x200)
    }

    /// What kind of thing it is.
    public var kind: Kind
    private var parts: Parts = []
    private var processPosition: Int32
    private var accessMask: UInt32 = 0
    /// The handle's value, the linking token's address or the session's position: no kind has two of them.
    private var subject: UInt64 = 0
    private var threadAddress: UInt64 = 0
    private var threadNumber: UInt64 = 0
    /// What it adds to the object's `PointerCount` (rule R10).
    public var pointerReferences: Int64

    init(_ kind: Kind, process: Int? = nil, pointerReferences: Int64 = 1) {
        self.kind = kind
        processPosition = process.map { Int32(truncatingIfNeeded: $0) } ?? -1
        self.pointerReferences = pointerReferences
    }

    /// Position of the process in the analysis' processes: whose handle, token or thread it is.
    public var process: Int? { processPosition < 0 ? nil : Int(processPosition) }

    /// Number of unexplained references; nil for other kinds.
    public var count: Int64? { kind == .kernelReferences ? pointerReferences : nil }

    /// Address of the impersonating thread, or of the thread that the handle is to.
    public var thread: VirtualAddress? {
        get { parts.contains(.thread) ? VirtualAddress(threadAddress) : nil }
        set { threadAddress = note(.thread, newValue?.rawValue) ?? 0 }
    }

    /// Its id.
    public var threadID: UInt64? {
        get { parts.contains(.threadID) ? threadNumber : nil }
        set { threadNumber = note(.threadID, newValue) ?? 0 }
    }

    /// The handle's value.
    public var handle: UInt64? {
        get { parts.contains(.handle) ? subject : nil }
        set { subject = note(.handle, newValue) ?? 0 }
    }

    /// The handle's access.
    public var access: UInt32? {
        get { parts.contains(.access) ? accessMask : nil }
        set { accessMask = note(.access, newValue) ?? 0 }
    }

    /// Whether the handle is a kernel handle; nil for other kinds.
    public var isKernelHandle: Bool? {
        get { parts.contains(.handleSide) ? parts.contains(.isKernelHandle) : nil }
        set { mark(.isKernelHandle, note(.handleSide, newValue)) }
    }

    /// Whether the process of a primary token, or the impersonating thread, has exited; nil for other kinds.
    public var hasExited: Bool? {
        get { parts.contains(.life) ? parts.contains(.hasExited) : nil }
        set { mark(.hasExited, note(.life, newValue)) }
    }

    /// The linking token.
    public var token: VirtualAddress? {
        get { parts.contains(.token) ? VirtualAddress(subject) : nil }
        set { subject = note(.token, newValue?.rawValue) ?? 0 }
    }

    /// Position of the session that caches the token.
    public var session: Int? {
        get { parts.contains(.session) ? Int(truncatingIfNeeded: subject) : nil }
        set { subject = note(.session, newValue.map { UInt64(truncatingIfNeeded: $0) }) ?? 0 }
    }

    /// Notes whether a part is there, and hands its value on.
    private mutating func note<Value>(_ part: Parts, _ value: Value?) -> Value? {
        mark(part, value != nil)
        return value
    }

    private mutating func mark(_ part: Parts, _ isSet: Bool?) {
        if isSet == true { parts.insert(part) } else { parts.remove(part) }
    }
}
