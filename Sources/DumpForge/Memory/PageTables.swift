/// Page-table entries of a machine (`formats.md` §5.1 to §5.3).
struct PageTableEntries {
    /// The mask laid over invalid entries; 0 for none.
    let invalidMask: UInt64

    /// A valid kernel entry: writable and never executed, or executable and read-only.
    func kernel(frame: UInt64, isExecutable: Bool) -> UInt64 {
        frame << 12 | (isExecutable ? 0x121 : 0x8000_0000_0000_0163)
    }

    /// A valid kernel entry of 2 MiB.
    func large(frame: UInt64) -> UInt64 { frame << 12 | 0x1E3 }

    /// A valid user entry.
    func user(frame: UInt64, isWritable: Bool) -> UInt64 {
        frame << 12 | (isWritable ? 0x8000_0000_0000_0867 : 0x8000_0000_0000_0025)
    }

    /// An entry that leads to the next table.
    func table(frame: UInt64, isUser: Bool) -> UInt64 { frame << 12 | (isUser ? 0x867 : 0x863) }

    /// An entry of a page on the standby list.
    func transition(frame: UInt64) -> UInt64 { swizzle(frame << 12 | 4 << 5 | 1 << 11) }

    /// An entry that leads to a prototype entry.
    func prototype(address: UInt64) -> UInt64 { swizzle(address << 16 | 1 << 10) }

    /// An entry of a page in the first paging file.
    func pagedOut(page: UInt64) -> UInt64 { swizzle(page << 32 | 1 << 12 | 4 << 5) }

    /// Lays the mask over an invalid entry, or says by the swizzle bit that the entry has those bits itself.
    private func swizzle(_ entry: UInt64) -> UInt64 {
        guard invalidMask != 0 else { return entry }
        return entry & invalidMask == 0 ? entry | invalidMask : entry | 0x10
    }
}

/// The tables of one address space while they grow: which slot holds the table of which range.
struct PageTableTree {
    let levels: Int
    /// Slot of the top table.
    let root: Int
    /// Slot of each table by the address that it starts at and its level (1 = maps pages).
    private(set) var tables: [TableKey: Int] = [:]

    struct TableKey: Hashable {
        let level: Int
        let prefix: UInt64
    }

    init(levels: Int, memory: inout KernelMemory) {
        self.levels = levels
        root = memory.addLoosePage()
    }

    /// The index of an address in a table of a level.
    static func index(_ address: UInt64, level: Int) -> Int {
        Int(truncatingIfNeeded: address >> UInt64(12 + 9 * (level - 1))) & 0x1FF
    }

    private static func key(_ address: UInt64, level: Int) -> TableKey {
        TableKey(level: level, prefix: address >> UInt64(12 + 9 * level))
    }

    /// Makes the tables that lead to an address, down to a level.
    mutating func grow(to address: UInt64, lowest: Int, memory: inout KernelMemory) {
        guard tables[Self.key(address, level: lowest)] == nil else { return }
        for level in stride(from: levels - 1, through: lowest, by: -1) {
            let key = Self.key(address, level: level)
            if tables[key] == nil { tables[key] = memory.addLoosePage() }
        }
    }

    /// The table of a level that an address goes through; the top table where the level is the top one.
    func table(for address: UInt64, level: Int) -> Int? {
        level == levels ? root : tables[Self.key(address, level: level)]
    }

    /// Writes the entries that tie the tables together.
    func link(memory: inout KernelMemory, physical: PhysicalLayout, entries: PageTableEntries) {
        for key in tables.keys.sorted(by: { ($0.level, $0.prefix) < ($1.level, $1.prefix) }) {
            guard let slot = tables[key] else { continue }
            let address = key.prefix << UInt64(12 + 9 * key.level)
            guard let parent = table(for: address, level: key.level + 1) else { continue }
            let isUser = Self.index(address, level: levels) < 256
            memory.storeLoose(
                entries.table(frame: UInt64(physical.frames[slot]), isUser: isUser), slot: parent,
                offset: Self.index(address, level: key.level + 1) * 8)
        }
    }

    /// Writes the entry of one page, or of 2 MiB where the level is 2.
    func map(_ address: UInt64, to entry: UInt64, level: Int = 1, memory: inout KernelMemory) {
        guard let table = table(for: address, level: level) else { return }
        memory.storeLoose(entry, slot: table, offset: Self.index(address, level: level) * 8)
    }
}
