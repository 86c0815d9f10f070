/// The data symbols of one kernel, in the order of the collection's names: the value plus one, zero where there is none.
struct DataTable: Sendable {
    private(set) var places: [Int64]
    private(set) var extents: [Int64]

    /// A table in which nothing is known: what a kernel that stands alone is written against.
    init(count: Int) {
        places = [Int64](repeating: 0, count: count)
        extents = places
    }

    /// Turns the reference's table into this kernel's: neighbouring symbols move by the same distance, so what is written
    /// is the change of the distance. False where the bytes are damaged.
    mutating func apply(_ cursor: inout ByteCursor) -> Bool {
        var shift: Int64 = 0
        for index in places.indices {
            guard let change = cursor.signedNumber() else { return false }
            shift &+= change
            places[index] &+= shift
        }
        for index in extents.indices {
            guard let change = cursor.signedNumber() else { return false }
            extents[index] &+= change
        }
        return true
    }

    /// The symbol with that number.
    func symbol(at index: Int) -> KernelProfile.Symbol? {
        guard places.indices.contains(index), let rva = UInt32(exactly: places[index] &- 1) else { return nil }
        return KernelProfile.Symbol(rva: rva, extent: UInt32(exactly: extents[index] &- 1))
    }
}

extension ProfileCollection {
    /// A kernel and the ones it is written against, the one that stands alone first; nil where that does not end.
    func references(of index: Int) -> [Int]? {
        var chain = [index]
        var current = index
        while let record = kernel(at: current, in: .kernels), let reference = record.reference {
            guard chain.count <= Self.maximumReferenceDepth else { return nil }
            chain.append(reference)
            current = reference
        }
        return chain.reversed()
    }

    /// The data symbols of a kernel.
    func dataTable(at index: Int) -> DataTable? {
        guard let names = list(.dataNames), let tables = list(.dataTables), let chain = references(of: index) else {
            return nil
        }
        var table = DataTable(count: names.count)
        for kernel in chain {
            guard var cursor = tables.cursor(at: kernel), table.apply(&cursor) else { return nil }
        }
        return table
    }
}
