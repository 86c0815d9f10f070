import BinaryReading

/// Where parts of an image went when it was rearranged after linking (OMAP): pairs of a source and a target RVA.
struct AddressMap: Sendable {
    /// Source in the upper, target in the lower half; sorted by source.
    private let entries: [UInt64]
    /// Whether the file had them in another order.
    let wasUnsorted: Bool

    /// Reads a stream of pairs; nil where there is none.
    init?(_ bytes: StreamBytes) {
        var entries: [UInt64] = []
        entries.reserveCapacity(bytes.count / 8)
        for index in 0..<(bytes.count / 8) {
            guard let source = bytes.load(UInt32.self, at: 8 * index),
                let target = bytes.load(UInt32.self, at: 8 * index + 4)
            else { break }
            entries.append(UInt64(source) << 32 | UInt64(target))
        }
        guard !entries.isEmpty else { return nil }
        wasUnsorted = !zip(entries, entries.dropFirst()).allSatisfy { $0 >> 32 <= $1 >> 32 }
        if wasUnsorted { entries.sort() }
        self.entries = entries
    }

    /// Where an address went; nil where its code was removed or lies before everything.
    func target(of rva: UInt32) -> UInt32? {
        var low = 0
        var high = entries.count
        while low < high {
            let middle = (low + high) / 2
            if entries[middle] >> 32 <= UInt64(rva) { low = middle + 1 } else { high = middle }
        }
        guard low > 0 else { return nil }
        let entry = entries[low - 1]
        let target = UInt32(truncatingIfNeeded: entry)
        guard target != 0 else { return nil }
        let (sum, overflow) = target.addingReportingOverflow(rva - UInt32(truncatingIfNeeded: entry >> 32))
        return overflow ? nil : sum
    }
}
