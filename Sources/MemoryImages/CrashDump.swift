import BinaryReading
public import FileMapping

/// A 64-bit Windows kernel dump that holds physical memory.
public struct CrashDump: Sendable {
    /// How the dump says which pages it has.
    public enum Layout: Hashable, Sendable {
        /// Runs in the header, pages from 0x2000 on.
        case runs(PhysicalMemoryDescriptor)
        /// A bitmap behind the header.
        case bitmap(BitmapHeader)
        /// Ranges behind the header, written by a debugger.
        case ranges(RangeHeader)
    }

    /// The file.
    public let file: MappedFile
    /// The header.
    public let header: DumpHeader
    /// How the dump says which pages it has.
    public let layout: Layout
    /// Its pages.
    public let physicalMemory: PhysicalMemory
    /// What is not as it should be.
    public let warnings: [DumpWarning]

    /// Opens a dump.
    ///
    /// - Throws: `DumpError` with all that could be read where the file holds no physical memory of a 64-bit x86 Windows.
    public init(file: MappedFile) throws(DumpError) {
        let header = try Self.checkedHeader(of: file)
        var finder = LayoutFinder(file: file, header: header)
        let layout = try finder.find()
        self.init(file: file, header: header, layout: layout, warnings: finder.warnings)
    }

    init(file: MappedFile, header: DumpHeader, layout: Layout, warnings: [DumpWarning]) {
        self.file = file
        self.header = header
        self.layout = layout
        physicalMemory =
            switch layout {
            case .runs(let descriptor):
                PhysicalMemory(file: file, runs: descriptor.runs, firstPageOffset: DumpHeader.byteCount)
            case .bitmap(let bitmap): bitmap.physicalMemory(in: file)
            case .ranges(let ranges): ranges.physicalMemory(in: file)
            }
        self.warnings =
            warnings + Self.warnings(of: layout, physicalMemory) + Self.warnings(of: header, physicalMemory)
    }

    /// The header of a file that can hold the memory of a 64-bit x86 Windows in the clear.
    private static func checkedHeader(of file: MappedFile) throws(DumpError) -> DumpHeader {
        switch ImageFormat(file) {
        case .kernelDump: break
        case .kernelDump32:
            guard let header = DumpHeader32(file: file) else {
                throw DumpError(file, .tooShort(headerByteCount: DumpHeader32.byteCount))
            }
            throw DumpError(file, .kernelDump32(header))
        case let format:
            throw DumpError(file, file.byteCount < 8 ? .tooShort(headerByteCount: 8) : .otherFormat(format))
        }
        guard let header = DumpHeader(file: file) else {
            throw DumpError(file, .tooShort(headerByteCount: DumpHeader.byteCount))
        }
        if header.isEncrypted { throw DumpError(file, .encrypted(header)) }
        if header.machine != .amd64 { throw DumpError(file, .otherMachine(header)) }
        return header
    }

    /// Number of pages that the dump was written with, also those whose addresses or bytes are missing.
    public var expectedPageCount: UInt64 {
        if case .runs(let descriptor) = layout, descriptor.isCut, let total = descriptor.pageCount { return total }
        return physicalMemory.expectedPageCount
    }

    /// Whether the dump was meant to hold pages of user processes, by its type and its writer's options.
    public var holdsUserPages: Bool {
        if case .bitmap(let bitmap) = layout, bitmap.options & 2 != 0 { return true }
        return [.full, .bitmapFull, .rangeKernelAndUser, .rangeComplete].contains(header.dumpType)
    }
}
