import BinaryReading
import KernelProfiles
import KernelSymbols

/// Names return addresses by the modules of the kernel: inside the kernel image by the profile's functions, in drivers by what
/// ``ModuleFunctionReading`` finds.
struct FrameNaming {
    private let images: ImageTable
    private let kernelBase: VirtualAddress
    private let profile: KernelProfile
    /// Bases at which a module is loaded, so that there is memory to read.
    private let loadedBases: Set<VirtualAddress>

    /// - Parameter kernelBase: Tells which module is the kernel itself.
    init(modules: [Module], unloadedModules: [UnloadedModule], kernelBase: VirtualAddress, profile: KernelProfile) {
        self.profile = profile
        self.kernelBase = kernelBase
        let loaded = modules.map { module in
            var image = NamedImage(base: module.base, byteCount: module.byteCount, fileName: module.name)
            if module.base == kernelBase { image.name = "nt" }
            return image
        }
        let unloaded = unloadedModules.compactMap { module in
            module.end.distance(from: module.base).map {
                NamedImage(base: module.base, byteCount: $0, fileName: module.name)
            }
        }
        // Where a loaded module took an unloaded one's place, the loaded one counts: it stands first among equals.
        images = ImageTable(loaded + unloaded)
        loadedBases = Set(modules.map(\.base))
    }

    /// The module, loaded or unloaded, in which an address lies.
    func moduleRange(containing address: VirtualAddress) -> Range<VirtualAddress>? {
        guard let image = images.image(containing: address), image.byteCount > 0 else { return nil }
        let last = image.base.rawValue.addingReportingOverflow(image.byteCount)
        return image.base..<VirtualAddress(last.overflow ? .max : last.partialValue)
    }

    /// The frame of a return address.
    func frame(at address: VirtualAddress, _ functions: inout ModuleFunctionReading) -> StackFrame {
        guard let image = images.image(containing: address), let distance = address.distance(from: image.base) else {
            return StackFrame(address: address, module: nil, symbol: nil, displacement: nil)
        }
        let place = UInt32(exactly: distance).flatMap { rva in
            image.base == kernelBase
                ? functions.kernelFunction(at: rva, base: image.base, profile: profile)
                : loadedBases.contains(image.base) ? functions.function(at: rva, base: image.base) : nil
        }
        return StackFrame(
            address: address, module: image.name, symbol: place?.name,
            displacement: place.map { UInt64($0.displacement) } ?? distance)
    }
}
