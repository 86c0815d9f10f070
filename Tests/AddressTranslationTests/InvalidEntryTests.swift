import AddressTranslation
import BinaryReading
import MemoryImages
import Testing

/// The decision table of `formats.md` §5.4 and the mask of §5.3.
@Suite("Entries that are not present")
struct InvalidEntryTests {
    private let address: UInt64 = 0xFFFF_A800_1234_5000
    private let prototype: UInt64 = 0xFFFF_A900_0000_0008
    private let mask: UInt64 = 1 << 45

    private func space(_ entry: UInt64, mask: UInt64? = 0, prototypeValue: UInt64? = nil, hasMarker: Bool = false)
        -> AddressSpace
    {
        var tables = PageTables(pageCount: 64)
        tables.invalidEntries.mask = mask
        tables.invalidEntries.hasFileBackedMarker = hasMarker
        tables.map(address, entry: entry)
        if let prototypeValue {
            tables.map(prototype, entry: 0x30_063)
            tables.write(prototypeValue, at: 0x30_008)
        }
        return tables.addressSpace()
    }

    /// A prototype PTE as the kernel writes it: `(address << 16) | 0x400`, then the mask.
    private func prototypeEntry(mask: UInt64 = 0) -> UInt64 {
        let value = (prototype << 16) | 0x400
        return value & mask == 0 ? value | mask : value | 0x10
    }

    @Test("a transition entry is followed")
    func transition() { #expect(page(space(0x20_880), address) == 0x20) }

    @Test("the mask is taken off a transition entry, and left where the swizzle bit says so")
    func maskedTransition() {
        #expect(page(space(0x20_880 | mask, mask: mask), address) == 0x20)
        let error = failure(space(0x20_890 | mask, mask: mask), address)
        #expect(error?.reason == .notInDump(PhysicalAddress(0x2000_0002_0000)))
    }

    @Test("an unknown mask is guessed from a page beyond the machine's memory")
    func unknownMask() { #expect(page(space(0x20_880 | mask, mask: nil), address) == 0x20) }

    @Test("a paging-file entry tells file and page, with the mask taken off")
    func pagedOut() {
        let entry: UInt64 = (0x1234 << 32) | (1 << 12) | 0x80
        #expect(failure(space(entry), address)?.reason == .pagedOut(fileNumber: 1, page: 0x1234))
        #expect(failure(space(entry | mask, mask: mask), address)?.reason == .pagedOut(fileNumber: 1, page: 0x1234))
    }

    @Test("demand zero reads as zeros, also when masked")
    func demandZero() throws {
        #expect(try space(0x80).translate(VirtualAddress(address)) == .zeros)
        #expect(try space(0x80 | mask, mask: mask).translate(VirtualAddress(address)) == .zeros)
        #expect(try VirtualMemory(space(0x80)).load(UInt64.self, at: VirtualAddress(address)) == 0)
    }

    @Test("a prototype entry is followed to a present and to a transition page")
    func prototypes() {
        #expect(page(space(prototypeEntry(), prototypeValue: 0x21_063), address) == 0x21)
        #expect(page(space(prototypeEntry(), prototypeValue: 0x21_880), address) == 0x21)
    }

    @Test("a masked prototype entry is unmasked first (formats.md §5.3)")
    func maskedPrototype() {
        #expect(page(space(prototypeEntry(mask: mask), mask: mask, prototypeValue: 0x21_063), address) == 0x21)
        #expect(page(space(prototypeEntry(mask: mask), mask: nil, prototypeValue: 0x21_063), address) == 0x21)
    }

    @Test("a prototype that is a subsection is file data; it is never followed twice")
    func subsection() {
        let second = prototypeEntry()
        #expect(failure(space(prototypeEntry(), prototypeValue: second), address)?.reason == .fileBacked)
    }

    @Test("a prototype that cannot be read says where it should be")
    func lostPrototype() {
        #expect(
            failure(space(prototypeEntry()), address)?.reason == .prototypeUnresolved(at: VirtualAddress(prototype)))
    }

    @Test("the marker that sends to the VADs is seen after unmasking")
    func throughVAD() {
        let entry: UInt64 = 0xFFFF_FFFF_0000_0400
        #expect(failure(space(entry), address)?.reason == .prototypeThroughVAD)
    }

    @Test("file-backed entries of build 22621 and later")
    func fileBacked() {
        #expect(failure(space(0xFFFF_8123_4567_0000, hasMarker: true), address)?.reason == .fileBacked)
    }
}
