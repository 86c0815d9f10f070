import AddressTranslation
import BinaryReading
import KernelProfiles
import KernelSymbols
import MemoryImages

/// Looks through the kernel's memory for pool blocks of token objects (`formats.md` §6).
///
/// A tag is no proof of life: freed blocks keep tags and contents. What is found here are candidates, which ``TokenReading`` judges by
/// header, type and reference count, and ``TokenDiscovery`` by their session.
struct PoolScan {
    private let context: ReadingContext
    private let reading: PoolPageReading

    /// Regions that one worker takes at a time: 32 MiB.
    private static let regionsPerPart = 16
    private static let regionLimit = 8_000_000
    private static let kernelHalf = VirtualAddress(0xFFFF_8000_0000_0000)..<VirtualAddress(0xFFFF_FFFF_FFFF_F000)
    private static let bigPageLimit: UInt64 = 1 << 26

    init(_ context: ReadingContext, types: ObjectTypes, modules: [Module]) throws(LayoutError) {
        self.context = context
        reading = PoolPageReading(
            types: types, objectHeader: try ObjectHeaderLayout(context.profile),
            modules: modules.map { $0.base..<($0.base + Int(clamping: $0.byteCount)) })
    }

    /// Addresses of what may be tokens, ascending.
    func tokenCandidates() -> [VirtualAddress] {
        let space = context.kernel.addressSpace
        let range =
            space.levels == .five ? VirtualAddress(0xFF00_0000_0000_0000)..<Self.kernelHalf.upperBound : Self.kernelHalf
        let regions = space.mappedRegions(in: range, limit: Self.regionLimit)
        let parts = stride(from: 0, to: regions.count, by: Self.regionsPerPart).map {
            Array(regions[$0..<min($0 + Self.regionsPerPart, regions.count)])
        }
        let reading = reading
        let found = readConcurrently(parts, in: context, makeReader: \.memory) { memory, part in
            let candidates = part.flatMap { reading.tokenCandidates(in: $0, memory) }
            memory.addressSpace.physicalMemory.releasePages()
            return candidates
        }
        return Set(found.joined()).union(bigBlocks()).sorted()
    }

    /// Blocks of a page and more have no header of their own: a table lists them.
    private func bigBlocks() -> [VirtualAddress] {
        let memory = context.memory
        guard let fields = try? FieldOffsets(of: "_POOL_TRACKER_BIG_PAGES", in: context.profile),
            let addressField = fields.optionalOffset("Va"), let keyField = fields.optionalOffset("Key", byteCount: 4),
            let table = context.address(of: "PoolBigPageTable").flatMap({ try? memory.loadAddress(at: $0) }),
            let count = context.address(of: "PoolBigPageTableSize").flatMap({ try? memory.load(UInt64.self, at: $0) }),
            table.isKernel
        else { return [] }
        var blocks: [VirtualAddress] = []
        for index in 0..<Int(min(count, Self.bigPageLimit)) {
            let entry = table + index * fields.layout.byteCount
            guard let key = try? memory.load(UInt32.self, at: entry + keyField) else {
                // A page of the table that is absent: go on behind it would cost a look at every entry of it.
                continue
            }
            guard PoolPageReading.isTokenTag(key), let address = try? memory.loadAddress(at: entry + addressField),
                address.rawValue & 1 == 0
            else { continue }
            blocks += reading.bodies(behind: VirtualAddress(address.rawValue & ~0xFFF), memory)
        }
        return blocks
    }
}
