import BinaryReading
import KernelProfiles

/// Names return addresses by the modules of the kernel and, inside the kernel image, by the profile's functions.
struct FrameNaming {
    private struct Image {
        let base: VirtualAddress
        let byteCount: UInt64
        let name: String
        let isKernel: Bool
    }

    private let images: [Image]
    private let profile: KernelProfile

    /// - Parameter kernelBase: Tells which module is the kernel itself.
    init(modules: [Module], unloadedModules: [UnloadedModule], kernelBase: VirtualAddress, profile: KernelProfile) {
        self.profile = profile
        let loaded = modules.map { module in
            Image(
                base: module.base, byteCount: module.byteCount,
                name: module.base == kernelBase ? "nt" : Self.moduleName(module.name),
                isKernel: module.base == kernelBase)
        }
        let unloaded = unloadedModules.compactMap { module -> Image? in
            guard let byteCount = module.end.distance(from: module.base) else { return nil }
            return Image(base: module.base, byteCount: byteCount, name: Self.moduleName(module.name), isKernel: false)
        }
        // Where a loaded module took an unloaded one's place, the loaded one counts: it stands first among equals.
        images = (loaded + unloaded).enumerated().sorted {
            ($0.element.base, $0.offset) < ($1.element.base, $1.offset)
        }.map(\.element)
    }

    /// The module, loaded or unloaded, in which an address lies.
    func moduleRange(containing address: VirtualAddress) -> Range<VirtualAddress>? {
        guard let image = image(containing: address), image.byteCount > 0 else { return nil }
        let last = image.base.rawValue.addingReportingOverflow(image.byteCount)
        return image.base..<VirtualAddress(last.overflow ? .max : last.partialValue)
    }

    /// The frame of a return address.
    func frame(at address: VirtualAddress) -> StackFrame {
        guard let image = image(containing: address), let distance = address.distance(from: image.base) else {
            return StackFrame(address: address, module: nil, symbol: nil, displacement: nil)
        }
        if image.isKernel, let rva = UInt32(exactly: distance), let function = profile.function(containing: rva) {
            return StackFrame(
                address: address, module: image.name, symbol: function.name,
                displacement: UInt64(rva &- function.rva))
        }
        return StackFrame(address: address, module: image.name, symbol: nil, displacement: distance)
    }

    private func image(containing address: VirtualAddress) -> Image? {
        var low = 0
        var high = images.count
        while low < high {
            let middle = (low + high) / 2
            if images[middle].base <= address { low = middle + 1 } else { high = middle }
        }
        // Modules do not overlap, but unloaded ones may; a few steps back find the one that still covers the address.
        for index in stride(from: low - 1, through: max(low - 8, 0), by: -1) where index >= 0 {
            guard let distance = address.distance(from: images[index].base) else { continue }
            if distance < images[index].byteCount { return images[index] }
        }
        return nil
    }

    /// The loader's base name without extension.
    private static func moduleName(_ name: String) -> String {
        name.lastIndex(of: ".").map { String(name[..<$0]) } ?? name
    }
}
