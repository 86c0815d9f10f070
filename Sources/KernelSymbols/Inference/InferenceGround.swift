import AddressTranslation
import BinaryReading
import MemoryImages

/// What an inference starts from: the image, its pointers, and what the dump's header and the image itself say.
struct InferenceGround {
    let place: ImagePlace
    let pointers: ImagePointers
    let debuggerData: DebuggerData?
    let exports: ExportTable?
    /// `PsActiveProcessHead` of the dump's header.
    let activeProcessHead: VirtualAddress?
    /// `PsLoadedModuleList` of the dump's header.
    let loadedModuleList: VirtualAddress?

    init(dump: CrashDump, space: AddressSpace, location: KernelLocation) {
        let memory = VirtualMemory(space)
        place = ImagePlace(base: location.base, byteCount: location.imageByteCount)
        pointers = ImagePointers(of: place, in: space)
        let blocks = [dump.header.debuggerDataBlock].compactMap(\.self) + pointers.debuggerBlocks
        debuggerData = blocks.lazy.compactMap { DebuggerData(at: $0, base: location.base, in: memory) }.first
        exports = ExportTable(of: location.base, in: memory)
        activeProcessHead = dump.header.activeProcessHead
        loadedModuleList = dump.header.loadedModuleList
    }

    /// Lists of memory runs that are read through.
    private static let mostMemoryBlocks = 16

    /// Address that an export has; nil where it is not exported.
    func export(_ name: String) -> VirtualAddress? { exports?.rva(of: name).map { place.base + Int($0) } }

    /// The dump with the runs of memory that its header has no room for: by KDBG, else by any pointer of the image to a list that continues
    /// the header's; nil where none are missing or no list is found.
    func complete(_ dump: CrashDump, in memory: VirtualMemory) -> CrashDump? {
        guard case .runs(let descriptor) = dump.layout, descriptor.isCut, let first = descriptor.runs.first else {
            return nil
        }
        let stated = debuggerData?.address(at: 0x270).flatMap { try? memory.loadAddress(at: $0) }
        if let stated, let complete = Kernel.complete(dump, memoryBlock: stated, in: memory) { return complete }
        let candidates = pointers.distinct.lazy.map(\.value).filter { block in
            (try? memory.load(UInt64.self, at: block + 16)) == first.firstPage.rawValue
                && (try? memory.load(UInt64.self, at: block + 24)) == first.pageCount
        }
        return candidates.prefix(Self.mostMemoryBlocks).lazy.compactMap {
            Kernel.complete(dump, memoryBlock: $0, in: memory)
        }.first
    }
}
