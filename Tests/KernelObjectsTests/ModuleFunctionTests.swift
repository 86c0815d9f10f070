import BinaryReading
import KernelProfiles
import KernelSymbols
import Testing

@testable import KernelObjects

/// Names of places in an image whose table of functions is laid out beside the assertion.
@Suite("Functions of a module")
struct ModuleFunctionTests {
    private static let base: UInt64 = 0xFFFF_F800_0000_0000

    /// Symbols that reach up to the next one, as public symbols do.
    private struct Symbols: ModuleSymbols {
        func function(containing rva: UInt32) -> KernelProfile.Function? {
            let all: [(String, UInt32)] = [("First", 0x1000), ("Leaf", 0x1200), ("Second", 0x2F00), ("Third", 0x3080)]
            guard let index = all.lastIndex(where: { $0.1 <= rva }) else { return nil }
            let end = index + 1 < all.count ? all[index + 1].1 : 0x4000
            return KernelProfile.Function(name: all[index].0, rva: all[index].1, extent: end - all[index].1)
        }
    }

    /// Three functions; the second entry is a part of the first function.
    fileprivate static let image: [UInt64: UInt64] = {
        var bytes = [UInt8](repeating: 0, count: 0x1000)
        func put(_ value: UInt64, _ byteCount: Int, at offset: Int) {
            for index in 0..<byteCount { bytes[offset + index] = UInt8(truncatingIfNeeded: value >> UInt64(8 * index)) }
        }
        let header = 0x80
        for (offset, value, byteCount) in [
            (0, 0x5A4D, 2), (0x3C, UInt64(header), 4), (header, 0x4550, 4), (header + 4, 0x8664, 2),
            (header + 0x18, 0x20B, 2), (header + 0x50, 0x8000, 4), (header + 0x84, 16, 4), (header + 0xA0, 0x400, 4),
            (header + 0xA4, 36, 4),
        ] as [(Int, UInt64, Int)] { put(value, byteCount, at: offset) }
        let entries: [(UInt64, UInt64, UInt64)] = [
            (0x1000, 0x1100, 0x600), (0x2000, 0x2080, 0x610), (0x3000, 0x3100, 0x600),
        ]
        for (index, entry) in entries.enumerated() {
            put(entry.0, 4, at: 0x400 + 12 * index)
            put(entry.1, 4, at: 0x404 + 12 * index)
            put(entry.2, 4, at: 0x408 + 12 * index)
        }
        put(1, 1, at: 0x600)
        // Version 1, chained, one code, which is padded to two; then the entry that it continues.
        put(0x21, 1, at: 0x610)
        put(1, 1, at: 0x612)
        put(0x1000, 4, at: 0x618)
        put(0x1100, 4, at: 0x61C)
        put(0x600, 4, at: 0x620)
        var words: [UInt64: UInt64] = [:]
        for offset in stride(from: 0, to: bytes.count, by: 8) {
            words[base + UInt64(offset)] = (0..<8).reduce(0) { $0 | UInt64(bytes[offset + $1]) << UInt64(8 * $1) }
        }
        return words
    }()

    private func place(at rva: UInt32, in words: [UInt64: UInt64] = image) throws -> String? {
        let memory = WordMemory.make(words)
        let image = try #require(PortableExecutable(at: VirtualAddress(Self.base), in: memory))
        let table = RuntimeFunctions(of: image, in: memory)
        return ModuleFunctionReading.place(at: rva, table) { Symbols().function(containing: $0) }.map {
            "\($0.name)+\($0.displacement.hexText)"
        }
    }

    @Test(
        "a name reaches to the end of its function, and to its other parts",
        arguments: [
            (0x1050, "First+0x50"), (0x10FF, "First+0xff"),
            // Behind the function's end, before the next symbol; then a function without an entry.
            (0x1100, nil), (0x11FF, nil), (0x1210, "Leaf+0x10"),
            // A part of the first function, which lies behind another symbol.
            (0x2010, "First+0x1010"), (0x2080, "Leaf+0xe80"),
            // The symbol before it is another function's; then a symbol inside the function.
            (0x3010, nil), (0x3090, "Third+0x10"), (0x3100, nil), (0x0FFF, nil),
        ] as [(UInt32, String?)])
    func names(rva: UInt32, name: String?) throws { #expect(try place(at: rva) == name) }

    @Test("where the table cannot be read, the next symbol ends the name") func unreadableTable() throws {
        var words = Self.image
        // The table is said to lie in a page that is not there.
        words[Self.base + 0x120] = 0x24_0000_2000
        #expect(try place(at: 0x1150, in: words) == "First+0x150")
        #expect(try place(at: 0x3010, in: words) == "Second+0x110")
    }

    @Test("a chain that never ends names nothing") func endlessChain() throws {
        var words = Self.image
        // The part continues itself.
        words[Self.base + 0x618] = 0x2080_0000_2000
        words[Self.base + 0x620] = 0x610
        #expect(try place(at: 0x2010, in: words) == nil)
    }
}
