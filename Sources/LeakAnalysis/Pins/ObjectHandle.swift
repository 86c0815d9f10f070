public import BinaryReading

/// An entry of a handle table that refers to a token, a process or a thread.
public struct ObjectHandle: Hashable, Sendable {
    /// Address of the object's body.
    public var object: VirtualAddress
    /// Address of the process whose table has the entry.
    public var process: VirtualAddress
    /// The handle's value.
    public var value: UInt64
    /// Granted access.
    public var access: UInt32
    /// Whether it lies in the kernel's own table.
    public var isKernelHandle: Bool
    /// What the entry adds to the object's `PointerCount`: its RefCnt field plus 1 (rule R10).
    public var pointerReferences: Int64

    /// Makes an entry.
    public init(
        object: VirtualAddress, process: VirtualAddress, value: UInt64, access: UInt32, isKernelHandle: Bool,
        pointerReferences: Int64
    ) {
        self.object = object
        self.process = process
        self.value = value
        self.access = access
        self.isKernelHandle = isKernelHandle
        self.pointerReferences = pointerReferences
    }
}

/// What was found in handle tables.
public struct HandleEvidence: Sendable {
    /// Entries that refer to tokens.
    public var toTokens: [ObjectHandle]
    /// Entries that refer to processes.
    public var toProcesses: [ObjectHandle]
    /// Entries that refer to threads.
    public var toThreads: [ObjectHandle]

    /// Makes evidence.
    public init(toTokens: [ObjectHandle] = [], toProcesses: [ObjectHandle] = [], toThreads: [ObjectHandle] = []) {
        self.toTokens = toTokens
        self.toProcesses = toProcesses
        self.toThreads = toThreads
    }
}
