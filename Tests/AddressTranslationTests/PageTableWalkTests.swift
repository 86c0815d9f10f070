import AddressTranslation
import BinaryReading
import MemoryImages
import Testing

/// The walk of `formats.md` §5.1 over tables that the tests write.
@Suite("Page table walk")
struct PageTableWalkTests {
    private let kernel: UInt64 = 0xFFFF_F800_1234_5000

    @Test("a 4 KiB page")
    func smallPage() {
        var tables = PageTables(pageCount: 64)
        tables.map(kernel, entry: 0x20_063)
        #expect(page(tables.addressSpace(), kernel + 0x123) == 0x20)
    }

    @Test("a 2 MiB page; bit 12 of its entry is PAT and no address")
    func largePage() {
        var tables = PageTables(pageCount: 1024)
        tables.map(kernel, entry: 0x20_0000 | 0x1000 | 0xE3, level: 2)
        #expect(page(tables.addressSpace(), kernel) == 0x200 + ((kernel >> 12) & 0x1FF))
    }

    @Test("a 1 GiB page")
    func hugePage() {
        var tables = PageTables(pageCount: 64)
        tables.map(0xFFFF_F800_0000_0000, entry: 0xE3, level: 3)
        #expect(page(tables.addressSpace(), 0xFFFF_F800_0002_1000) == 0x21)
    }

    @Test("five levels, and an address that only they have")
    func fiveLevels() {
        var tables = PageTables(pageCount: 64, levels: .five)
        tables.map(0xFF12_3456_789A_B000, entry: 0x21_063)
        #expect(page(tables.addressSpace(), 0xFF12_3456_789A_B000) == 0x21)
    }

    @Test("bits of CR3 that are no address are dropped")
    func controlRegisterBits() {
        var tables = PageTables(pageCount: 64)
        tables.map(kernel, entry: 0x20_063)
        #expect(page(tables.addressSpace(root: 0x8000_0000_0000_1002), kernel) == 0x20)
    }

    @Test("an address that is not canonical")
    func notCanonical() {
        let tables = PageTables(pageCount: 8)
        #expect(failure(tables.addressSpace(), 0x0012_3456_789A_B000)?.reason == .notCanonical)
    }

    @Test("an empty entry names its level", arguments: [(4, PageTableLevel.pml4), (3, .pdpt), (2, .pd), (1, .pt)])
    func emptyEntry(emptyLevel: Int, level: PageTableLevel) {
        var tables = PageTables(pageCount: 64)
        tables.map(kernel, entry: 0x20_063)
        tables.map(kernel, entry: 0, level: emptyLevel)
        let error = failure(tables.addressSpace(), kernel)
        #expect(error?.reason == .notMapped)
        #expect(error?.level == level)
    }

    @Test("a page that the dump does not hold is told from one that is not mapped")
    func absentPage() {
        var tables = PageTables(pageCount: 64)
        tables.map(kernel, entry: 0x9999_9063)
        let error = failure(tables.addressSpace(), kernel)
        #expect(error?.reason == .notInDump(PhysicalAddress(0x9999_9000)))
        #expect(error?.level == .page)
        #expect(error?.entry == 0x9999_9063)
    }

    @Test("a table that the dump does not hold names the level whose table it is")
    func absentTable() {
        var tables = PageTables(pageCount: 64)
        tables.map(kernel, entry: 0x9999_9063, level: 2)
        let error = failure(tables.addressSpace(), kernel)
        #expect(error?.reason == .notInDump(PhysicalAddress(0x9999_9000)))
        #expect(error?.level == .pt)
    }

    @Test("a page beyond the end of a cut file")
    func truncatedFile() {
        var tables = PageTables(pageCount: 64)
        tables.map(kernel, entry: 0x60_063)
        let space = tables.addressSpace(runs: [PhysicalRun(firstPage: PageFrameNumber(0), pageCount: 128)])
        #expect(failure(space, kernel)?.reason == .beyondEndOfFile(PhysicalAddress(0x60_000)))
    }

    @Test("bit 7 of an entry that is not present is protection, not a large page (formats.md §9 number 9)")
    func transitionTable() {
        var tables = PageTables(pageCount: 64)
        tables.map(kernel, entry: 0x20_063)
        let table = PageTables.tableOfPageTable(kernel, in: tables)
        // Transition form of the PDE: present bit clear, bits 7 and 11 set.
        tables.map(kernel, entry: table | 0x880, level: 2)
        #expect(page(tables.addressSpace(), kernel) == 0x20)
    }

    @Test("tables that point at themselves end a walk over all regions")
    func selfReference() {
        var tables = PageTables(pageCount: 8)
        for index in UInt64(0)..<512 { tables.write(tables.root | 0x63, at: tables.root + 8 * index) }
        let all = VirtualAddress(0)..<VirtualAddress(.max)
        #expect(tables.addressSpace().mappedRegions(in: all, limit: 10_000).count <= 512)
    }

    @Test("the mapped regions of a range in ascending order, with those of their pages that the dump holds")
    func regions() {
        var tables = PageTables(pageCount: 64)
        tables.map(0xFFFF_F800_0020_1000, entry: 0x20_063)
        tables.map(0xFFFF_F800_0020_2000, entry: 0x21_880)
        tables.map(0xFFFF_F800_0040_0000, entry: 0xE3, level: 2)
        tables.map(0xFFFF_F900_0000_0000, entry: 0x21_063)
        let range = VirtualAddress(0xFFFF_F800_0000_0000)..<VirtualAddress(0xFFFF_F900_0000_0000)
        let space = tables.addressSpace()
        let regions = space.mappedRegions(in: range, limit: 1000)
        #expect(regions.map(\.start.rawValue) == [0xFFFF_F800_0020_0000, 0xFFFF_F800_0040_0000])
        var pages: [UInt64] = []
        for region in regions { space.forEachPage(of: region) { page, _ in pages.append(page.rawValue) } }
        // A page present and one in transition; of the large page the 64 that there are.
        #expect(pages.prefix(2) == [0xFFFF_F800_0020_1000, 0xFFFF_F800_0020_2000])
        #expect(pages.dropFirst(2).elementsEqual((UInt64(0)..<64).map { 0xFFFF_F800_0040_0000 + 0x1000 * $0 }))
    }
}

extension PageTables {
    /// Physical address of the page table of an address, from its PDE.
    static func tableOfPageTable(_ address: UInt64, in tables: PageTables) -> UInt64 {
        var table = tables.root
        for level in stride(from: tables.levels.rawValue, to: 1, by: -1) {
            table =
                tables.word(at: table + 8 * ((address >> UInt64(12 + 9 * (level - 1))) & 0x1FF)) & 0x000F_FFFF_FFFF_F000
        }
        return table
    }
}
