import BinaryReading
import Testing

@Suite("Addresses")
struct AddressTests {
    @Test("virtual addresses: halves, pages, canonical form")
    func virtualAddresses() {
        let kernel = VirtualAddress(0xFFFF_F803_1AC0_1234)
        #expect(kernel.isKernel)
        #expect(kernel.pageOffset == 0x234)
        #expect(kernel.pageStart == VirtualAddress(0xFFFF_F803_1AC0_1000))
        #expect(kernel.description == "0xfffff8031ac01234")
        #expect(kernel.debuggerText == "fffff803`1ac01234")
        #expect(VirtualAddress(0x7FFE_0000).debuggerText == "00000000`7ffe0000")
        #expect(!VirtualAddress(0x7FFF_FFFF_FFFF).isKernel)
        #expect(VirtualAddress.null.isNull && !kernel.isNull)
        #expect(VirtualAddress(0x0000_7FFF_FFFF_FFFF).isCanonical)
        #expect(!VirtualAddress(0x0000_8000_0000_0000).isCanonical)
        #expect(!VirtualAddress(0xFFFF_7FFF_FFFF_FFFF).isCanonical)
        #expect(VirtualAddress(0xFFFF_8000_0000_0000).isCanonical)
    }

    @Test("sums and differences wrap instead of trapping")
    func wrapping() {
        #expect(VirtualAddress(UInt64.max) + 1 == .null)
        #expect(VirtualAddress.null - 1 == VirtualAddress(UInt64.max))
        #expect(VirtualAddress(0x1000) + -0x10 == VirtualAddress(0xFF0))
        #expect(VirtualAddress(5) + Int.min == VirtualAddress(0x8000_0000_0000_0005))
        #expect(VirtualAddress(5) - Int.min == VirtualAddress(0x8000_0000_0000_0005))
        #expect(VirtualAddress(0x20).distance(from: VirtualAddress(0x8)) == 0x18)
        #expect(VirtualAddress(0x8).distance(from: VirtualAddress(0x20)) == nil)
    }

    @Test("physical addresses and pages")
    func physical() {
        let address = PhysicalAddress(0x1_0007_1ABC)
        #expect(address.page == PageFrameNumber(0x100071))
        #expect(address.pageOffset == 0xABC)
        #expect(address.page.address == PhysicalAddress(0x1_0007_1000))
        #expect(address.description == "0x100071abc")
        #expect(PhysicalAddress(.max).page == PageFrameNumber(0xF_FFFF_FFFF_FFFF))
        #expect(PageFrameNumber(.max).address == PhysicalAddress(0xFFFF_FFFF_FFFF_F000))
        #expect(PageFrameNumber(1) < PageFrameNumber(2))
        #expect(pageByteCount == 4096)
    }
}

@Suite("Bit fields")
struct BitFieldTests {
    @Test(
        "fields in a word",
        arguments: [
            (0, 1, 0xF1, 1), (4, 4, 0xF1, 0xF), (0, 64, 0xFFFF_FFFF_FFFF_FFFF, 0xFFFF_FFFF_FFFF_FFFF),
            (63, 1, 0x8000_0000_0000_0000, 1), (20, 44, 0xABCD_EF01_2345_6789, 0xABC_DEF0_1234),
        ] as [(Int, Int, UInt64, UInt64)])
    func extract(position: Int, width: Int, word: UInt64, value: UInt64) {
        let field = BitField(position: position, width: width)
        #expect(field.extract(from: word) == value)
        #expect(field.extract(from: field.insert(value, into: 0)) == value)
        #expect(field.insert(0, into: word) & field.mask == 0)
        #expect(field.insert(.max, into: 0) == field.mask)
    }

    @Test(
        "positions and widths outside a word are brought into it",
        arguments: [(-1, 8), (64, 8), (60, 8), (0, 65), (0, -1), (Int.max, Int.max), (Int.min, Int.min)])
    func clamped(position: Int, width: Int) {
        let field = BitField(position: position, width: width)
        #expect((0...63).contains(field.position))
        #expect((0...64).contains(field.width))
        #expect(field.position + field.width <= 64)
        #expect(field.mask.nonzeroBitCount == field.width)
        _ = field.extract(from: .max)
        _ = field.insert(.max, into: 0)
    }
}
