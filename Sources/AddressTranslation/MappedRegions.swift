public import BinaryReading
import MemoryImages

/// Two mebibytes of virtual memory: what one PDE maps, by a table of pages or as one large page.
public struct MappedRegion: Hashable, Sendable {
    /// Its first byte.
    public let start: VirtualAddress
    /// The PDE or PDPTE that maps it.
    let entry: PageTableEntry
    let level: PageTableLevel
    /// Which 2 MiB of a 1 GiB page it is.
    let part: UInt64

    /// Bytes of a region.
    public static let byteCount = 2 << 20
}

extension AddressSpace {
    /// The 2 MiB regions of a range of addresses that are mapped by anything at all, in ascending order.
    ///
    /// Costs as much as there are tables in the dump, not as much as the range is wide. The tables themselves, which Windows maps into
    /// the kernel half too (the self-map), are left out.
    ///
    /// - Parameters:
    ///   - range: Where to look.
    ///   - limit: Most regions that are listed; damaged tables may point at one another.
    public func mappedRegions(in range: Range<VirtualAddress>, limit: Int) -> [MappedRegion] {
        var regions = RegionList(range: range, limit: limit)
        collect(directoryTableBase, level: levels.root, base: 0, &regions)
        return regions.regions
    }

    /// The regions found so far. Windows lets no two entries share a table or a large page, so each is taken once: damaged tables that
    /// point at one another end there.
    private struct RegionList {
        let range: Range<VirtualAddress>
        let limit: Int
        var regions: [MappedRegion] = []
        private var tables: Set<UInt64> = []
        private var largePages: Set<UInt64> = []

        init(range: Range<VirtualAddress>, limit: Int) {
            self.range = range
            self.limit = limit
        }

        var isFull: Bool { regions.count >= limit || tables.count >= limit }

        mutating func isNew(table: PhysicalAddress) -> Bool { tables.insert(table.page.rawValue).inserted }

        mutating func append(_ region: MappedRegion, target: PhysicalAddress, isLarge: Bool) {
            let isNew = isLarge ? largePages.insert(target.page.rawValue >> 9).inserted : self.isNew(table: target)
            if isNew { regions.append(region) }
        }
    }

    private func collect(
        _ table: PhysicalAddress, level: PageTableLevel, base: UInt64, _ regions: inout RegionList
    ) {
        guard !regions.isFull, regions.isNew(table: table), let offset = physicalMemory.fileOffset(of: table.page)
        else { return }
        for index in UInt64(0)..<512 {
            guard !regions.isFull else { return }
            guard let start = start(ofEntry: index, level: level, base: base, in: regions.range),
                let value = physicalMemory.loadIfPresent(UInt64.self, atFileOffset: offset + 8 * Int(index)), value != 0
            else { continue }
            let entry = PageTableEntry(value)
            if level == .pd {
                guard let target = entry.isLargePage ? entry.address : tableAddress(of: entry) else { continue }
                let region = MappedRegion(start: VirtualAddress(start), entry: entry, level: .pd, part: 0)
                regions.append(region, target: target, isLarge: entry.isLargePage)
            } else if level == .pdpt, entry.isLargePage {
                collectParts(of: entry, start: start, &regions)
            } else if entry.isPresent, entry.address != directoryTableBase,
                let next = PageTableLevel(rawValue: level.rawValue - 1)
            {
                collect(entry.address, level: next, base: start, &regions)
            }
        }
    }

    /// A page of 1 GiB is 512 regions; those beyond the machine's memory are none.
    private func collectParts(of entry: PageTableEntry, start: UInt64, _ regions: inout RegionList) {
        for part in UInt64(0)..<512 {
            let target = PhysicalAddress((entry.address.rawValue & ~0x3FFF_FFFF) + part << 21)
            guard !regions.isFull, let highest = physicalMemory.highestPage, target.page <= highest else { return }
            let region = MappedRegion(
                start: VirtualAddress(start + part << 21), entry: entry, level: .pdpt, part: part)
            regions.append(region, target: target, isLarge: true)
        }
    }

    /// Calls `body` with each 4 KiB page of a region that the dump holds, in ascending order: the page's address and its offset in the file.
    ///
    /// Pages that left the working set but not the memory (transition) are among them; pages that only a prototype entry leads to are not.
    public func forEachPage(of region: MappedRegion, _ body: (_ page: VirtualAddress, _ fileOffset: Int) -> Void) {
        if region.entry.isLargePage {
            let mask: UInt64 = region.level == .pd ? 0x1F_FFFF : 0x3FFF_FFFF
            let first = PhysicalAddress((region.entry.address.rawValue & ~mask) + region.part << 21).page.rawValue
            for index in UInt64(0)..<512 {
                guard let offset = physicalMemory.fileOffset(of: PageFrameNumber(first + index)) else { continue }
                body(region.start + Int(index) * pageByteCount, offset)
            }
            return
        }
        guard let table = tableAddress(of: region.entry), let offset = physicalMemory.fileOffset(of: table.page) else {
            return
        }
        for index in 0..<512 {
            guard let value = physicalMemory.loadIfPresent(UInt64.self, atFileOffset: offset + 8 * index), value != 0,
                let page = pageInMemory(of: PageTableEntry(value)), let pageOffset = physicalMemory.fileOffset(of: page)
            else { continue }
            body(region.start + index * pageByteCount, pageOffset)
        }
    }

    private func tableAddress(of entry: PageTableEntry) -> PhysicalAddress? {
        if entry.isPresent { return entry.address }
        if case .transition(let page) = decode(entry.rawValue) { return page.address }
        return nil
    }

    private func pageInMemory(of entry: PageTableEntry) -> PageFrameNumber? {
        if entry.isPresent { return entry.address.page }
        if case .transition(let page) = decode(entry.rawValue) { return page }
        return nil
    }

    /// The first address of an entry, made canonical; nil where the entry lies outside the range.
    private func start(ofEntry index: UInt64, level: PageTableLevel, base: UInt64, in range: Range<VirtualAddress>)
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
