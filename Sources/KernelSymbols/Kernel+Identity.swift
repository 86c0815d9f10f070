import AddressTranslation
public import BinaryReading
public import MemoryImages

extension Kernel {
    /// Which symbol file belongs to the kernel of a dump, also of a kernel whose symbols nobody has.
    ///
    /// - Throws: `KernelError` where no kernel is found or it does not say what it is.
    public static func identity(in dump: CrashDump, overrides: Overrides = Overrides()) throws(KernelError)
        -> PDBIdentity
    {
        let memory = VirtualMemory(try addressSpace(in: dump, overrides))
        var search = KernelSearch(memory: memory, hints: hints(in: dump, overrides))
        guard let location = search.locate() else { throw .noKernelImage }
        guard let identity = location.identity else { throw .noIdentity(base: location.base) }
        return identity
    }

    /// Which symbol file belongs to an image in the kernel's memory; nil where its headers or its debug record cannot be read.
    public func symbolIdentity(ofImageAt base: VirtualAddress) -> PDBIdentity? {
        let memory = VirtualMemory(addressSpace)
        return PortableExecutable(at: base, in: memory)?.identity(in: memory)
    }
}
