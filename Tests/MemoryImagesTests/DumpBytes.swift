import BinaryReading
import FileMapping
import MemoryImages

/// Bytes of a dump, laid out from the tables of formats.md. Every page begins with its own page frame number, so that
/// a test can tell whether it got the page it asked for.
struct DumpBytes {
    var bytes: [UInt8]

    /// A header as a crash writer leaves it: "PAGE" everywhere, then the fields that it sets.
    init(type: UInt32, signature: String = "PAGEDU64", headerByteCount: Int = 0x2000) {
        bytes = Array(String(repeating: "PAGE", count: headerByteCount / 4).utf8)
        put(signature, at: 0)
        guard headerByteCount == 0x2000 else { return }
        put(UInt32(0xF), at: 0x08)
        put(UInt32(19041), at: 0x0C)
        put(UInt64(0x1AD002), at: 0x10)
        put(UInt64(0xFFFF_F803_1B0F_3C10), at: 0x20)
        put(UInt64(0xFFFF_F803_1B0F_1E60), at: 0x28)
        put(UInt32(0x8664), at: 0x30)
        put(UInt32(8), at: 0x34)
        put(UInt32(0x9F), at: 0x38)
        for index in 0..<4 { put(UInt64(index + 1) * 0x1111, at: 0x40 + 8 * index) }
        put(UInt64(0xFFFF_F803_1AF0_0B20), at: 0x80)
        zero(0x348..<0xF98)
        put(type, at: 0xF98)
        put(UInt64(133_590_319_350_000_000), at: 0xFA8)
        put(UInt64(1_609_758 * 10_000_000 + 4_200_000), at: 0x1030)
        put(UInt32(3), at: 0x1040)
        put(UInt32(0x110), at: 0x1044)
        put(UInt32(0), at: 0x1050)
        put(UInt32(22), at: 0x1054)
    }

    mutating func put<T: FixedWidthInteger>(_ value: T, at offset: Int) {
        if offset + MemoryLayout<T>.size > bytes.count {
            bytes += [UInt8](repeating: 0, count: offset + MemoryLayout<T>.size - bytes.count)
        }
        for index in 0..<MemoryLayout<T>.size {
            bytes[offset + index] = UInt8(truncatingIfNeeded: value >> T(index * 8))
        }
    }

    mutating func put(_ text: String, at offset: Int) {
        for (index, byte) in text.utf8.enumerated() { put(byte, at: offset + index) }
    }

    /// A UTF-16 string as a triage dump's pool keeps it.
    mutating func putPoolString(_ text: String, at offset: Int) {
        put(UInt32(text.utf16.count), at: offset)
        for (index, unit) in (Array(text.utf16) + [0]).enumerated() { put(unit, at: offset + 4 + 2 * index) }
    }

    mutating func zero(_ range: Range<Int>) {
        for offset in range { put(UInt8(0), at: offset) }
    }

    mutating func appendPage(_ page: UInt64) {
        let start = bytes.count
        bytes += [UInt8](repeating: UInt8(truncatingIfNeeded: page), count: 4096)
        put(page, at: start)
    }

    mutating func putRuns(_ runs: [(first: UInt64, count: UInt64)], totalPages: UInt64? = nil, count: UInt32? = nil) {
        put(count ?? UInt32(runs.count), at: 0x88)
        put(totalPages ?? runs.reduce(0) { $0 + $1.count }, at: 0x90)
        for (index, run) in runs.prefix(43).enumerated() {
            put(run.first, at: 0x98 + 16 * index)
            put(run.count, at: 0xA0 + 16 * index)
        }
    }

    /// Type 1 with pages in the order of the runs.
    static func full(_ runs: [(first: UInt64, count: UInt64)]) -> DumpBytes {
        var dump = DumpBytes(type: 1)
        dump.putRuns(runs)
        for run in runs { for page in run.first..<(run.first + run.count) { dump.appendPage(page) } }
        dump.put(UInt64(dump.bytes.count), at: 0xFA0)
        return dump
    }

