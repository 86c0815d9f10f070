import AddressTranslation
import BinaryReading
import KernelProfiles
import KernelSymbols

/// Finds the functions of modules that stacks lead through: by the symbols of a module, else by the exports of its image in memory.
///
/// A module is looked at when the first frame lies in it, and once.
struct ModuleFunctionReading {
    /// A place in a function.
    struct Place {
        let name: String
        /// Bytes from the function's start.
        let displacement: UInt32
    }

    /// What is known of a module's functions.
    private struct Functions {
        var symbols: (any ModuleSymbols)?
        var exports: ExportedFunctions?
        /// Where functions end, as the image itself tells.
        var table: RuntimeFunctions?
    }

    private let memory: VirtualMemory
    private let source: ModuleSymbolSource?
    private var modules: [VirtualAddress: Functions] = [:]

    /// More modules than any stacks lead through.
    private static let moduleLimit = 256

    init(_ memory: VirtualMemory, source: ModuleSymbolSource?) {
        self.memory = memory
        self.source = source
    }

    /// The function of a driver that holds an RVA; nil where no name is certain.
    mutating func function(at rva: UInt32, base: VirtualAddress) -> Place? {
        let functions = functions(at: base)
        if let symbols = functions.symbols {
            return Self.place(at: rva, functions.table) { symbols.function(containing: $0) }
        }
        return functions.exports?.function(containing: rva).map {
            Place(name: $0.name, displacement: rva - $0.begin)
        }
    }

    /// The function of the kernel that holds an RVA, as its profile says; nil where no name is certain.
    mutating func kernelFunction(at rva: UInt32, base: VirtualAddress, profile: KernelProfile) -> Place? {
        if modules[base] == nil {
            let image = PortableExecutable(at: base, in: memory)
            modules[base] = Functions(table: image.flatMap { RuntimeFunctions(of: $0, in: memory) })
        }
        return Self.place(at: rva, modules[base]?.table) { profile.function(containing: $0) }
    }

    private mutating func functions(at base: VirtualAddress) -> Functions {
        if let known = modules[base] { return known }
        var functions = Functions()
        guard modules.count < Self.moduleLimit else { return functions }
        if let image = PortableExecutable(at: base, in: memory) {
            functions.table = RuntimeFunctions(of: image, in: memory)
            functions.symbols = source.flatMap { source in image.identity(in: memory).flatMap { source($0) } }
            if functions.symbols == nil { functions.exports = ExportedFunctions(of: image, in: memory) }
        }
        modules[base] = functions
        return functions
    }

    /// A symbol's extent ends at the next symbol, which need not be the function's end: where the image's own table tells that the address
    /// lies in another function, the symbol is not its name. The parts of a divided function bear the name of its beginning.
    static func place(
        at rva: UInt32, _ table: RuntimeFunctions?, _ function: (UInt32) -> KernelProfile.Function?
    ) -> Place? {
        let nearest = function(rva)
        guard let table else { return nearest.map { Place(name: $0.name, displacement: rva &- $0.rva) } }
        guard case .function(let entry) = table.answer(at: rva) else {
            // Behind the end of a function there is code without an entry, of which the symbol is not the name.
            guard let nearest, !table.endsFunction(at: nearest.rva, before: rva) else { return nil }
            return Place(name: nearest.name, displacement: rva &- nearest.rva)
        }
        if let nearest, nearest.rva >= entry.begin {
            return Place(name: nearest.name, displacement: rva &- nearest.rva)
        }
        guard let begin = table.functionBegin(of: entry), begin != entry.begin, begin <= rva,
            let whole = function(begin), whole.rva == begin
        else { return nil }
        return Place(name: whole.name, displacement: rva - begin)
    }
}
