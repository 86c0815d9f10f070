import BinaryReading
import KernelObjects
import KernelProfiles
import KernelSymbols

/// Names and addresses of one machine: the kernel's symbols, and the modules.
///
/// What a question needs is sorted when the first one asks.
final class SymbolTable {
    /// One symbol of the kernel.
    struct Entry: Hashable {
        /// The name without module.
        let name: String
        /// Distance from the kernel's base.
        let rva: UInt32
        /// Whether it is a function.
        let isFunction: Bool
    }

    private let kernel: Kernel
    /// The loaded modules by base address; the kernel itself is called `nt`.
    private(set) lazy var modules: [NamedModule] = Module.loaded(by: kernel).map { module in
        NamedModule(name: module.base == kernel.base ? "nt" : Self.name(of: module), module: module)
    }
    private lazy var dataSymbols: [(entry: Entry, extent: UInt32)] = kernel.profile.symbolNames.compactMap { name in
        kernel.profile.symbol(named: name).map {
            (Entry(name: name, rva: $0.rva, isFunction: false), $0.extent ?? 1)
        }
    }.sorted { ($0.entry.rva, $0.entry.name) < ($1.entry.rva, $1.entry.name) }
    /// All symbols by address, functions and data.
    private(set) lazy var entries: [Entry] = makeEntries()
    private lazy var indexByLoweredName: [String: Int] = Dictionary(
        entries.enumerated().map { ($0.element.name.lowercased(), $0.offset) }, uniquingKeysWith: { first, _ in first })
    private var knownAddresses: [String: VirtualAddress?] = [:]

    init(_ kernel: Kernel) { self.kernel = kernel }

    /// A module under the name that the debugger gives it.
    struct NamedModule {
        let name: String
        let module: Module
    }

    private static func name(of module: Module) -> String {
        module.name.lastIndex(of: ".").map { String(module.name[..<$0]) } ?? module.name
    }

    private func makeEntries() -> [Entry] {
        var entries = dataSymbols.map(\.entry)
        entries.append(
            contentsOf: kernel.profile.functions.map { Entry(name: $0.name, rva: $0.rva, isFunction: true) })
        return entries.sorted { ($0.rva, $0.isFunction ? 0 : 1, $0.name) < ($1.rva, $1.isFunction ? 0 : 1, $1.name) }
    }

    // MARK: From a name

    /// The address of `module!symbol`, of a kernel symbol or of a module; letters in either case. nil where there is none.
    func address(of name: String) -> VirtualAddress? {
        if let known = knownAddresses[name] { return known }
        let address = lookUp(name)
        // Names come from what users type, but a loop may make many.
        if knownAddresses.count < 4096 { knownAddresses[name] = .some(address) }
        return address
    }

    private func lookUp(_ name: String) -> VirtualAddress? {
        let parts = name.split(separator: "!", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2 else { return kernelSymbol(name) ?? base(ofModule: name) }
        return isKernelName(String(parts[0])) ? kernelSymbol(String(parts[1])) : nil
    }

    private func kernelSymbol(_ name: String) -> VirtualAddress? {
        if let symbol = kernel.profile.symbol(named: name) { return kernel.base + Int(symbol.rva) }
        if let function = kernel.profile.function(named: name) { return kernel.base + Int(function.rva) }
        return entry(named: name).map { kernel.base + Int($0.rva) }
    }

    /// The symbol of a name, letters in either case; nil where the profile has none.
    func entry(named name: String) -> Entry? { indexByLoweredName[name.lowercased()].map { entries[$0] } }

    /// Where a module begins.
    func base(ofModule name: String) -> VirtualAddress? {
        if isKernelName(name) { return kernel.base }
        let name = name.lowercased()
        return modules.first { $0.name.lowercased() == name }?.module.base
    }

    /// Whether a module's name means the kernel, whatever its file is called.
    func isKernelName(_ name: String) -> Bool {
        ["nt", "ntoskrnl", "ntkrnlmp"].contains(name.lowercased())
    }

    // MARK: From an address

    /// The name of what lies at an address; nil outside of all modules.
    func name(of address: VirtualAddress) -> SymbolicAddress? {
        guard address.isKernel else { return nil }
        if let distance = address.distance(from: kernel.base), distance < kernelByteCount,
            let rva = UInt32(exactly: distance)
        {
            return kernelName(at: rva)
        }
        guard let module = module(containing: address), let distance = address.distance(from: module.module.base)
        else { return nil }
        return SymbolicAddress(module: module.name, symbol: nil, displacement: distance)
    }

    private func kernelName(at rva: UInt32) -> SymbolicAddress {
        if let function = kernel.profile.function(containing: rva) {
            return SymbolicAddress(
                module: "nt", symbol: function.name, displacement: UInt64(rva &- function.rva))
        }
        let index = dataSymbols.partitioningIndex { $0.entry.rva > rva }
        if index > 0 {
            let (entry, extent) = dataSymbols[index - 1]
            if rva &- entry.rva < extent {
                return SymbolicAddress(module: "nt", symbol: entry.name, displacement: UInt64(rva &- entry.rva))
            }
        }
        return SymbolicAddress(module: "nt", symbol: nil, displacement: UInt64(rva))
    }

    /// The module that an address lies in.
    func module(containing address: VirtualAddress) -> NamedModule? {
        let index = modules.partitioningIndex { $0.module.base > address }
        guard index > 0, modules[index - 1].module.contains(address) else { return nil }
        return modules[index - 1]
    }

    private var kernelByteCount: UInt64 { kernel.imageByteCount ?? 0x200_0000 }

    /// Distance of an address from the kernel's base, where it lies inside the kernel's image.
    func kernelRVA(of address: VirtualAddress) -> UInt32? {
        guard let distance = address.distance(from: kernel.base), distance < kernelByteCount else { return nil }
        return UInt32(exactly: distance)
    }
}

extension Array {
    /// The first index whose element fits, in an array that is sorted by it.
    func partitioningIndex(where fits: (Element) -> Bool) -> Int {
        var low = 0
        var high = count
        while low < high {
            let middle = low + (high - low) / 2
            if fits(self[middle]) { high = middle } else { low = middle + 1 }
        }
        return low
    }
}
