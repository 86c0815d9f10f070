import AddressTranslation
import BinaryReading

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
        while let next = block(at: offset), next.previousByteCount == chain.last?.byteCount ?? 0,
            offset + next.byteCount <= bytes.count
        {
            chain.append(next)
            offset += next.byteCount
        }
        if chain.contains(where: { $0.contains(address) }) {
            blocks = chain
            isChained = true
            return
        }
        blocks = UnlinkedPoolSearch(session).block(around: address).map { [$0] } ?? []
        isChained = false
    }
}
