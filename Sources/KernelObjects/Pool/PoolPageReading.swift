import AddressTranslation
import BinaryReading
import MemoryImages

/// Looks at single pages for pool headers with the tag of tokens; shared by all workers.
struct PoolPageReading: Sendable {
    let types: ObjectTypes
    let objectHeader: ObjectHeaderLayout
    /// Memory of modules, which holds no pool.
    let modules: [Range<VirtualAddress>]

    /// `Toke`, and `Tok` with the bit of protected blocks on its last byte, as Windows 7 writes it.
    private static let tag: UInt32 = 0x656B_6F54
    private static let protectedBit: UInt32 = 0x8000_0000
    /// `_POOL_HEADER` and the alignment of blocks.
    private static let poolHeaderByteCount = 0x10
    /// What can stand between a block's start and the object's header: optional headers in any sum of theirs.
    private static let largestOptionalHeaders = 0xA0

    static func isTokenTag(_ tag: UInt32) -> Bool { tag & ~protectedBit == self.tag }

    /// Addresses of what may be tokens in a region.
    func tokenCandidates(in region: MappedRegion, _ memory: VirtualMemory) -> [VirtualAddress] {
        if modules.contains(where: {
            $0.contains(region.start) && $0.contains(region.start + (MappedRegion.byteCount - 1))
        }) {
            return []
        }
        let space = memory.addressSpace
        var headers: [VirtualAddress] = []
        space.forEachPage(of: region) { page, offset in
            _ = space.physicalMemory.withBytes(atFileOffset: offset, count: pageByteCount) { bytes in
                collectHeaders(in: bytes, page: page, &headers)
            }
        }
        return headers.flatMap { bodies(behind: $0 + Self.poolHeaderByteCount, memory) }
    }

    /// The tag lies at +4 of a header, and headers are aligned to 16 bytes. A page that holds none is passed with one look at each.
    private func collectHeaders(in bytes: RawSpan, page: VirtualAddress, _ headers: inout [VirtualAddress]) {
        guard Self.mayHoldTag(bytes) else { return }
        for offset in stride(from: 0, to: pageByteCount, by: 16) {
            let tag = bytes.loadIfPresent(UInt32.self, at: offset + 4) ?? 0
            if Self.isTokenTag(tag) { headers.append(page + offset) }
        }
    }

    /// Whether any 16-byte slot of a page has a tag of tokens: without branches, so that the compiler can take many at a time.
    private static func mayHoldTag(_ bytes: RawSpan) -> Bool {
        var hits: UInt32 = 0
        guard bytes.byteCount >= pageByteCount else { return false }
        for slot in 0..<(pageByteCount / 16) {
            let tag = unsafe bytes.unsafeLoadUnaligned(fromUncheckedByteOffset: slot &* 16 &+ 4, as: UInt32.self)
            hits |= isTokenTag(UInt32(littleEndian: tag)) ? 1 : 0
        }
        return hits != 0
    }

    /// Bodies of objects whose header lies behind a block's start, with as many optional headers before it as the header itself says.
    func bodies(behind start: VirtualAddress, _ memory: VirtualMemory) -> [VirtualAddress] {
        stride(from: 0, through: Self.largestOptionalHeaders, by: 0x10).compactMap { distance in
            let address = start + distance
            let header = try? memory.withBytes(at: address, count: objectHeader.bodyOffset) {
                objectHeader.header(in: $0)
            }
            guard let header, types.token != nil, types.mayBe(types.token, header, at: address),
                objectHeader.optionalByteCount(header.infoMask) == distance, header.pointerCount > 0
            else { return nil }
            return address + objectHeader.bodyOffset
        }
    }
}
