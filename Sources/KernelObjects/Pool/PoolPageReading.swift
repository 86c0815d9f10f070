import AddressTranslation
import BinaryReading
import MemoryImages

/// What the pool scan found that may be a token, a logon session or a process; each ascending, without doubles.
struct PoolCandidates: Sendable {
    var tokens: [VirtualAddress] = []
    var logonSessions: [VirtualAddress] = []
    var processes: [VirtualAddress] = []

    static func += (left: inout PoolCandidates, right: PoolCandidates) {
        left.tokens += right.tokens
        left.logonSessions += right.logonSessions
        left.processes += right.processes
    }

    mutating func sort() {
        tokens = Set(tokens).sorted()
        logonSessions = Set(logonSessions).sorted()
        processes = Set(processes).sorted()
    }
}

/// Looks at single pages for pool headers with the tags of tokens, logon sessions and processes; shared by all workers.
struct PoolPageReading: Sendable {
    let types: ObjectTypes
    let objectHeader: ObjectHeaderLayout
    /// Bytes of an entry of the logon-session table.
    let sessionByteCount: Int
    /// Memory of modules, which holds no pool.
    let modules: [Range<VirtualAddress>]

    /// `_POOL_HEADER`, and the alignment of blocks.
    private static let headerByteCount = 0x10
    /// What can stand between a block's start and the object's header: optional headers in any sum of theirs.
    private static let largestOptionalHeaders = 0xA0

    private struct Block {
        let header: VirtualAddress
        let tag: PoolTag
        /// `BlockSize` in bytes.
        let byteCount: Int
        /// `PoolType`; zero where the block is free (before the segment heap, which keeps stale headers).
        let type: UInt8
    }

    /// What may be looked for in a region.
    func candidates(in region: MappedRegion, _ memory: VirtualMemory) -> PoolCandidates {
        let last = region.start + (MappedRegion.byteCount - 1)
        if modules.contains(where: { $0.contains(region.start) && $0.contains(last) }) { return PoolCandidates() }
        let space = memory.addressSpace
        var blocks: [Block] = []
        space.forEachPage(of: region) { page, offset in
            _ = space.physicalMemory.withBytes(atFileOffset: offset, count: pageByteCount) { bytes in
                collectBlocks(in: bytes, page: page, &blocks)
            }
        }
        var candidates = PoolCandidates()
        for block in blocks where block.type != 0 { add(block, to: &candidates, memory) }
        return candidates
    }

    private func add(_ block: Block, to candidates: inout PoolCandidates, _ memory: VirtualMemory) {
        let start = block.header + Self.headerByteCount
        switch block.tag {
        case .token: candidates.tokens += bodies(behind: start, of: types.token, memory)
        case .process: candidates.processes += bodies(behind: start, of: types.process, memory)
        case .logonSession:
            // Nodes of token lists carry the same tag and are smaller.
            guard block.byteCount >= sessionByteCount + Self.headerByteCount else { return }
            candidates.logonSessions.append(start)
        }
    }

    /// The tag lies at +4 of a header, and headers are aligned to 16 bytes. A page that holds none is passed with one look at each.
    private func collectBlocks(in bytes: RawSpan, page: VirtualAddress, _ blocks: inout [Block]) {
        guard Self.mayHoldTag(bytes) else { return }
        for offset in stride(from: 0, to: pageByteCount, by: 16) {
            guard let tag = PoolTag(word: bytes.value(at: offset + 4)) else { continue }
            blocks.append(
                Block(
                    header: page + offset, tag: tag, byteCount: 16 * Int(bytes.value(UInt8.self, at: offset + 2)),
                    type: bytes.value(at: offset + 3)))
        }
    }

    private static func mayHoldTag(_ bytes: RawSpan) -> Bool {
        var hits: UInt32 = 0
        guard bytes.byteCount >= pageByteCount else { return false }
        for slot in 0..<(pageByteCount / 16) {
            let word = unsafe bytes.unsafeLoadUnaligned(fromUncheckedByteOffset: slot &* 16 &+ 4, as: UInt32.self)
            hits |= PoolTag.isTag(UInt32(littleEndian: word))
        }
        return hits != 0
    }

    /// Bodies of objects of a type whose header lies behind a block's start, with as many optional headers before it as the header itself says.
    func bodies(behind start: VirtualAddress, of type: UInt8?, _ memory: VirtualMemory) -> [VirtualAddress] {
        guard type != nil else { return [] }
        return stride(from: 0, through: Self.largestOptionalHeaders, by: 0x10).compactMap { distance in
            let address = start + distance
            let header = try? memory.withBytes(at: address, count: objectHeader.bodyOffset) {
                objectHeader.header(in: $0)
            }
            guard let header, types.mayBe(type, header, at: address),
                objectHeader.optionalByteCount(header.infoMask) == distance, header.pointerCount > 0
            else { return nil }
            return address + objectHeader.bodyOffset
        }
    }
}
