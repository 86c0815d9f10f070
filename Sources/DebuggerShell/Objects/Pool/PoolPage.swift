import AddressTranslation
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
        guard byteCount > 0, start.pageOffset + byteCount <= 0x1000, PoolTagText.isTag(tag) else { return nil }
    }
}

/// Pool tags as text.
enum PoolTagText {
    /// The four letters from the lowest byte on.
    static func text(_ tag: UInt32) -> String {
        String(decoding: bytes(tag).map { (0x20...0x7E).contains($0) ? $0 : UInt8(ascii: ".") }, as: UTF8.self)
    }

    /// Whether four bytes can be a tag: printable, the last one perhaps with the mark of protected pool.
    static func isTag(_ tag: UInt32) -> Bool { bytes(tag).allSatisfy { (0x20...0x7E).contains($0) } }

    private static func bytes(_ tag: UInt32) -> [UInt8] {
        let plain = tag & 0x7FFF_FFFF
        return (0..<4).map { UInt8(truncatingIfNeeded: plain >> UInt32(8 * $0)) }
    }

    /// What the blocks of a tag are, from `formats.md` §6.2: tag text, meaning, owner.
    private static let known: [String: (meaning: String, binary: String)] = [
        "Toke": ("Token objects", "nt!se"), "Proc": ("Process objects", "nt!ps"), "Thre": ("Thread objects", "nt!ps"),
        "SeLs": ("Logon session structures", "nt!se"),
        "SeAt": ("Security attributes, and creation records of tokens", "nt!se"),
        "SeTl": ("Token locks", "nt!se"), "SeTd": ("Token dynamic parts", "nt!se"),
        "SeSd": ("Security descriptors", "nt!se"), "Obtb": ("Handle tables", "nt!ob"),
        "ObHd": ("Handle count databases", "nt!ob"), "ObNm": ("Object names", "nt!ob"),
        "ObDi": ("Object directories", "nt!ob"), "ObjT": ("Object types", "nt!ob"),
    ]

    /// What the debugger's two tabs look like; tabs themselves are no safe text on every terminal.
    private static let margin = String(repeating: " ", count: 16)

    /// The line that explains a tag.
    static func explanation(_ tag: UInt32) -> String {
        let text = text(tag)
        guard let known = known[text] else { return margin + "Owning component : Unknown (update pooltag.txt)" }
        return margin + "Pooltag \(text) : \(known.meaning), Binary : \(known.binary)"
    }
}

/// The blocks of one page of pool.
struct PoolPage {
    /// The blocks from the start of the page on; those that a reader can be sure of.
    let blocks: [PoolBlock]
    /// Whether the headers link to each other from the start of the page to its end, as in the pool before the segment heap.
    let isChained: Bool

    /// Reads a page; nil where it is not in the dump.
    ///
    /// - Parameter address: What is looked for: where the headers do not link, only the block around it is taken.
    init?(around address: VirtualAddress, in session: ShellSession) {
        let page = address.pageStart
        guard let bytes = try? session.memory.copyBytes(at: page, count: 0x1000) else { return nil }
        func block(at offset: Int) -> PoolBlock? {
            guard offset >= 0, offset <= bytes.count - PoolBlock.unit else { return nil }
            let word = bytes[offset..<(offset + 8)].reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
            return PoolBlock(at: page + offset, word: word)
        }
        var chain: [PoolBlock] = []
        var offset = 0
        while let next = block(at: offset), next.previousByteCount == chain.last?.byteCount ?? 0 {
            chain.append(next)
            offset += next.byteCount
        }
        if chain.last?.contains(address) == true || chain.contains(where: { $0.contains(address) }) {
            blocks = chain
            isChained = true
            return
        }
        // Blocks of the segment heap do not link: the nearest header before the address that covers it.
        let first = address.pageOffset & ~(PoolBlock.unit - 1)
        let nearest = stride(from: first, through: 0, by: -PoolBlock.unit).lazy.compactMap(block)
            .first { $0.contains(address) }
        blocks = nearest.map { [$0] } ?? []
        isChained = false
    }
}
