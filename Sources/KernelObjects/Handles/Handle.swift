public import BinaryReading

/// One entry of a handle table that is in use (`_HANDLE_TABLE_ENTRY`).
public struct Handle: Hashable, Sendable {
    /// What the handle is of, as far as this analysis keeps handles apart.
    public enum Kind: UInt8, Hashable, Sendable {
        /// A `_TOKEN`.
        case token
        /// An `_EPROCESS`.
        case process
        /// An `_ETHREAD`.
        case thread
        /// An object whose header cannot be read.
        case unreadable
    }

    /// The object's address (its body, behind the header).
    public let object: VirtualAddress
    /// The handle's number without the kernel's high bits; see ``HandleTable/value(of:)``.
    public let number: UInt32
    /// The granted access mask.
    public let access: UInt32
    /// References that the entry has charged to the object in advance: `RefCnt`; zero on builds without the field (7601).
    public let chargedReferences: UInt32
    /// The attribute bits (inherit, protect from close, audit) as they are stored; their order is not verified.
    public let attributes: UInt8
    /// What it is of.
    public let kind: Kind

    /// Makes a handle of what was read.
    public init(
        object: VirtualAddress, number: UInt32, access: UInt32, chargedReferences: UInt32, attributes: UInt8, kind: Kind
    ) {
        self.object = object
        self.number = number
        self.access = access
        self.chargedReferences = chargedReferences
        self.attributes = attributes
        self.kind = kind
    }
}

/// The handle table of one process, or the kernel's own.
public struct HandleTable: Sendable {
    /// Address of the `_HANDLE_TABLE`.
    public let address: VirtualAddress
    /// Address of the process.
    public let process: VirtualAddress
    /// The process's id.
    public let processID: UInt64
    /// Whether it is `ObpKernelHandleTable`, whose handles have all high bits set.
    public let isKernelTable: Bool
    /// Handles to tokens, processes, threads and unreadable objects, by number.
    public var handles: [Handle]
    /// Number of handles by the name of the object's type; those in ``handles`` included.
    public var counts: [String: Int]

    /// Makes a table of what was read.
    public init(
        address: VirtualAddress, process: VirtualAddress, processID: UInt64, isKernelTable: Bool,
        handles: [Handle] = [],
        counts: [String: Int] = [:]
    ) {
        self.address = address
        self.process = process
        self.processID = processID
        self.isKernelTable = isKernelTable
        self.handles = handles
        self.counts = counts
    }

    /// The handle's value as a program or a debugger sees it.
    public func value(of handle: Handle) -> UInt64 {
        isKernelTable ? 0xFFFF_FFFF_8000_0000 | UInt64(handle.number) : UInt64(handle.number)
    }

    /// Number of handles of all types.
    public var handleCount: Int { counts.values.reduce(0, +) }
}
