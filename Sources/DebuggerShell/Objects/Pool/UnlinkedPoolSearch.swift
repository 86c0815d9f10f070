import BinaryReading
import KernelObjects

/// Finds the block around an address where headers do not link, as in the segment heap (`formats.md` §6.4).
///
/// Where an object begins at the address, its own headers say where its block does. Elsewhere what looks most like a header is taken: blocks hold
/// text and numbers that look like one too.
struct UnlinkedPoolSearch {
    private static let largestByteCount = 0xFF0
    /// What a candidate needs beside its looks.
    private static let leastScore = 2

    private let session: ShellSession

    init(_ session: ShellSession) { self.session = session }

    /// The block; nil where nothing looks enough like one.
    func block(around address: VirtualAddress) -> PoolBlock? {
        if let block = blockOfObject(at: address) { return block }
        let first = VirtualAddress(address.rawValue & ~UInt64(PoolBlock.unit - 1))
        var best: (block: PoolBlock, score: Int)?
        for distance in stride(from: 0, through: Self.largestByteCount, by: PoolBlock.unit) {
            guard let block = block(at: first - distance), block.contains(address) else { continue }
            let score = score(block)
            if score > best?.score ?? Self.leastScore - 1 { best = (block, score) }
        }
        return best?.block
    }

    private func block(at place: VirtualAddress) -> PoolBlock? {
        guard let word = session.loadValue(byteCount: 8, at: place.rawValue, isPhysical: false) else { return nil }
        return PoolBlock(at: place, word: word)
    }

    private func blockOfObject(at address: VirtualAddress) -> PoolBlock? {
        guard let objects = try? session.objects(), let facts = objects.facts(of: address) else { return nil }
        return block(at: facts.allocation - PoolBlock.unit).flatMap { $0.contains(address) ? $0 : nil }
    }

    /// How much speaks for a header: a tag that is known or at least made of letters, a type that means "in use", and another header where the
    /// block ends, at once or behind the 16 bytes that the segment heap puts before each.
    private func score(_ block: PoolBlock) -> Int {
        guard block.type & 0xC0 == 0 else { return 0 }
        var score = PoolTagText.isKnown(block.tag) ? 3 : PoolTagText.isPlain(block.tag) ? 1 : 0
        if block.type & 2 != 0 { score += 1 }
        let end = block.start + block.byteCount
        let successors = [end, end + PoolBlock.unit].compactMap(self.block(at:))
        if successors.contains(where: { PoolTagText.isPlain($0.tag) && $0.type & 0xC0 == 0 }) { score += 2 }
        return score
    }
}
