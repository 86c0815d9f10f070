/// All symbols of a symbol file in order of address; names that share an address stay in the file's order.
struct SymbolFileSymbols: Sendable {
    private struct Entry: Sendable {
        let name: String
        let rva: UInt32
        let isFunction: Bool
    }

    private var entries: [Entry] = []
    /// Places in `entries` of what may be a function.
    private var functionPlaces: [Int] = []
    private var placesByName: [String: Int] = [:]

    /// Adds a symbol as the file gives it. Call ``finish()`` after the last.
    ///
    /// - Parameter isFunction: False where the file gives a type and it is not a function's.
    mutating func add(_ name: String, rva: UInt32, isFunction: Bool) {
        entries.append(Entry(name: name, rva: rva, isFunction: isFunction))
    }

    /// Puts the symbols in order.
    mutating func finish() {
        let order = entries.indices.sorted { (entries[$0].rva, $0) < (entries[$1].rva, $1) }
        entries = order.map { entries[$0] }
        for (place, entry) in entries.enumerated() {
            if placesByName[entry.name] == nil { placesByName[entry.name] = place }
            if entry.isFunction { functionPlaces.append(place) }
        }
    }

    var count: Int { entries.count }
    var names: [String] { placesByName.keys.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) } }
    var functions: [KernelProfile.Function] { functionPlaces.map { function(atPlace: $0) } }

    /// The address of the next symbol that does not share this one's.
    private func end(of place: Int) -> UInt32? {
        let rva = entries[place].rva
        var low = place + 1
        var high = entries.count
        while low < high {
            let middle = (low + high) / 2
            if entries[middle].rva > rva { high = middle } else { low = middle + 1 }
        }
        return low < entries.count ? entries[low].rva : nil
    }

    func symbol(named name: String) -> KernelProfile.Symbol? {
        guard let place = placesByName[name] else { return nil }
        let rva = entries[place].rva
        return KernelProfile.Symbol(rva: rva, extent: end(of: place).map { $0 - rva })
    }

    func function(named name: String) -> KernelProfile.Function? {
        guard let place = placesByName[name], entries[place].isFunction else { return nil }
        return function(atPlace: place)
    }

    private func function(atPlace place: Int) -> KernelProfile.Function {
        let entry = entries[place]
        let distance = end(of: place).map { $0 - entry.rva }
        return KernelProfile.Function(
            name: entry.name, rva: entry.rva, extent: KernelProfile.Function.extent(toNextSymbol: distance))
    }

    /// The function whose extent holds an address; of names that share a start, the first of the file.
    func function(containing rva: UInt32) -> KernelProfile.Function? {
        var low = 0
        var high = functionPlaces.count
        while low < high {
            let middle = (low + high) / 2
            if entries[functionPlaces[middle]].rva <= rva { low = middle + 1 } else { high = middle }
        }
        guard low > 0 else { return nil }
        var index = low - 1
        while index > 0, entries[functionPlaces[index - 1]].rva == entries[functionPlaces[index]].rva { index -= 1 }
        let function = function(atPlace: functionPlaces[index])
        return rva - function.rva < function.extent ? function : nil
    }
}
