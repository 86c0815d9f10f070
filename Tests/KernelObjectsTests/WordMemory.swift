import AddressTranslation
import BinaryReading
import FileMapping
import MemoryImages

/// Virtual memory of which a test writes single words; every page that holds one is mapped, all others are not.
enum WordMemory {
    /// Makes a memory of words by address.
    static func make(_ words: [UInt64: UInt64]) -> VirtualMemory {
        let pages = Set(words.keys.map { $0 >> 12 }).sorted()
        // Page 0 is unused, page 1 the root; each virtual page gets its own chain of three tables and one page.
        var bytes = [UInt8](repeating: 0, count: (2 + 4 * pages.count) * pageByteCount)
        func write(_ value: UInt64, at offset: Int) {
            for index in 0..<8 { bytes[offset + index] = UInt8(truncatingIfNeeded: value >> (8 * UInt64(index))) }
        }
        func word(at offset: Int) -> UInt64 {
            (0..<8).reduce(0) { $0 | UInt64(bytes[offset + $1]) << (8 * UInt64($1)) }
        }
        var nextPage: UInt64 = 2
        for page in pages {
            var table: UInt64 = 1
            for level in stride(from: 3, through: 0, by: -1) {
                let slot = Int(table << 12) + 8 * Int((page >> UInt64(9 * level)) & 0x1FF)
                if word(at: slot) == 0 {
                    write((nextPage << 12) | 0x63, at: slot)
                    nextPage += 1
                }
                table = word(at: slot) >> 12 & 0xF_FFFF_FFFF
            }
            for (address, value) in words where address >> 12 == page {
                write(value, at: Int(table << 12) + Int(address & 0xFFF))
            }
        }
        let file = MappedFile(bytes: bytes)
        let run = PhysicalRun(firstPage: PageFrameNumber(0), pageCount: UInt64(bytes.count / pageByteCount))
        return VirtualMemory(
            AddressSpace(
                physicalMemory: PhysicalMemory(file: file, runs: [run], firstPageOffset: 0), directoryTableBase: 0x1000,
                levels: .four))
    }
}
