/// Which parts of a triage dump its writer filled in: `MiniDumpFields` of the header (formats.md §2.6).
public struct MiniDumpFields: OptionSet, Hashable, Sendable {
    /// The bits as they are in the header.
    public let rawValue: UInt32

    /// Makes a set of bits.
    public init(rawValue: UInt32) { self.rawValue = rawValue }

    /// The processor's registers.
    public static let context = MiniDumpFields(rawValue: 0x1)
    /// The exception record.
    public static let exception = MiniDumpFields(rawValue: 0x2)
    /// The processor's control block.
    public static let processorControlBlock = MiniDumpFields(rawValue: 0x4)
    /// A copy of the process.
    public static let process = MiniDumpFields(rawValue: 0x8)
    /// A copy of the thread.
    public static let thread = MiniDumpFields(rawValue: 0x10)
    /// A piece of the kernel stack.
    public static let callStack = MiniDumpFields(rawValue: 0x20)
    /// The list of loaded drivers.
    public static let driverList = MiniDumpFields(rawValue: 0x40)
    /// The driver that is to blame.
    public static let brokenDriver = MiniDumpFields(rawValue: 0x80)
    /// Figures of the memory manager.
    public static let memoryInformation = MiniDumpFields(rawValue: 0x100)
    /// One page of data.
    public static let dataPage = MiniDumpFields(rawValue: 0x200)
    /// A copy of the kernel debugger's data block.
    public static let debuggerData = MiniDumpFields(rawValue: 0x400)
    /// Pieces of virtual memory.
    public static let dataBlocks = MiniDumpFields(rawValue: 0x800)
}
