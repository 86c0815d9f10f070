/// How a page of a region is mapped when the dump is taken.
enum PageMapping {
    /// A valid entry.
    case valid
    /// On the standby list: the entry is in transition, the page is still in memory.
    case transition
    /// Through a prototype entry at this address, which is valid or in transition.
    case prototype(address: UInt64, inTransition: Bool)
    /// Written to a paging file; the page is gone.
    case pagedOut
    /// Mapped by a valid entry, but the page is in no dump.
    case notInDump
}

/// A range of the kernel's virtual memory, page by page.
struct MemoryRegion {
    /// What a region is for; decides about protection and paging.
    enum Kind {
        case image, pagedPool, nonPagedPool, sharedData
    }

    let base: UInt64
    let kind: Kind
    /// Slot of each page; -1 where nothing is.
    var slots: [Int32] = []
    /// Pages that are not mapped by a plain valid entry, by index.
    var mappings: [Int: PageMapping] = [:]
    /// Whether 2 MiB pages map the region.
    var isLarge = false

    init(base: UInt64, kind: Kind) {
        self.base = base
        self.kind = kind
    }
}

/// The kernel half of the machine's virtual memory: what lies at which address.
struct KernelMemory {
    private(set) var arena = PageArena()
    var regions: [MemoryRegion] = []
    private var lastRegion = 0
    /// Farthest distance of a byte from its region's base.
    private static let regionReach: UInt64 = 1 << 36

    /// Adds a region and returns its number.
    mutating func addRegion(base: UInt64, kind: MemoryRegion.Kind) -> Int {
        regions.append(MemoryRegion(base: base, kind: kind))
        return regions.count - 1
    }

    /// Adds a page that belongs to no region (page tables, user pages) and returns its slot.
    mutating func addLoosePage() -> Int { arena.append() }

    /// The region of an address and the page's number in it; nil for addresses outside every region.
    func locate(_ address: UInt64) -> (region: Int, page: Int)? {
        var best: (region: Int, distance: UInt64)?
        for (index, region) in regions.enumerated() where address >= region.base {
            let distance = address - region.base
            if distance < Self.regionReach, distance < best?.distance ?? .max { best = (index, distance) }
        }
        return best.map { ($0.region, Int(truncatingIfNeeded: $0.distance >> 12)) }
    }

    private mutating func slot(for address: UInt64) -> Int {
        var place = (region: lastRegion, page: 0)
        let distance = address &- regions[lastRegion].base
        if distance < UInt64(regions[lastRegion].slots.count) << 12 {
            place.page = Int(truncatingIfNeeded: distance >> 12)
        } else {
            guard let found = locate(address) else { preconditionFailure("the forge writes outside its regions") }
            place = found
            lastRegion = found.region
        }
        if place.page >= regions[place.region].slots.count {
            let missing = place.page + 1 - regions[place.region].slots.count
            regions[place.region].slots.append(contentsOf: repeatElement(-1, count: missing))
        }
        let known = regions[place.region].slots[place.page]
        if known >= 0 { return Int(known) }
        let fresh = arena.append()
        regions[place.region].slots[place.page] = Int32(truncatingIfNeeded: fresh)
        return fresh
    }

    /// The slot of the page at an address, or nil where there is none.
    func existingSlot(at address: UInt64) -> Int? {
        guard let place = locate(address), place.page < regions[place.region].slots.count else { return nil }
        let slot = regions[place.region].slots[place.page]
        return slot >= 0 ? Int(slot) : nil
    }

    /// Makes the page at an address be there.
    mutating func touch(_ address: UInt64) { _ = slot(for: address) }

    /// Writes the low `byteCount` bytes of a value; they may not cross a page.
    mutating func store(_ value: UInt64, byteCount: Int = 8, at address: UInt64) {
        let page = slot(for: address)
        arena.store(value, byteCount: byteCount, slot: page, offset: Int(address & 0xFFF))
    }

    /// Writes bytes, over as many pages as they need.
    mutating func store(_ bytes: [UInt8], at address: UInt64) {
        var position = 0
        while position < bytes.count {
            let target = address &+ UInt64(position)
            let offset = Int(target & 0xFFF)
            let part = min(4096 - offset, bytes.count - position)
            let page = slot(for: target)
            arena.store(bytes[position..<(position + part)], slot: page, offset: offset)
            position += part
        }
    }

    /// Reads a value that was written before; 0 where nothing is.
    func load(byteCount: Int = 8, at address: UInt64) -> UInt64 {
        guard let page = existingSlot(at: address) else { return 0 }
        return arena.load(byteCount: byteCount, slot: page, offset: Int(address & 0xFFF))
    }

    /// Reads bytes that were written before; zeros where nothing is.
    func bytes(at address: UInt64, count: Int) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(count)
        while bytes.count < count {
            let target = address &+ UInt64(bytes.count)
            let offset = Int(target & 0xFFF)
            let part = min(4096 - offset, count - bytes.count)
            if let slot = existingSlot(at: target) {
                bytes += arena.page(slot).dropFirst(offset).prefix(part)
            } else {
                bytes += [UInt8](repeating: 0, count: part)
            }
        }
        return bytes
    }

    /// Writes into a page named by its slot.
    mutating func storeLoose(_ value: UInt64, byteCount: Int = 8, slot: Int, offset: Int) {
        arena.store(value, byteCount: byteCount, slot: slot, offset: offset)
    }

    /// Reads eight bytes of a page named by its slot.
    func loadLoose(slot: Int, offset: Int) -> UInt64 { arena.load(byteCount: 8, slot: slot, offset: offset) }

    /// Number of pages of all kinds.
    var pageCount: Int { arena.count }

    /// Writes bytes into a page named by its slot.
    mutating func storeLoose(_ bytes: [UInt8], slot: Int, offset: Int) {
        arena.store(bytes[...], slot: slot, offset: offset)
    }

    /// Says how the page at an address is mapped.
    mutating func setMapping(_ mapping: PageMapping, at address: UInt64) {
        guard let place = locate(address) else { return }
        regions[place.region].mappings[place.page] = mapping
    }
}
