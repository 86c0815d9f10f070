import BinaryReading
public import FileMapping

/// A small dump ("minidump" of the kernel): the header and copies of a few structures, without physical memory
/// (`TRIAGE_DUMP64`, formats.md §2.6). It can be told of, not analysed.
///
/// Every part is nil or empty where its writer left it out, or where it does not lie in the file.
public struct TriageDump: Sendable {
    /// The file.
    public let file: MappedFile
    /// The header; its context and exception are those of the crash.
    public let header: DumpHeader
    /// Number of the service pack.
    public let servicePackBuild: UInt32
    /// Bytes that the writer meant the dump to have.
    public let claimedByteCount: UInt32
    /// Whether the mark at the dump's end is there: the writer finished it, and nothing was cut off.
    public let hasEndMark: Bool
    /// `TriageOptions`; 0x100 says that there were more drivers than the list has room for.
    public let options: UInt32
    /// Where the copy of the crashing process (`_EPROCESS`) lies, up to the next part; its layout depends on the build.
    public let processCopy: Range<Int>?
    /// Where the copy of the crashing thread (`_ETHREAD`) lies.
    public let threadCopy: Range<Int>?
    /// Where the copy of the processor's control block (`_KPRCB`) lies.
    public let processorControlBlockCopy: Range<Int>?
    /// Where the figures of the memory manager lie.
    public let memoryInformation: Range<Int>?
    /// Where the copy of the kernel debugger's data block lies.
    public let debuggerData: Range<Int>?
    /// The driver that the system blamed.
    public let brokenDriver: String?
    /// Loaded drivers in the order of the list; the kernel comes first.
    public let drivers: [TriageDriver]
    /// Drivers that were unloaded, as the dump lists them.
    public let unloadedDrivers: [TriageUnloadedDriver]
    /// What it holds of virtual memory.
    public let memory: TriageMemory
    /// Where the stored piece of the kernel stack lies, in virtual memory; its words are in `memory`.
    public let callStack: TriageDataBlock?

    /// Reads what there is.
    init(file: MappedFile, header: DumpHeader) {
        let parts = TriageParts(file: file, valid: header.miniDumpFields)
        self.file = file
        self.header = header
        servicePackBuild = parts.field(0x00)
        claimedByteCount = parts.field(0x04)
        options = parts.field(0x44)
        hasEndMark = file.loadIfPresent(UInt32.self, at: Int(parts.field(0x08))) == 0x4447_5254
        processCopy = parts.copy(offsetField: 0x20, .process)
        threadCopy = parts.copy(offsetField: 0x24, .thread)
        processorControlBlockCopy = parts.copy(offsetField: 0x1C, .processorControlBlock)
        memoryInformation = parts.copy(offsetField: 0x14, .memoryInformation)
        debuggerData = parts.sized(offsetField: 0x70, sizeField: 0x74, .debuggerData)
        brokenDriver =
            parts.isValid(.brokenDriver) ? TriageDriver.name(in: file, at: Int(parts.field(0x40))) : nil
        drivers = parts.isValid(.driverList) ? TriageDriver.list(parts, header: header) : []
        unloadedDrivers = TriageUnloadedDriver.list(in: file, at: Int(parts.field(0x18)))
        callStack = parts.block(address: 0x48, offset: 0x28, size: 0x2C, .callStack)
        let page = parts.block(address: 0x60, offset: 0x68, size: 0x6C, .dataPage)
        memory = TriageMemory(file: file, blocks: parts.dataBlocks() + [callStack, page].compactMap { $0 })
    }

    /// Whether the list of drivers was longer than the dump has room for.
    public var isDriverListCut: Bool { options & 0x100 != 0 }

    /// The words of the stored kernel stack that point into a driver, from the top of the stack on: return addresses,
    /// and what looks like them.
    public var stackFrames: [TriageStackFrame] {
        guard let callStack else { return [] }
        let modules = TriageModuleMap(drivers)
        // A kernel stack has some dozen KiB; what claims more is damaged.
        return (0..<Swift.min(callStack.byteCount, 1 << 20) / 8).compactMap { index in
            guard let word: UInt64 = file.loadIfPresent(at: callStack.fileOffset + 8 * index) else { return nil }
            return modules.locate(VirtualAddress(word)).map {
                TriageStackFrame(stackAddress: callStack.address + 8 * index, value: VirtualAddress(word), location: $0)
            }
        }
    }
}
