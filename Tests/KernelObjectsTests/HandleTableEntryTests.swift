import BinaryReading
import KernelProfiles
import Testing

@testable import KernelObjects

/// The three packings of `_HANDLE_TABLE_ENTRY` (`formats.md` §7.4, `kernels.md`).
@Suite("Handle table entries")
struct HandleTableEntryTests {
    private func layout(_ version: String) throws -> HandleTableEntryLayout {
        try HandleTableEntryLayout(#require(BuiltInProfiles.profile(version: version)))
    }

    @Test(
        "Windows 8.1 and later: 16-bit RefCnt, header address in bits 20 to 63",
        arguments: ["6.3.9600", "10.0.17763", "10.0.22000"])
    func current(version: String) throws {
        let header: UInt64 = 0xFFFF_B808_3EA0_2650
        // Unlocked, RefCnt 0x7FFD, attributes 2, the header's address without its low four bits.
        let low: UInt64 = 1 | (0x7FFD << 1) | (2 << 17) | ((header >> 4) & 0xFFF_FFFF_FFFF) << 20
        let entry = try #require(try layout(version).entry(low: low, high: 0x0200_000F_01FF))
        #expect(entry.objectHeader == VirtualAddress(header))
        #expect(entry.chargedReferences == 0x7FFD)
        #expect(entry.attributes == 2)
        #expect(entry.access == 0x000F_01FF)
    }

    @Test("Windows 8: 19-bit RefCnt, header address in bits 23 to 63")
    func windows8() throws {
        let header: UInt64 = 0xFFFF_FA80_0123_4560
        let low: UInt64 = 1 | (5 << 1) | (1 << 20) | ((header >> 4) & 0x1FF_FFFF_FFFF) << 23
        let entry = try #require(try layout("6.2.9200").entry(low: low, high: 0x8))
        #expect(entry.objectHeader == VirtualAddress(header))
        #expect(entry.chargedReferences == 5)
        #expect(entry.access == 8)
    }

    @Test("Windows 7: a pointer with flags in its three low bits and no RefCnt")
    func windows7() throws {
        let entry = try #require(try layout("6.1.7601").entry(low: 0xFFFF_FA80_0123_4561, high: 0x1F_FFFF))
        #expect(entry.objectHeader == VirtualAddress(0xFFFF_FA80_0123_4560))
        #expect(entry.chargedReferences == 0)
        #expect(entry.attributes == 1)
        #expect(entry.access == 0x1F_FFFF)
    }

    @Test(
        "free entries and pointers into the user half are no handles",
        arguments: ["6.1.7601", "6.2.9200", "10.0.17763"])
    func free(version: String) throws {
        let layout = try layout(version)
        #expect(layout.entry(low: 0, high: 0) == nil)
        #expect(layout.entry(low: 1, high: 0x4C) == nil)
        #expect(layout.entry(low: 0x0000_0012_3456_7891, high: 0) == nil)
    }
}