    /// Types 5 and 6: the bitmap header of formats.md §2.3.
    static func bitmap(
        type: UInt32 = 5, signature: String = "FDMPDUMP", bitCount: Int, pages: [UInt64], firstPage: Int = 0x3000
    ) -> DumpBytes {
        var dump = DumpBytes(type: type)
        dump.zero(0x88..<0x344)
        dump.zero(0x2000..<firstPage)
        dump.put(signature, at: 0x2000)
        dump.put(UInt32(3), at: 0x2008)
        dump.put(UInt64(firstPage), at: 0x2020)
        dump.put(UInt64(pages.count), at: 0x2028)
        dump.put(UInt64(bitCount), at: 0x2030)
        dump.setBits(pages, at: 0x2038)
        for page in pages { dump.appendPage(page) }
        return dump
    }

    /// Type 2: the header of formats.md §2.4, its bits at 0x2028 or, in the packed reading, 0x2024.
    static func summary(bitCount: Int, pages: [UInt64], bitsOffset: Int = 0x2028) -> DumpBytes {
        var dump = DumpBytes(type: 2)
        dump.zero(0x2000..<0x3000)
        dump.put("SDMPDUMP", at: 0x2000)
        dump.put(UInt32(1), at: 0x2008)
        dump.put(UInt32(0x3000), at: 0x200C)
        dump.put(UInt32(bitCount), at: 0x2010)
        dump.put(UInt32(pages.count), at: 0x2014)
        dump.put(UInt32(bitCount), at: 0x2018)
        dump.put(UInt64(0xFFFF_FA80_0123_4028), at: bitsOffset - 8)
        dump.setBits(pages, at: bitsOffset)
        for page in pages { dump.appendPage(page) }
        return dump
    }

    /// Types 8, 9 and 0xA: the ranges of formats.md §2.5, whose pages start right behind them.
    static func ranges(
        type: UInt32 = 10, _ ranges: [(first: UInt64, count: UInt64)], emptyEntry: Bool = false
    ) -> DumpBytes {
        var dump = DumpBytes(type: type)
        let entries = ranges + (emptyEntry ? [(0, 0)] : [])
        dump.zero(0x2000..<0x2030)
        dump.put(UInt32(0x40), at: 0x2000)
        dump.put("RDMPDUMP", at: 0x2004)
        dump.put(UInt64(0x10 + 16 * entries.count), at: 0x2010)
        dump.put(UInt64(0x2030 + 16 * entries.count), at: 0x2018)
        dump.put(UInt32(ranges.count), at: 0x2020)
        dump.put(ranges.reduce(0) { $0 + $1.count }, at: 0x2028)
        for (index, range) in entries.enumerated() {
            dump.put(range.first, at: 0x2030 + 16 * index)
            dump.put(range.count, at: 0x2038 + 16 * index)
        }
        for range in ranges { for page in range.first..<(range.first + range.count) { dump.appendPage(page) } }
        return dump
    }

    mutating func setBits(_ pages: [UInt64], at offset: Int) {
        for page in pages { bytes[offset + Int(page / 8)] |= 1 << UInt8(page % 8) }
    }

    var file: MappedFile { MappedFile(bytes: bytes) }

    func open() throws(DumpError) -> CrashDump { try CrashDump(file: file) }

    /// The error that opening gives; nil where it opens.
    var refusal: DumpError? {
        do throws(DumpError) {
            _ = try open()
            return nil
        } catch {
            return error
        }
    }
}

extension CrashDump {
    /// The number that stands at the start of a page; nil where the dump does not have the page.
    func marker(of page: UInt64) -> UInt64? {
        physicalMemory.fileOffset(of: PageFrameNumber(page)).flatMap { file.loadIfPresent(at: $0) }
    }

    /// The pages among the first `limit` that can be read, each of them checked to be the right one.
    func readablePages(below limit: UInt64) -> [UInt64] {
        (0..<limit).filter { page in marker(of: page).map { $0 == page } ?? false }
    }

    /// The same from the walk over present pages.
    var walkedPages: [UInt64] {
        physicalMemory.presentRuns.flatMap { run in
            (0..<run.pageCount).compactMap { index in
                let offset = run.fileOffset + Int(index) * pageByteCount
                return file.loadIfPresent(UInt64.self, at: offset) == run.firstPage.rawValue + index
                    ? run.firstPage.rawValue + index : nil
            }
        }
    }
}
