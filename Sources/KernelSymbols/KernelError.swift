public import BinaryReading

/// Why the kernel of a dump could not be found or understood.
public enum KernelError: Error, Sendable {
    /// No root of page tables makes sense of the memory.
    case noPageTables(headerValue: UInt64?)
    /// The page tables are fine, but no kernel image is where one can be.
    case noKernelImage
    /// The image is there, but nothing in the dump says which kernel it is.
    case noIdentity(base: VirtualAddress)
    /// No symbols of this kernel are at hand, and no other kernel's layouts fit it.
    case unknownKernel(PDBIdentity, build: Int, tried: [String])
    /// The symbols that the user gave belong to another kernel.
    case foreignSymbols(path: String, theirs: PDBIdentity, wanted: PDBIdentity)

    /// What happened, in one sentence.
    public var summary: String {
        switch self {
        case .noPageTables: "the page tables of this dump cannot be found"
        case .noKernelImage: "no Windows kernel can be found in this dump"
        case .noIdentity: "the kernel in this dump cannot be identified"
        case .unknownKernel(let identity, let build, _):
            "no symbols are built in for the kernel of this dump: build \(build), \(identity.name)"
        case .foreignSymbols(let path, _, _): "\(path) holds the symbols of another kernel"
        }
    }

    /// What was found, a line each.
    public var details: [String] {
        switch self {
        case .noPageTables(let value):
            let header = value.map { "The header's DirectoryTableBase is \($0.hexText)" } ?? "The header names none"
            return ["\(header); neither it nor any page of the file leads to the kernel's memory."]
        case .noKernelImage:
            return [
                "Neither the module list, KDBG nor the loader's range leads to an image with a kernel's debug record."
            ]
        case .noIdentity(let base): return ["The image at \(base.debuggerText) has no readable RSDS record."]
        case .unknownKernel(let identity, _, let tried):
            return ["PDB \(identity.name), GUID \(identity.guid), age \(identity.age)"] + tried
        case .foreignSymbols(_, let theirs, let wanted): return ["They are of \(theirs); this dump needs \(wanted)."]
        }
    }

    /// What the user can do, a line each.
    public var advice: [String] {
        switch self {
        case .noPageTables: ["Name the page tables with --dtb if you know them, or take the dump again."]
        case .noKernelImage, .noIdentity:
            ["Name the kernel's address with --kernel-base if you know it, or take the dump again."]
        case .unknownKernel(let identity, _, _), .foreignSymbols(_, _, let identity):
            [
                "Give its PDB, or a Volatility symbol file made of it: --symbols FILE",
                "A symbol server has the PDB as \(identity.name)/\(identity.storeKey)/\(identity.name).",
            ]
        }
    }
}
