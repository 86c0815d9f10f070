import BinaryReading
import FileMapping
import MemoryImages
import Testing

/// The ways in which a dump lists its pages, and their traps (formats.md §2.2-2.5, §9).
@Suite("Page lists")
struct PageListTests {
    @Test("type 1: runs follow each other without gaps, from 0x2000 on (§9 row 19)")
    func fullDump() throws {
        let dump = try DumpBytes.full([(1, 3), (0x10, 2), (0x100, 1)]).open()
        #expect(dump.readablePages(below: 0x200) == [1, 2, 3, 0x10, 0x11, 0x100])
        #expect(dump.walkedPages == [1, 2, 3, 0x10, 0x11, 0x100])
        #expect(dump.physicalMemory.fileOffset(of: PageFrameNumber(1)) == 0x2000)
        #expect(dump.physicalMemory.expectedPageCount == 6)
        #expect(dump.physicalMemory.presentPageCount == 6)
        #expect(dump.physicalMemory.highestPage == PageFrameNumber(0x100))
        #expect(dump.physicalMemory.availability(of: PageFrameNumber(4)) == .notInDump)
        #expect(dump.warnings.isEmpty)
        #expect(dump.holdsUserPages)
    }

    @Test("type 1: a page that looks like a page list's signature is a page")
    func fullDumpWithSignatureInFirstPage() throws {
        for signature in ["SDMPDUMP", "FDMPDUMP", "\u{40}\0\0\0RDMPDUMP"] {
            var bytes = DumpBytes.full([(0, 2), (8, 1)])
            bytes.put(signature, at: 0x2000)
            let dump = try bytes.open()
            #expect(dump.layout == .runs(try #require(dump.header.physicalMemory)))
            #expect(dump.physicalMemory.presentPageCount == 3)
        }
    }

    @Test("type 1 in the header, a bitmap behind it and no sane runs: the signature is believed")
    func signatureAgainstType() throws {
        var bytes = DumpBytes.bitmap(bitCount: 64, pages: [3, 5, 9])
        bytes.put(UInt32(1), at: 0xF98)
        let dump = try bytes.open()
        #expect(dump.walkedPages == [3, 5, 9])
        #expect(dump.warnings == [.signatureContradictsType(.full, found: "a page bitmap")])
    }

    @Test("any type in the header: a page list whose numbers agree is believed", arguments: [2, 3, 4, 5, 9, 77])
    func typeContradictsSignature(type: UInt32) throws {
        for var bytes in [DumpBytes.ranges([(1, 2), (5, 1)]), .bitmap(bitCount: 64, pages: [1, 2, 5])] {
            bytes.put(type, at: 0xF98)
            let dump = try bytes.open()
            #expect(dump.walkedPages == [1, 2, 5])
        }
    }

    @Test("types 5, 6 and 7 with either signature", arguments: [5, 6, 7] as [UInt32], ["FDMPDUMP", "SDMPDUMP"])
    func bitmapDump(type: UInt32, signature: String) throws {
        let pages: [UInt64] = [1, 2, 3, 63, 64, 511, 512, 513, 1023, 1100]
        let dump = try DumpBytes.bitmap(type: type, signature: signature, bitCount: 1101, pages: pages).open()
        #expect(dump.readablePages(below: 2000) == pages)
        #expect(dump.walkedPages == pages)
        #expect(dump.physicalMemory.highestPage == PageFrameNumber(1100))
        #expect(dump.warnings.isEmpty)
    }

    @Test("bitmaps whose number of bits is no multiple of 8 keep their tail", arguments: [64, 65, 69, 70, 71, 72, 127])
    func bitmapTail(bitCount: Int) throws {
        let pages = [2, 40, UInt64(bitCount - 2), UInt64(bitCount - 1)]
        let dump = try DumpBytes.bitmap(bitCount: bitCount, pages: pages).open()
        #expect(dump.readablePages(below: 256) == pages)
        #expect(dump.walkedPages == pages)
    }

