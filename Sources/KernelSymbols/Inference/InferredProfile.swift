import KernelProfiles

/// The profile of a kernel that nobody has symbols for: another kernel's layouts, and the symbols that its own dump shows. It names no
/// function: where those lie, nothing in a dump tells.
final class InferredProfile: ProfileStorage {
    private let layouts: KernelProfile
    private let symbols: [String: UInt32]

    /// - Parameters:
    ///   - layouts: The kernel whose layouts are borrowed.
    ///   - symbols: Distance of each found symbol from the kernel's base.
    init(layouts: KernelProfile, symbols: [String: UInt32]) {
        self.layouts = layouts
        self.symbols = symbols
    }

    var structureNames: [String] { layouts.structureNames }
    var enumerationNames: [String] { layouts.enumerationNames }
    var symbolNames: [String] { symbols.keys.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) } }
    var functions: [KernelProfile.Function] { [] }
    var invalidPTEMask: KernelProfile.InvalidPTEMaskLocation? { nil }

    func structure(named name: String) -> StructureLayout? { layouts.structure(named: name) }
    func enumeration(named name: String) -> EnumerationLayout? { layouts.enumeration(named: name) }
    func symbol(named name: String) -> KernelProfile.Symbol? {
        symbols[name].map { KernelProfile.Symbol(rva: $0, extent: nil) }
    }
    func function(containing rva: UInt32) -> KernelProfile.Function? { nil }
    func function(named name: String) -> KernelProfile.Function? { nil }
}
