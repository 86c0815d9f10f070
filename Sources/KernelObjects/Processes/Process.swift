public import BinaryReading

/// A process object (`_EPROCESS`), running or exited.
public struct Process: Sendable {
    /// Address of the `_EPROCESS`.
    public let address: VirtualAddress
    /// `UniqueProcessId`.
    public let processID: UInt64
    /// `InheritedFromUniqueProcessId`.
    public let parentProcessID: UInt64
    /// Full file name from `SeAuditProcessCreationInfo` (the last part of the path), else `ImageFileName`.
    public let imageName: String
    /// The whole path from `SeAuditProcessCreationInfo`; nil where it cannot be read.
    public let imagePath: String?
    /// `ImageFileName`: at most 15 characters.
    public let shortImageName: String
    /// `CreateTime`; nil where it cannot be read or is not plausible.
    public let created: FileTime?
    /// `ExitTime`; nil where the process runs.
    public let exitedAt: FileTime?
    /// Whether it has exited and only its object is left (a zombie): ExitTime set, no handle table and no active thread.
    public let hasExited: Bool
    /// The terminal session, from the session block; nil where there is none (System) or it cannot be read.
    public let terminalSessionID: UInt32?
    /// `Token`: the primary token, fast-reference bits removed; nil where it is null or cannot be read.
    public let primaryToken: VirtualAddress?
    /// The low bits of `Token`: cached references of the fast reference.
    public let primaryTokenFastReferences: UInt8
    /// `ObjectTable`; nil where it is null or cannot be read.
    public let handleTable: VirtualAddress?
    /// `ActiveThreads`; nil where it cannot be read.
    public let activeThreadCount: UInt32?
    /// `DirectoryTableBase`.
    public let directoryTableBase: UInt64
    /// `PointerCount` of the object header; nil where it cannot be read.
    public let pointerCount: Int64?
    /// `HandleCount` of the object header; nil where it cannot be read.
    public let handleCount: Int64?
    /// Services that run in it: from the command line, else from the service SIDs in its token; empty where neither tells.
    public var services: [String]
    /// Whether `PsActiveProcessHead` shows it; one that does not was found by a scan of the pool.
    public var isListed = true

    /// Makes a process of what was read.
    public init(
        address: VirtualAddress, processID: UInt64, parentProcessID: UInt64, imageName: String, imagePath: String?,
        shortImageName: String, created: FileTime?, exitedAt: FileTime?, hasExited: Bool, terminalSessionID: UInt32?,
        primaryToken: VirtualAddress?, primaryTokenFastReferences: UInt8, handleTable: VirtualAddress?,
        activeThreadCount: UInt32?, directoryTableBase: UInt64, pointerCount: Int64?, handleCount: Int64?,
        services: [String] = []
    ) {
        self.address = address
        self.processID = processID
        self.parentProcessID = parentProcessID
        self.imageName = imageName
        self.imagePath = imagePath
        self.shortImageName = shortImageName
        self.created = created
        self.exitedAt = exitedAt
        self.hasExited = hasExited
        self.terminalSessionID = terminalSessionID
        self.primaryToken = primaryToken
        self.primaryTokenFastReferences = primaryTokenFastReferences
        self.handleTable = handleTable
        self.activeThreadCount = activeThreadCount
        self.directoryTableBase = directoryTableBase
        self.pointerCount = pointerCount
        self.handleCount = handleCount
        self.services = services
    }
}
