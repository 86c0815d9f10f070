import BinaryReading

/// Symbols in order of address: an array of our own, because neither the file's address map nor rearranged images are in that order.
struct AddressIndex: Sendable {
    private let references: [SymbolReference]
    /// RVA in the upper, place in `references` in the lower half; sorted.
    private let entries: [UInt64]

    init(_ table: SymbolTable) {
        references = table.references
        var entries: [UInt64] = []
        entries.reserveCapacity(references.count)
        for (place, rva) in table.addresses(of: references).enumerated() {
            if let rva { entries.append(UInt64(rva) << 32 | UInt64(place)) }
        }
        entries.sort()
        self.entries = entries
    }

    /// Number of symbols with an address.
    var count: Int { entries.count }

    private func rva(at place: Int) -> UInt32 { UInt32(truncatingIfNeeded: entries[place] >> 32) }

    /// The first place whose address is above a limit.
    private func firstPlace(above rva: UInt32) -> Int {
        var low = 0
        var high = entries.count
        while low < high {
            let middle = (low + high) / 2
            if entries[middle] >> 32 <= UInt64(rva) { low = middle + 1 } else { high = middle }
        }
        return low
    }

    /// The records at the greatest address that is not above `rva`, in the file's order, and that address.
    func nearest(to rva: UInt32) -> (rva: UInt32, references: [SymbolReference])? {
        let end = firstPlace(above: rva)
        guard end > 0 else { return nil }
        let start = self.rva(at: end - 1)
        var first = end - 1
        while first > 0, self.rva(at: first - 1) == start { first -= 1 }
        return (start, entries[first..<end].map { references[Int(truncatingIfNeeded: $0 & 0xFFFF_FFFF)] })
    }

    /// The next address above one; nil where there is none.
    func address(after rva: UInt32) -> UInt32? {
        let place = firstPlace(above: rva)
        return place < entries.count ? self.rva(at: place) : nil
    }

    /// All records in order of address, with it.
    var all: [(rva: UInt32, reference: SymbolReference)] {
        entries.map {
            (UInt32(truncatingIfNeeded: $0 >> 32), references[Int(truncatingIfNeeded: $0 & 0xFFFF_FFFF)])
        }
    }
}
