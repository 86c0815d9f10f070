import AddressTranslation
import BinaryReading
import MemoryImages

/// Reads the pages of a pool scan, as many at once as lie side by side in the file; one for each worker.
struct PoolPageReader: ~Copyable {
    private let memory: VirtualMemory
    private var pages = PageBuffer(slotCount: Self.mostPages)

    /// 256 KiB: what stays in a processor's cache until it was looked at.
    private static let mostPages = 64

    init(_ memory: VirtualMemory) { self.memory = memory }

    /// What pages may hold, which come in any order.
    mutating func candidates(in part: [PoolPage], _ reading: PoolPageReading) -> PoolCandidates {
        var candidates = PoolCandidates()
        let memory = memory
        forEachPage(in: part) { reading.collect(in: $0, at: $1, memory, &candidates) }
        return candidates
    }

    /// Calls `body` with the bytes and the address of each page, in the order of the file; pages that cannot be read are passed.
    mutating func forEachPage(in part: [PoolPage], _ body: (RawSpan, VirtualAddress) -> Void) {
        let ordered = part.sorted { $0.fileOffset < $1.fileOffset }
        var start = 0
        while start < ordered.count {
            let run = Self.run(of: ordered, from: start)
            let isRead = pages.fill(
                slot: 0, pages: run.count, from: memory.addressSpace.physicalMemory,
                atFileOffset: ordered[start].fileOffset)
            if isRead {
                for number in run {
                    pages.withBytes(slot: number - start, offset: 0, count: pageByteCount) {
                        body($0, ordered[number].address)
                    }
                }
            }
            start = run.upperBound
        }
    }

    /// Pages that follow each other in the file.
    private static func run(of pages: [PoolPage], from start: Int) -> Range<Int> {
        var end = start + 1
        while end < pages.count, end - start < mostPages,
            pages[end].fileOffset == pages[end - 1].fileOffset + pageByteCount
        {
            end += 1
        }
        return start..<end
    }
}
