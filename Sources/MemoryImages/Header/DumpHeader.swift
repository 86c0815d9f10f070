public import BinaryReading
import FileMapping

/// The first 0x2000 bytes of a 64-bit kernel dump (`DUMP_HEADER64`, formats.md §1.1). A field that the writer did not
/// set is nil.
public struct DumpHeader: Hashable, Sendable {
    /// `MajorVersion`: 0xF for a free build, 0xC for a checked one; not the Windows version.
    public let majorVersion: UInt32
    /// `MinorVersion`: the build number. Feature updates that only switch things on show the build they stand on.
    public let buildNumber: UInt32
    /// The page table root of the processor that wrote the dump, bits 11 to 0 cleared. It may be any process's, or wrong.
    public let directoryTableBase: PhysicalAddress?
    /// `MmPfnDatabase`.
    public let pfnDatabase: VirtualAddress?
    /// Address of the variable `PsLoadedModuleList`.
    public let loadedModuleList: VirtualAddress?
    /// Address of the variable `PsActiveProcessHead`; some writers store something else.
    public let activeProcessHead: VirtualAddress?
    /// The processor architecture.
    public let machine: MachineType
    /// Number of processors.
    public let processorCount: UInt32?
    /// The bug check.
    public let bugCheck: BugCheck?
    /// `VersionUser`, usually not set.
    public let userVersion: String?
    /// Address of the kernel debugger's data block (KDBG).
    public let debuggerDataBlock: VirtualAddress?
    /// The runs of physical memory; only a complete dump (type 1) has them for certain.
    public let physicalMemory: PhysicalMemoryDescriptor?
    /// The registers of the processor that wrote the dump.
    public let context: ProcessorContext?
    /// The exception that led to the dump.
    public let exception: ExceptionRecord?
    /// What the dump holds, as its writer says.
    public let dumpType: DumpType
    /// Bytes that the whole file should have.
    public let requiredDumpSpace: UInt64?
    /// When the dump was taken.
    public let systemTime: FileTime?
    /// The writer's remark.
    public let comment: String?
    /// Time since boot in units of 100 ns.
    public let systemUpTime: UInt64?
    /// Which parts of a triage dump are valid.
    public let miniDumpFields: MiniDumpFields?
    /// `SecondaryDataState`.
    public let secondaryDataState: UInt32?
    /// 1 workstation, 2 domain controller, 3 server.
    public let productType: UInt32?
    /// `SuiteMask`: 0x10 terminal services, 0x100 a single remote session (no session host).
    public let suiteMask: UInt32?
    /// 0 in order, 1 no module list, 2 corrupt module list; set by debuggers.
    public let writerStatus: UInt32?
    /// `KdSecondaryVersion`.
    public let secondaryVersion: UInt8?
    /// What kind of dump this is, and what happened to it.
    public let attributes: DumpAttributes?
    /// Counts boots.
    public let bootID: UInt32?

    /// Bytes of the header; what follows depends on the type.
    public static let byteCount = 0x2000

    /// Reads the header at the start of a file.
    ///
    /// - Returns: nil where the file is shorter than a header.
    init?(file: MappedFile) {
        guard file.byteCount >= Self.byteCount else { return nil }
        let fields = HeaderFields(file: file)
        majorVersion = file.loadIfPresent(at: 0x08) ?? 0
        buildNumber = file.loadIfPresent(at: 0x0C) ?? 0
        directoryTableBase = fields.longWord(at: 0x10).map { PhysicalAddress($0 & 0xF_FFFF_FFFF_F000) }
        pfnDatabase = fields.pointer(at: 0x18)
        loadedModuleList = fields.pointer(at: 0x20)
        activeProcessHead = fields.pointer(at: 0x28)
        machine = MachineType(rawValue: file.loadIfPresent(at: 0x30) ?? 0)
        processorCount = fields.word(at: 0x34)
        bugCheck = fields.word(at: 0x38).map { code in
            BugCheck(code: code, parameters: (0..<4).map { fields.longWord(at: 0x40 + 8 * $0) ?? 0 })
        }
        userVersion = fields.text(at: 0x60, byteCount: 32)
        debuggerDataBlock = fields.pointer(at: 0x80)
        physicalMemory = file.withBytes { PhysicalMemoryDescriptor(headerBytes: $0) }
        context = ProcessorContext(file: file, at: 0x348)
        exception = ExceptionRecord(file: file, at: 0xF00)
        dumpType = DumpType(rawValue: file.loadIfPresent(at: 0xF98) ?? 0)
        requiredDumpSpace = fields.longWord(at: 0xFA0)
        systemTime = fields.time(at: 0xFA8)
        comment = fields.text(at: 0xFB0, byteCount: 128)
        systemUpTime = fields.longWord(at: 0x1030)
        miniDumpFields = fields.word(at: 0x1038).map(MiniDumpFields.init)
        secondaryDataState = fields.word(at: 0x103C)
        productType = fields.word(at: 0x1040)
        suiteMask = fields.word(at: 0x1044)
        writerStatus = fields.word(at: 0x1048)
        secondaryVersion = fields.word(at: 0x104C) == nil ? nil : fields.byte(at: 0x104D)
        attributes = fields.word(at: 0x1050).map(DumpAttributes.init)
        bootID = fields.word(at: 0x1054)
    }

    /// Whole seconds since boot.
    public var uptimeSeconds: UInt64? { systemUpTime.map { $0 / FileTime.unitsPerSecond } }

    /// Whether the pages are encrypted. The fill pattern has this bit set too, so an unset field says nothing.
    public var isEncrypted: Bool { attributes?.contains(.encrypted) ?? false }

    /// Whether the system went on running while the dump was made.
    public var isLiveDump: Bool { attributes?.contains(.liveDump) ?? false }
}
