import AddressTranslation
import BinaryReading
import KernelProfiles

extension LayoutTrial {
    private static var entriesLookedAt: Int { 64 }
    /// Distances of the table's size from the table in kernels with symbols: the two are neighbours in most.
    private static var usualDistances: [Int] { [8, -8, 24, -24, 40, -40] }

    /// Finds the table of pool blocks of a page and more, and its size.
    mutating func findBigPageTable(_ distances: SymbolDistances) {
        guard let place = layout.field("_POOL_TRACKER_BIG_PAGES.Va"),
            let stride = candidate.profile.structure(named: "_POOL_TRACKER_BIG_PAGES")?.byteCount,
            (16...128).contains(stride)
        else { return }
        let probe = probe
        func isEntry(_ index: Int, of table: VirtualAddress) -> Bool {
            guard let word = try? probe.memory.load(UInt64.self, at: table + index * stride + place.offset) else {
                return false
            }
            // Bit 0 marks a free slot; all others hold the address of a page.
            return word == 1 || (VirtualAddress(word).isKernel && word & 0xFFE == 0)
        }
        let tables = ground.pointers.distinct.filter { entry in
            entry.value.pageOffset == 0 && (0..<Self.entriesLookedAt).allSatisfy { isEntry($0, of: entry.value) }
        }
        guard let table = tables.first, tables.count == 1 else { return }
        let variable = ground.place.base + Int(table.rva)
        note("PoolBigPageTable", at: variable, "a pointer in the image to a table of large pool blocks")
        let known = distances.distances(of: "PoolBigPageTableSize", from: "PoolBigPageTable")
        for distance in known + Self.usualDistances {
            guard let count = try? memory.load(UInt64.self, at: variable + distance),
                (0x40...(1 << 26)).contains(count),
                count & (count - 1) == 0, isEntry(Int(count) - 1, of: table.value),
                !isEntry(Int(count), of: table.value)
            else { continue }
            return note(
                "PoolBigPageTableSize", at: variable + distance,
                "beside PoolBigPageTable; the table ends where it says")
        }
    }
}
