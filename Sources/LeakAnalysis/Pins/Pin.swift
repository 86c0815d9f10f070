public import BinaryReading

/// One thing that keeps a token or a process alive (DESIGN §1).
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

    /// What kind of thing it is.
    public var kind: Kind
    /// Position of the process in the analysis' processes: whose handle, token or thread it is.
    public var process: Int?
    /// Address of the impersonating thread, or of the thread that the handle is to.
    public var thread: VirtualAddress?
    /// Its id.
    public var threadID: UInt64?
    /// The handle's value.
    public var handle: UInt64?
    /// The handle's access.
    public var access: UInt32?
    /// Whether the handle is a kernel handle; nil for other kinds.
    public var isKernelHandle: Bool?
    /// Whether the process of a primary token, or the impersonating thread, has exited; nil for other kinds.
    public var hasExited: Bool?
    /// The linking token.
    public var token: VirtualAddress?
    /// Position of the session that caches the token.
    public var session: Int?
    /// Number of unexplained references.
    public var count: Int64?
    /// What it adds to the object's `PointerCount` (rule R10).
    public var pointerReferences: Int64

    init(_ kind: Kind, process: Int? = nil, pointerReferences: Int64 = 1) {
        self.kind = kind
        self.process = process
        self.pointerReferences = pointerReferences
    }
}
