public import BinaryReading
import FileMapping

/// What is told of a 32-bit kernel dump, which cannot be analysed (`DUMP_HEADER32`, formats.md §1.6).
public struct DumpHeader32: Hashable, Sendable {
    /// `MajorVersion`: 0xF for a free build.
    public let majorVersion: UInt32
    /// The build number.
    public let buildNumber: UInt32
    /// The page table root.
    public let directoryTableBase: PhysicalAddress?
    /// The processor architecture.
    public let machine: MachineType
    /// Number of processors.
    public let processorCount: UInt32?
    /// The bug check; its parameters have 32 bits.
    public let bugCheck: BugCheck?
    /// Whether page tables have 64-bit entries; nil where the header does not say.
    public let usesPhysicalAddressExtension: Bool?
    /// Number of physical pages.
    public let pageCount: UInt32?
    /// What the dump holds.
    public let dumpType: DumpType
    /// When the dump was taken.
    public let systemTime: FileTime?
    /// Time since boot in units of 100 ns.
    public let systemUpTime: UInt64?
    /// The writer's remark.
    public let comment: String?
    /// Bytes that the whole file should have.
    public let requiredDumpSpace: UInt64?
    /// What kind of dump this is.
    public let attributes: DumpAttributes?
    /// 1 workstation, 2 domain controller, 3 server.
    public let productType: UInt32?
    /// `SuiteMask`.
    public let suiteMask: UInt32?

    /// Bytes of the header.
    public static let byteCount = 0x1000

    /// Reads the header at the start of a file.
    ///
    /// - Returns: nil where the file is shorter than a header.
    init?(file: MappedFile) {
        guard file.byteCount >= Self.byteCount else { return nil }
        let fields = HeaderFields(file: file)
        majorVersion = file.loadIfPresent(at: 0x08) ?? 0
        buildNumber = file.loadIfPresent(at: 0x0C) ?? 0
        directoryTableBase = fields.word(at: 0x10).map { PhysicalAddress(UInt64($0)) }
        machine = MachineType(rawValue: file.loadIfPresent(at: 0x20) ?? 0)
        processorCount = fields.word(at: 0x24)
        bugCheck = fields.word(at: 0x28).map { code in
            BugCheck(code: code, parameters: (0..<4).map { UInt64(fields.word(at: 0x2C + 4 * $0) ?? 0) })
        }
        usesPhysicalAddressExtension = fields.word(at: 0x5C) == nil ? nil : fields.byte(at: 0x5C).map { $0 != 0 }
        pageCount = fields.word(at: 0x68)
        dumpType = DumpType(rawValue: file.loadIfPresent(at: 0xF88) ?? 0)
        systemTime = fields.time(at: 0xFC0)
        systemUpTime = fields.longWord(at: 0xFB8)
        comment = fields.text(at: 0x820, byteCount: 128)
        requiredDumpSpace = fields.longWord(at: 0xFA0)
        attributes = fields.word(at: 0x8A0).map(DumpAttributes.init)
        productType = fields.word(at: 0xF94)
        suiteMask = fields.word(at: 0xF98)
    }

    /// Whole seconds since boot.
    public var uptimeSeconds: UInt64? { systemUpTime.map { $0 / FileTime.unitsPerSecond } }
}
