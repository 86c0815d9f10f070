public import BinaryReading
public import KernelProfiles
public import ProgramDatabases

/// The functions of an image other than the kernel, as its symbol file tells them.
public protocol ModuleSymbols: Sendable {
    /// The function whose extent holds an RVA; nil where no name is certain.
    func function(containing rva: UInt32) -> KernelProfile.Function?
}

/// Finds the symbols of a module by its identity: along a symbol path, in a folder, in a test.
///
/// It is asked once for each module that a stack leads through.
public typealias ModuleSymbolSource = @Sendable (_ identity: PDBIdentity) -> (any ModuleSymbols)?

/// A PDB as the symbols of a module.
public struct DatabaseModuleSymbols: ModuleSymbols {
    private let profile: ProgramDatabaseProfile

    /// Takes the functions of a PDB; nil where it lists no sections, so that no symbol has an address.
    public init?(_ database: ProgramDatabase) {
        guard database.hasAddresses else { return nil }
        profile = ProgramDatabaseProfile(database)
    }

    /// The function up to the next symbol, or up to the end that the PDB tells.
    public func function(containing rva: UInt32) -> KernelProfile.Function? { profile.function(containing: rva) }
}
