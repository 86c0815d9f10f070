import BinaryReading
import Synchronization

/// One kernel of a collection. Symbols and functions are decoded when first asked for, once.
final class BuiltInProfile: ProfileStorage {
    private let collection: ProfileCollection
    private let kernel: KernelRecord
    /// Number of the kernel; nil for one known by version alone, which has neither symbols nor functions.
    private let index: Int?
    private let data: Mutex<DataTable?> = Mutex(nil)
    private let functionTable: Mutex<FunctionTable?> = Mutex(nil)

    init(collection: ProfileCollection, kernel: KernelRecord, index: Int?) {
        self.collection = collection
        self.kernel = kernel
        self.index = index
    }

    var invalidPTEMask: KernelProfile.InvalidPTEMaskLocation? { kernel.invalidPTEMask }
    var structureNames: [String] { collection.structureNames(in: kernel.layoutSet) }
    var enumerationNames: [String] { collection.enumerationNames(in: kernel.layoutSet) }

    func structure(named name: String) -> StructureLayout? {
        collection.structure(named: name, in: kernel.layoutSet)
    }

    func enumeration(named name: String) -> EnumerationLayout? {
        collection.enumeration(named: name, in: kernel.layoutSet)
    }

    var symbolNames: [String] {
        guard let names = collection.list(.dataNames) else { return [] }
        return (0..<names.count).compactMap { dataTable.symbol(at: $0) == nil ? nil : names.text(at: $0) }
    }

    func symbol(named name: String) -> KernelProfile.Symbol? {
        guard let names = collection.list(.dataNames) else { return nil }
        var low = 0
        var high = names.count
        while low < high {
            let middle = (low + high) / 2
            guard let found = names.text(at: middle) else { return nil }
            if found == name { return dataTable.symbol(at: middle) }
            if name.utf8.lexicographicallyPrecedes(found.utf8) { high = middle } else { low = middle + 1 }
        }
        return nil
    }

    private var dataTable: DataTable {
        data.withLock { table in
            if let table { return table }
            let decoded = index.flatMap { collection.dataTable(at: $0) } ?? DataTable(count: 0)
            table = decoded
            return decoded
        }
    }

    private var table: FunctionTable {
        functionTable.withLock { table in
            if let table { return table }
            let decoded = index.flatMap { collection.functionTable(at: $0) } ?? FunctionTable()
            table = decoded
            return decoded
        }
    }

    func function(containing rva: UInt32) -> KernelProfile.Function? {
        table.place(containing: rva).flatMap { function(at: $0) }
    }

    func function(named name: String) -> KernelProfile.Function? {
        guard let number = collection.functionNames?.index(of: name) else { return nil }
        return table.names.firstIndex(of: Int32(truncatingIfNeeded: number)).flatMap { function(at: $0) }
    }

    var functions: [KernelProfile.Function] {
        let table = table
        let names = collection.functionNames?.all ?? []
        return table.names.indices.compactMap { place in
            let name = Int(table.names[place])
            return names.indices.contains(name) ? table.function(at: place, named: names[name]) : nil
        }
    }

    private func function(at place: Int) -> KernelProfile.Function? {
        let table = table
        return collection.functionNames?.name(at: Int(table.names[place])).map { table.function(at: place, named: $0) }
    }
}
