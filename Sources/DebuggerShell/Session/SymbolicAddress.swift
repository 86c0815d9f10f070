import BinaryReading

/// An address as a name and a distance: `nt!ZwWriteFile+0x14`.
struct SymbolicAddress: Hashable {
    /// The module: `nt`, `storport`.
    let module: String
    /// The symbol; nil where none is certain.
    let symbol: String?
    /// Bytes from the symbol, else from the start of the module.
    let displacement: UInt64

    /// Module and symbol, without the distance.
    var name: String { symbol.map { "\(module)!\($0)" } ?? module }

    /// Name and distance as the debugger writes them.
    var text: String { displacement == 0 ? name : "\(name)+\(displacement.hexText)" }
}
