public import BinaryReading
import MemoryImages

/// A stretch of virtual memory that one last-level entry maps.
public struct MappedRange: Hashable, Sendable {
    /// Its first byte.
    public let start: VirtualAddress
    /// Its size: 4 KiB, 2 MiB or 1 GiB.
    public let byteCount: UInt64
}

extension AddressSpace {
    /// Calls `body` for every present mapping in a range of addresses, in ascending order, until it answers false.
    ///
    /// Costs as much as there are tables in the dump, not as much as the range is wide: absent tables are skipped whole. Tables that
    /// the dump does not hold are skipped too. `limit` bounds the number of mappings and tables that are visited, since damaged tables may
    /// point at one another.
    public func forEachMapping(
        in range: Range<VirtualAddress>, limit: Int, _ body: (MappedRange) -> Bool
    ) {
        var budget = limit
        _ = visit(directoryTableBase, level: levels.root, base: 0, range: range, budget: &budget, body)
    }

    private func visit(
        _ table: PhysicalAddress, level: PageTableLevel, base: UInt64, range: Range<VirtualAddress>, budget: inout Int,
        _ body: (MappedRange) -> Bool
    ) -> Bool {
        budget -= 1
        guard budget >= 0 else { return false }
        guard let offset = physicalMemory.fileOffset(of: table.page) else { return true }
        for index in UInt64(0)..<512 {
            guard let start = start(ofEntry: index, level: level, base: base, in: range) else { continue }
            guard let value = physicalMemory.loadIfPresent(UInt64.self, atFileOffset: offset + 8 * Int(index)) else {
                return true
            }
            let entry = PageTableEntry(value)
            guard entry.isPresent else { continue }
            if level == .pt || (entry.isLargePage && level <= .pdpt) {
                budget -= 1
                let mapping = MappedRange(start: VirtualAddress(start), byteCount: 1 << level.indexShift)
                guard budget >= 0, body(mapping) else { return false }
            } else if let next = PageTableLevel(rawValue: level.rawValue - 1) {
                guard visit(entry.address, level: next, base: start, range: range, budget: &budget, body) else {
                    return false
                }
            }
        }
        return true
    }

    /// The first address of an entry, made canonical; nil where the entry lies outside the range.
    func start(ofEntry index: UInt64, level: PageTableLevel, base: UInt64, in range: Range<VirtualAddress>)
        -> UInt64?
    {
        var start = base | (index << level.indexShift)
        if level == levels.root, index >= 256 {
            start |= levels == .four ? 0xFFFF_0000_0000_0000 : 0xFE00_0000_0000_0000
        }
        let size: UInt64 = 1 << level.indexShift
        let (last, overflow) = start.addingReportingOverflow(size - 1)
        guard !overflow, last >= range.lowerBound.rawValue, start < range.upperBound.rawValue else { return nil }
        return start
    }
}
