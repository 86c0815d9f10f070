import AddressTranslation
import BinaryReading
import MemoryImages

/// Where the kernel image lies in a dump, and how that was found out.
struct KernelLocation {
    let base: VirtualAddress
    let imageByteCount: UInt64?
    let identity: PDBIdentity?
    let source: Kernel.BaseSource
}

/// Finds the kernel image: by the header's lists, by KDBG, by walking back from an address inside it, or by looking at every page of the
/// loader's range (`formats.md` §4.1).
struct KernelSearch {
    let memory: VirtualMemory
    /// What the dump's header says; each may be absent, stale or wrong.
    let hints: Hints

    struct Hints {
        var override: VirtualAddress?
        var loadedModuleList: VirtualAddress?
        var debuggerData: VirtualAddress?
        var instructionPointers: [VirtualAddress] = []
    }

    /// Farther back from an address inside it no kernel image begins.
    private static let largestImage = 64 << 20
    /// Where the loader puts the kernel (`formats.md` §4.1 step 3).
    private static let loaderRange = VirtualAddress(0xFFFF_F800_0000_0000)..<VirtualAddress(0xFFFF_F900_0000_0000)
    /// 2 MiB each: more than the loader ever maps.
    private static let regionLimit = 16_384
    /// Images that are searched byte by byte for their record; damaged page tables may show one image at every address.
    private static let imageSearchLimit = 16

    private var imageSearches = 0

    init(memory: VirtualMemory, hints: Hints) {
        self.memory = memory
        self.hints = hints
    }

    /// The first place at which an image with the identity of a kernel lies, in the order of the ladder.
    mutating func locate() -> KernelLocation? {
        if let base = hints.override { return location(at: base, source: .override, mustHaveIdentity: false) }
        if let base = baseFromModuleList(), let found = location(at: base, source: .moduleList) { return found }
        if let base = baseFromDebuggerData(), let found = location(at: base, source: .debuggerData) { return found }
        let inside = [hints.debuggerData, hints.loadedModuleList].compactMap(\.self) + hints.instructionPointers
        for address in inside where address.isKernel {
            if let found = walkBack(from: address) { return found }
        }
        return scan()
    }

    /// The first entry of the loader's list is the kernel: `DllBase` at +0x30 on every build.
    private func baseFromModuleList() -> VirtualAddress? {
        guard let head = hints.loadedModuleList, head.isKernel, let first = try? memory.loadAddress(at: head),
            first.isKernel, (try? memory.loadAddress(at: first + 8)) == head
        else { return nil }
        return try? memory.loadAddress(at: first + 0x30)
    }

    /// `KernBase` of a plain KDBG; an encoded one cannot be read before the kernel is known.
    private func baseFromDebuggerData() -> VirtualAddress? {
        guard let block = hints.debuggerData, block.isKernel,
            (try? memory.load(UInt32.self, at: block + 0x10)) == 0x4742_444B
        else { return nil }
        return try? memory.loadAddress(at: block + 0x18)
    }

    private mutating func location(at base: VirtualAddress, source: Kernel.BaseSource, mustHaveIdentity: Bool = true)
        -> KernelLocation?
    {
        guard base.isKernel, base.pageOffset == 0 else { return nil }
        let image = PortableExecutable(at: base, in: memory)
        let identity = image?.identity(in: memory) ?? image.flatMap { identityByScan(of: $0) }
        if mustHaveIdentity {
            guard let identity, identity.isKernel else { return nil }
        }
        return KernelLocation(
            base: base, imageByteCount: image.map { UInt64($0.imageByteCount) }, identity: identity, source: source)
    }

    /// Unreadable pages in between are normal: the header's page may be a lone one before a hole.
    private mutating func walkBack(from address: VirtualAddress) -> KernelLocation? {
        var page = address.pageStart
        for _ in 0..<(Self.largestImage / pageByteCount) {
            if (try? memory.load(UInt16.self, at: page)) == 0x5A4D, let found = location(at: page, source: .walkBack) {
                return found
            }
            page = page - pageByteCount
        }
        return nil
    }

    /// Images begin at a page, also inside a large page, which may hold several.
    private mutating func scan() -> KernelLocation? {
        let space = memory.addressSpace
        for region in space.mappedRegions(in: Self.loaderRange, limit: Self.regionLimit) {
            var candidates: [VirtualAddress] = []
            space.forEachPage(of: region) { page, offset in
                let signature = space.physicalMemory.loadIfPresent(UInt16.self, atFileOffset: offset)
                if signature == 0x5A4D { candidates.append(page) }
            }
            for page in candidates {
                if let found = location(at: page, source: .scan) { return found }
            }
        }
        return nil
    }

    /// Looks for the RSDS record itself where the debug directory is not in the dump.
    private mutating func identityByScan(of image: PortableExecutable) -> PDBIdentity? {
        guard Int(image.imageByteCount) <= Self.largestImage, imageSearches < Self.imageSearchLimit else { return nil }
        imageSearches += 1
        for offset in stride(from: 0, to: Int(image.imageByteCount), by: pageByteCount) {
            let page = image.base + offset
            let hits = try? memory.withBytes(at: page, count: pageByteCount) { bytes in
                stride(from: 0, to: pageByteCount - 4, by: 4).filter {
                    bytes.loadIfPresent(UInt32.self, at: $0) == 0x5344_5352
                }
            }
            for hit in hits ?? [] {
                if let identity = PDBIdentity(recordAt: page + hit, in: memory), identity.isKernel { return identity }
            }
        }
        return nil
    }
}
