public import BinaryReading
public import KernelProfiles

/// Finds symbols of a kernel by its identity, where the user says that they are; `Kernel` asks it once.
public protocol KernelSymbolProvider: Sendable {
    /// Symbols of a kernel, or nil where none are found or the built-in ones are to be used.
    ///
    /// - Parameters:
    ///   - identity: Which symbol file belongs to the kernel, as the dump says it.
    ///   - build: The kernel's build number.
    ///   - isBuiltIn: Whether the built-in collection knows this kernel.
    func profile(of identity: PDBIdentity, build: Int, isBuiltIn: Bool) -> KernelProfile?
}
