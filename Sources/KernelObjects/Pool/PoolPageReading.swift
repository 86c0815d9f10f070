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

/// A page of kernel memory that may hold pool.
struct PoolPage: Sendable {
    let fileOffset: Int
    let address: VirtualAddress

    /// Pages of so many bytes of the file, as a shift, are one worker's part: 16 MiB.
    static let partShift = 24
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

    /// The pages of a region that may hold pool.
    func pages(of region: MappedRegion, _ space: AddressSpace) -> [PoolPage] {
        let last = region.start + (MappedRegion.byteCount - 1)
        if modules.contains(where: { $0.contains(region.start) && $0.contains(last) }) { return [] }
        var pages: [PoolPage] = []
        space.forEachPage(of: region) { pages.append(PoolPage(fileOffset: $1, address: $0)) }
        return pages
    }

    /// Adds what a page may hold. The tag lies at +4 of a header, and headers are aligned to 16 bytes. A page that holds none is passed with
    /// one look at each.
    func collect(
        in bytes: RawSpan, at page: VirtualAddress, _ memory: VirtualMemory, _ candidates: inout PoolCandidates
    ) {
        guard Self.mayHoldTag(bytes) else { return }
        for offset in stride(from: 0, to: pageByteCount, by: Self.headerByteCount) {
            guard let tag = PoolTag(word: bytes.value(at: offset + 4)), bytes.value(UInt8.self, at: offset + 3) != 0
            else {
                // `PoolType` is zero where the block is free (before the segment heap, which keeps stale headers).
                continue
            }
            let start = page + (offset + Self.headerByteCount)
            switch tag {
            case .token: candidates.tokens += bodies(behind: start, of: types.token, memory, bytes, at: page)
            case .process: candidates.processes += bodies(behind: start, of: types.process, memory, bytes, at: page)
            case .logonSession:
                // Nodes of token lists carry the same tag and are smaller. `BlockSize` counts 16 bytes.
                let byteCount = 16 * Int(bytes.value(UInt8.self, at: offset + 2))
                guard byteCount >= sessionByteCount + Self.headerByteCount else { continue }
                candidates.logonSessions.append(start)
            }
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

    /// Bodies of objects of a type whose header lies behind a block's start, with as many optional headers before it as the header itself
    /// says.
    func bodies(behind start: VirtualAddress, of type: UInt8?, _ memory: VirtualMemory) -> [VirtualAddress] {
        bodies(behind: start, of: type) { address in
            try? memory.withBytes(at: address, count: objectHeader.bodyOffset) { objectHeader.header(in: $0) }
        }
    }

    /// The same for a block that starts in a page at hand.
    private func bodies(
        behind start: VirtualAddress, of type: UInt8?, _ memory: VirtualMemory, _ bytes: RawSpan,
        at page: VirtualAddress
    ) -> [VirtualAddress] {
        bodies(behind: start, of: type) { address in
            if let offset = address.distance(from: page), offset <= UInt64(pageByteCount - objectHeader.bodyOffset) {
                return objectHeader.header(in: bytes, at: Int(offset))
            }
            return try? memory.withBytes(at: address, count: objectHeader.bodyOffset) { objectHeader.header(in: $0) }
        }
    }

    private func bodies(
        behind start: VirtualAddress, of type: UInt8?, header: (VirtualAddress) -> ObjectHeader?
    ) -> [VirtualAddress] {
        guard type != nil else { return [] }
        return stride(from: 0, through: Self.largestOptionalHeaders, by: 0x10).compactMap { distance in
            let address = start + distance
            guard let header = header(address), types.mayBe(type, header, at: address),
                objectHeader.optionalByteCount(header.infoMask) == distance, header.pointerCount > 0
            else { return nil }
            return address + objectHeader.bodyOffset
        }
    }
}
