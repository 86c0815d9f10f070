import AddressTranslation
import BinaryReading
import MemoryImages
import Testing

@Suite("Reading virtual memory")
struct VirtualMemoryTests {
    private let start: UInt64 = 0xFFFF_A800_1234_5000

    /// Two neighbouring virtual pages that lie apart in physical memory, filled with their word's number.
    private func memory(secondPage: UInt64 = 0x22_063) -> VirtualMemory {
        var tables = PageTables(pageCount: 64)
        tables.map(start, entry: 0x30_063)
        tables.map(start + 0x1000, entry: secondPage)
        for word in UInt64(0)..<512 {
            tables.write(word, at: 0x30_000 + 8 * word)
            tables.write(0x1000 + word, at: 0x22_000 + 8 * word)
        }
        return VirtualMemory(tables.addressSpace())
    }

    @Test("integers inside a page and across its end")
    func integers() throws {
        let memory = memory()
        #expect(try memory.load(UInt64.self, at: VirtualAddress(start + 8)) == 1)
        #expect(try memory.load(UInt64.self, at: VirtualAddress(start + 0x1008)) == 0x1001)
        // The last four bytes of word 511 (zero) and the first four of word 0x1000.
        #expect(try memory.load(UInt64.self, at: VirtualAddress(start + 0xFFC)) == 0x1000_0000_0000)
    }

    @Test("spans and copies across pages are the same bytes")
    func spans() throws {
        let memory = memory()
        let copy = try memory.copyBytes(at: VirtualAddress(start + 0xFF8), count: 16)
        #expect(copy[0] == 0xFF && copy[1] == 1 && copy[8] == 0 && copy[9] == 0x10)
        let sum = try memory.withBytes(at: VirtualAddress(start + 0xFF8), count: 16) { bytes in
            (0..<16).reduce(0) { $0 + Int(bytes.loadIfPresent(UInt8.self, at: $1) ?? 0) }
        }
        #expect(sum == copy.reduce(0) { $0 + Int($1) })
    }

    @Test("a read that runs into an absent page names the first address that fails")
    func partial() {
        let memory = memory(secondPage: 0)
        do throws(TranslationError) {
            _ = try memory.copyBytes(at: VirtualAddress(start + 0xFF8), count: 16)
            Issue.record("the second page is not mapped")
        } catch {
            #expect(error.address == VirtualAddress(start + 0x1000))
            #expect(error.reason == .notMapped)
        }
        #expect(memory.isReadable(at: VirtualAddress(start), count: 0x1000))
        #expect(!memory.isReadable(at: VirtualAddress(start), count: 0x1001))
    }

    @Test("a huge count fails at the first absent page and allocates no more than was read")
    func hugeCount() {
        #expect(throws: TranslationError.self) {
            _ = try memory().copyBytes(at: VirtualAddress(start), count: Int.max)
        }
    }
}
