import AddressTranslation
import BinaryReading

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
    private static let mappingLimit = 4_000_000

    /// The first place at which an image with the identity of a kernel lies, in the order of the ladder.
    func locate() -> KernelLocation? {
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

    private func location(at base: VirtualAddress, source: Kernel.BaseSource, mustHaveIdentity: Bool = true)
        -> KernelLocation?
    {
        guard base.isKernel, base.pageOffset == 0 else { return nil }
        let image = PortableExecutable(at: base, in: memory)
        let identity = image.flatMap { $0.identity(in: memory) ?? identityByScan(of: $0) }
        if mustHaveIdentity {
            guard let identity, identity.isKernel else { return nil }
        }
        return KernelLocation(
            base: base, imageByteCount: image.map { UInt64($0.imageByteCount) }, identity: identity, source: source)
    }

    /// Unreadable pages in between are normal: the header's page may be a lone one before a hole.
    private func walkBack(from address: VirtualAddress) -> KernelLocation? {
        var page = address.pageStart
        for _ in 0..<(Self.largestImage / pageByteCount) {
            if (try? memory.load(UInt16.self, at: page)) == 0x5A4D, let found = location(at: page, source: .walkBack) {
                return found
            }
            page = page - pageByteCount
        }
        return nil
    }

    private func scan() -> KernelLocation? {
        var found: KernelLocation?
        memory.addressSpace.forEachMapping(in: Self.loaderRange, limit: Self.mappingLimit) { mapping in
            // A large page of the loader holds whole images, each of which begins at a page.
            for index in 0..<Int(min(mapping.byteCount, 2 << 20) / UInt64(pageByteCount)) {
                let page = mapping.start + index * pageByteCount
                guard (try? memory.load(UInt16.self, at: page)) == 0x5A4D else { continue }
                found = location(at: page, source: .scan)
                if found != nil { return false }
            }
            return true
        }
        return found
    }

    /// Looks for the RSDS record itself where the debug directory is not in the dump.
    private func identityByScan(of image: PortableExecutable) -> PDBIdentity? {
        guard Int(image.imageByteCount) <= Self.largestImage else { return nil }
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
