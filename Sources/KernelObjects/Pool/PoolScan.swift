import AddressTranslation
import BinaryReading
import KernelProfiles
import KernelSymbols
import MemoryImages

/// Looks through the kernel's memory for pool blocks of tokens, logon sessions and processes (`formats.md` §6).
///
/// A tag is no proof of life: freed blocks keep tags and contents. What is found here are candidates, which those who read them judge by
/// header, type and reference count, and by what else points to them.
///
/// The page tables tell which pages there are; they are then read in the order of the file, since the pages of a region lie scattered.
struct PoolScan {
    private let context: ReadingContext
    private let reading: PoolPageReading
    private let types: ObjectTypes

    /// Regions that one worker lists the pages of at a time.
    private static let regionsPerPart = 64
    private static let regionLimit = 8_000_000
    /// Regions that may lead to no page of the dump at all.
    private static let emptyRegionLimit = 65_536
    private static let kernelHalf = VirtualAddress(0xFFFF_8000_0000_0000)..<VirtualAddress(0xFFFF_FFFF_FFFF_F000)
    private static let bigPageLimit: UInt64 = 1 << 26

    init(_ context: ReadingContext, types: ObjectTypes, modules: [Module]) throws(LayoutError) {
        self.context = context
        self.types = types
        reading = PoolPageReading(
            types: types, objectHeader: try ObjectHeaderLayout(context.profile),
            sessionByteCount: try LogonSessionLayout(context.profile).byteCount,
            modules: modules.compactMap { module in
                // A damaged module may end beyond the address space.
                let end = module.base + Int(clamping: module.byteCount)
                return end < module.base ? nil : module.base..<end
            })
    }

    /// What may be a token, a logon session or a process.
    func candidates() -> PoolCandidates {
        var all = candidates(in: pages())
        all += bigBlocks()
        all.sort()
        return all
    }

    /// What the blocks in pages may be, big blocks apart.
    func candidates(in parts: [[PoolPage]]) -> PoolCandidates {
        let reading = reading
        let found = readConcurrently(parts, in: context) {
            PoolPageReader($0.memory)
        } _: { reader, part in
            reader.candidates(in: part, reading)
        }
        var all = PoolCandidates()
        for part in found { all += part }
        return all
    }

    /// The pages that may hold pool, in parts that lie side by side in the file.
    func pages() -> [[PoolPage]] {
        let space = context.kernel.addressSpace
        let range =
            space.levels == .five ? VirtualAddress(0xFF00_0000_0000_0000)..<Self.kernelHalf.upperBound : Self.kernelHalf
        let pages = Int(clamping: space.physicalMemory.presentPageCount)
        let limit = min(Self.regionLimit, pages.addingReportingOverflow(Self.emptyRegionLimit).partialValue)
        return parts(of: space.mappedRegions(in: range, limit: limit))
    }

    private func parts(of regions: [MappedRegion]) -> [[PoolPage]] {
        let lists = stride(from: 0, to: regions.count, by: Self.regionsPerPart).map {
            regions[$0..<min($0 + Self.regionsPerPart, regions.count)]
        }
        let reading = reading
        let pages = readConcurrently(lists, in: context, makeReader: \.memory) { memory, list in
            list.flatMap { reading.pages(of: $0, memory.addressSpace) }
        }
        let last = pages.lazy.flatMap(\.self).map { $0.fileOffset >> PoolPage.partShift }.max() ?? 0
        var parts: [[PoolPage]] = Array(repeating: [], count: last + 1)
        for list in pages { for page in list { parts[page.fileOffset >> PoolPage.partShift].append(page) } }
        return parts.filter { !$0.isEmpty }
    }

    /// Blocks of a page and more have no header of their own: a table lists them.
    private func bigBlocks() -> PoolCandidates {
        let memory = context.memory
        var candidates = PoolCandidates()
        guard let fields = try? FieldOffsets(of: "_POOL_TRACKER_BIG_PAGES", in: context.profile),
            let addressField = fields.optionalOffset("Va"), let keyField = fields.optionalOffset("Key", byteCount: 4),
            let table = context.address(of: "PoolBigPageTable").flatMap({ try? memory.loadAddress(at: $0) }),
            let count = context.address(of: "PoolBigPageTableSize").flatMap({ try? memory.load(UInt64.self, at: $0) }),
            table.isKernel
        else { return candidates }
        var index = 0
        while index < Int(min(count, Self.bigPageLimit)) {
            let entry = table + index * fields.layout.byteCount
            index += 1
            guard let key = try? memory.load(UInt32.self, at: entry + keyField) else {
                // The rest of a page that is absent is passed at once.
                index += (pageByteCount - (entry + keyField).pageOffset) / fields.layout.byteCount
                continue
            }
            // Bit 0 of the address marks a free slot.
            guard let tag = PoolTag(word: key), let address = try? memory.loadAddress(at: entry + addressField),
                address.rawValue & 1 == 0
            else { continue }
            switch tag {
            case .token: candidates.tokens += reading.bodies(behind: address.pageStart, of: types.token, memory)
            case .process: candidates.processes += reading.bodies(behind: address.pageStart, of: types.process, memory)
            case .logonSession: break
            }
        }
        return candidates
    }
}