    @Test("bits at and beyond the count are not pages")
    func bitsBeyondCount() throws {
        var bytes = DumpBytes.bitmap(bitCount: 70, pages: [2, 68, 69])
        bytes.setBits([70, 71, 72, 100], at: 0x2038)
        let dump = try bytes.open()
        #expect(dump.walkedPages == [2, 68, 69])
        #expect(dump.physicalMemory.availability(of: PageFrameNumber(70)) == .notInDump)
        #expect(dump.physicalMemory.highestPage == PageFrameNumber(69))
        #expect(dump.warnings.isEmpty)
    }

    @Test("another number of set bits than claimed: the bits are believed")
    func presentPageCountMismatch() throws {
        var bytes = DumpBytes.bitmap(bitCount: 64, pages: [3, 5, 9])
        bytes.put(UInt64(7), at: 0x2028)
        let dump = try bytes.open()
        #expect(dump.walkedPages == [3, 5, 9])
        #expect(dump.warnings == [.pageCountMismatch(claimed: 7, listed: 3)])
    }

    @Test("a bit count beyond the file is cut to what is there", arguments: [1 << 20, 1 << 62, UInt64.max])
    func hugeBitCount(bitCount: UInt64) throws {
        var bytes = DumpBytes.bitmap(bitCount: 64, pages: [3, 5, 9])
        bytes.put(bitCount, at: 0x2030)
        let dump = try bytes.open()
        #expect(dump.walkedPages == [3, 5, 9])
        let room = UInt64((0x3000 - 0x2038) * 8)
        #expect(dump.warnings == [.bitmapCut(claimedBits: bitCount, readBits: room)])
    }

    @Test("the first page lies where the header says, also far behind the bitmap")
    func firstPageFarAway() throws {
        let dump = try DumpBytes.bitmap(bitCount: 64, pages: [3, 5], firstPage: 0x9000).open()
        #expect(dump.walkedPages == [3, 5])
    }

    @Test("a bitmap whose first page lies before its bits is damaged", arguments: [0, 0x2000, 0x2037, UInt64.max])
    func firstPageBeforeBitmap(firstPage: UInt64) throws {
        var bytes = DumpBytes.bitmap(bitCount: 64, pages: [3, 5])
        bytes.put(firstPage, at: 0x2020)
        guard case .pageListDamaged = bytes.refusal?.reason else {
            Issue.record("opened, or refused for another reason")
            return
        }
    }

    @Test("a damaged signature before a bitmap whose numbers agree")
    func damagedBitmapSignature() throws {
        var bytes = DumpBytes.bitmap(bitCount: 64, pages: [3, 5, 9])
        bytes.put(UInt32(0x1234), at: 0x2000)
        let dump = try bytes.open()
        #expect(dump.walkedPages == [3, 5, 9])
        #expect(dump.warnings == [.pageListSignatureMissing(.bitmapFull)])
        bytes.put(UInt64(4), at: 0x2028)
        #expect(bytes.refusal != nil)
    }

    @Test("type 2: bits at 0x2028, or at 0x2024 where only that agrees", arguments: [0x2028, 0x2024])
    func summaryDump(bitsOffset: Int) throws {
        let pages: [UInt64] = [1, 2, 3, 33, 69]
        let dump = try DumpBytes.summary(bitCount: 70, pages: pages, bitsOffset: bitsOffset).open()
        #expect(dump.readablePages(below: 200) == pages)
        #expect(dump.warnings.isEmpty)
        #expect(!dump.holdsUserPages)
    }

    @Test("type 2 with the newer bitmap header behind it, and the reverse")
    func summaryAgainstBitmap() throws {
        var new = DumpBytes.bitmap(signature: "SDMPDUMP", bitCount: 64, pages: [3, 5, 9])
        new.put(UInt32(2), at: 0xF98)
        #expect(try new.open().walkedPages == [3, 5, 9])
        var old = DumpBytes.summary(bitCount: 64, pages: [3, 5, 9])
        old.put(UInt32(6), at: 0xF98)
        #expect(try old.open().walkedPages == [3, 5, 9])
    }

