import AddressTranslation
import BinaryReading

/// A plain KDBG of the kernel in a dump (`formats.md` §3.1); an encoded one says nothing to who has no symbols.
struct DebuggerData {
    let address: VirtualAddress
    private let bytes: [UInt8]

    /// `KDBG`, the tag at +0x10, with the size behind it.
    private static let tag: UInt32 = 0x4742_444B
    private static let sizes: Range<UInt32> = 0x290..<0x1000
    static let tagOffset = 0x10

    /// Reads the block at an address; nil where there is none of the kernel at `base`.
    init?(at address: VirtualAddress, base: VirtualAddress, in memory: VirtualMemory) {
        guard address.isKernel, let word = try? memory.load(UInt64.self, at: address + Self.tagOffset),
            Self.isTag(word), (try? memory.loadAddress(at: address + 0x18)) == base,
            let bytes = try? memory.copyBytes(at: address, count: Int(word >> 32))
        else { return nil }
        self.address = address
        self.bytes = bytes
    }

    /// Whether a word of memory is tag and size of such a block.
    @inline(__always)
    static func isTag(_ word: UInt64) -> Bool {
        UInt32(truncatingIfNeeded: word) == tag && sizes.contains(UInt32(truncatingIfNeeded: word >> 32))
    }

    /// An address of a variable; nil where the block is too short or leaves it out.
    func address(at offset: Int) -> VirtualAddress? {
        guard let value = unsafe bytes.span.bytes.loadIfPresent(UInt64.self, at: offset) else { return nil }
        let address = VirtualAddress(value)
        return address.isKernel ? address : nil
    }

    /// A size or an offset of two bytes; nil where the block is too short or leaves it at zero.
    func number(at offset: Int) -> Int? {
        guard let value = unsafe bytes.span.bytes.loadIfPresent(UInt16.self, at: offset), value != 0 else { return nil }
        return Int(value)
    }
}
