import BinaryReading

/// A block that a `_POOL_HEADER` heads (`formats.md` §6.1).
struct PoolBlock: Hashable {
    /// The header.
    let start: VirtualAddress
    /// Bytes, header included.
    let byteCount: Int
    /// Bytes of the block before.
    let previousByteCount: Int
    /// `PoolType`: 0 free, bit 0 paged, bit 1 in use.
    let type: UInt8
    /// The four letters.
    let tag: UInt32

    /// Bytes of a header, and the unit of sizes.
    static let unit = 0x10

    /// Whether an address lies in the block.
    func contains(_ address: VirtualAddress) -> Bool {
        address.distance(from: start).map { $0 < UInt64(byteCount) } ?? false
    }

    /// Decodes the first word of a header; nil where no header can say that.
    init?(at start: VirtualAddress, word: UInt64) {
        byteCount = Int(word >> 16 & 0xFF) * Self.unit
        previousByteCount = Int(word & 0xFF) * Self.unit
        type = UInt8(word >> 24 & 0xFF)
        // The highest bit of the tag marks protected pool.
        tag = UInt32(word >> 32)
        self.start = start
        guard byteCount > 0, PoolTagText.isTag(tag) else { return nil }
    }
}