    @Test(
        "types 8, 9 and 0xA, with and without an empty entry at the end; pages are unaligned",
        arguments: [8, 9, 10] as [UInt32], [false, true])
    func rangeDump(type: UInt32, emptyEntry: Bool) throws {
        let bytes = DumpBytes.ranges(type: type, [(1, 2), (9, 1), (0x20, 3)], emptyEntry: emptyEntry)
        let dump = try bytes.open()
        #expect(dump.readablePages(below: 0x100) == [1, 2, 9, 0x20, 0x21, 0x22])
        #expect(dump.walkedPages == [1, 2, 9, 0x20, 0x21, 0x22])
        #expect(dump.physicalMemory.fileOffset(of: PageFrameNumber(1)) == (emptyEntry ? 0x2070 : 0x2060))
        #expect(dump.warnings.isEmpty)
        #expect(dump.holdsUserPages == (type != 8))
    }

    @Test("ranges end before the first page, also where no count is known (§9 row 2)")
    func rangesEndAtFirstPage() throws {
        var bytes = DumpBytes.ranges(type: 8, [(1, 2), (9, 1)])
        bytes.put(UInt64(0), at: 0x2020)
        bytes.put(UInt64(0), at: 0x2028)
        let dump = try bytes.open()
        #expect(dump.walkedPages == [1, 2, 9])
        #expect(
            dump.warnings == [
                .rangeCountMismatch(claimed: 0, listed: 2), .pageCountMismatch(claimed: 0, listed: 3),
            ])
    }

    @Test("a range that starts at page 0 is a range, an empty one ends the list")
    func rangeAtPageZero() throws {
        var bytes = DumpBytes.ranges([(0, 2), (9, 1)], emptyEntry: true)
        bytes.put(UInt32(9999), at: 0x2020)
        #expect(try bytes.open().walkedPages == [0, 1, 9])
    }

    @Test("damaged runs are passed over; the good ones are read")
    func damagedRuns() throws {
        var bytes = DumpBytes.full([(1, 2), (8, 2)])
        bytes.putRuns([(1, 2), (50, 0), (8, 2)])
        let dump = try bytes.open()
        #expect(dump.walkedPages == [1, 2, 8, 9])
        #expect(dump.warnings.contains(.runsDamaged([PhysicalRun(firstPage: PageFrameNumber(50), pageCount: 0)])))
    }

    @Test("runs out of order keep their place in the file; pages listed twice are read once")
    func unorderedRuns() throws {
        let unordered = try DumpBytes.full([(8, 2), (1, 2)]).open()
        #expect(unordered.readablePages(below: 64) == [1, 2, 8, 9])
        #expect(unordered.walkedPages == [1, 2, 8, 9])
        #expect(!unordered.warnings.isEmpty)
        let overlapping = try DumpBytes.full([(1, 4), (3, 4)]).open()
        #expect(overlapping.readablePages(below: 64) == [1, 2, 3, 4, 5, 6])
        #expect(overlapping.walkedPages == [1, 2, 3, 4, 5, 6])
        #expect(overlapping.physicalMemory.expectedPageCount == 6)
    }

    @Test("runs beyond the address space, and absurd counts", arguments: [1 << 40, 1 << 52, UInt64.max])
    func absurdRuns(value: UInt64) throws {
        for run in [(first: value, count: UInt64(1)), (first: 1, count: value), (first: value, count: value)] {
            var bytes = DumpBytes.full([(1, 2), (8, 2)])
            bytes.putRuns([(1, 2), run, (8, 2)], totalPages: 4)
            let dump = try bytes.open()
            #expect(dump.walkedPages == [1, 2])
            #expect(
                dump.warnings.contains {
                    if case .runsDamaged = $0 { true } else { false }
                })
        }
    }

    @Test("a run count beyond the header's room", arguments: [44, 0x80, 0xFFFF_FFFF] as [UInt32])
    func absurdRunCount(count: UInt32) throws {
        var bytes = DumpBytes.full([(1, 2), (8, 2)])
        bytes.zero(0xB8..<0x344)
        bytes.put(count, at: 0x88)
        let dump = try bytes.open()
        #expect(dump.walkedPages == [1, 2, 8, 9])
        #expect(dump.warnings.contains(.runCountImpossible(claimed: count)))
    }

    @Test("a complete dump without runs is refused", arguments: [0, 0x4547_4150] as [UInt32])
    func noRuns(count: UInt32) {
        var bytes = DumpBytes.full([(1, 2)])
        bytes.put(count, at: 0x88)
        guard case .pageListDamaged = bytes.refusal?.reason else {
            Issue.record("opened, or refused for another reason")
            return
        }
    }
}
