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
        var regions: [MappedRegion] = []
        var tables = 0
        collect(directoryTableBase, level: levels.root, base: 0, range: range, limit: limit, tables: &tables, &regions)
        return regions
    }

    private func collect(
        _ table: PhysicalAddress, level: PageTableLevel, base: UInt64, range: Range<VirtualAddress>, limit: Int,
        tables: inout Int, _ regions: inout [MappedRegion]
    ) {
        tables += 1
        guard tables <= limit, let offset = physicalMemory.fileOffset(of: table.page) else { return }
        for index in UInt64(0)..<512 {
            guard regions.count < limit else { return }
            guard let start = start(ofEntry: index, level: level, base: base, in: range),
                let value = physicalMemory.loadIfPresent(UInt64.self, atFileOffset: offset + 8 * Int(index)), value != 0
            else { continue }
            let entry = PageTableEntry(value)
            if level == .pd {
                regions.append(MappedRegion(start: VirtualAddress(start), entry: entry, level: .pd, part: 0))
            } else if level == .pdpt, entry.isLargePage {
                for part in UInt64(0)..<512 {
                    let address = VirtualAddress(start + part << 21)
                    regions.append(MappedRegion(start: address, entry: entry, level: .pdpt, part: part))
                }
            } else if entry.isPresent, entry.address != directoryTableBase,
                let next = PageTableLevel(rawValue: level.rawValue - 1)
            {
                collect(entry.address, level: next, base: start, range: range, limit: limit, tables: &tables, &regions)
            }
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
}
