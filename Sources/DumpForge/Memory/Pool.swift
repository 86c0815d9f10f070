/// A large pool allocation, as the kernel's table of big pages lists it.
struct BigPoolAllocation {
    let address: UInt64
    let tag: UInt32
    let byteCount: Int
    let isPaged: Bool
}

/// One of the kernel's pools: blocks with headers inside pages, whole pages for what is larger (`formats.md` §6.1).
struct Pool {
    private struct OpenPage {
        let address: UInt64
        var used = 0
        var previousSize = 0
    }

    let isPaged: Bool
    private let base: UInt64
    private var nextPage = 0
    private var open: [OpenPage] = []
    private(set) var bigAllocations: [BigPoolAllocation] = []

    init(isPaged: Bool, base: UInt64) {
        self.isPaged = isPaged
        self.base = base
    }

    /// Number of pages that were handed out.
    var pageCount: Int { nextPage }

    private mutating func takePages(_ count: Int) -> UInt64 {
        defer { nextPage += count }
        return base + UInt64(nextPage) << 12
    }

    /// A block of `byteCount` bytes; returns the address behind the pool header.
    ///
    /// Blocks that fit into no page with a header get pages of their own, and an entry in the table of big pages.
    /// - Parameters:
    ///   - isFree: The header says that the block was freed: a stale block.
    ///   - isIsolated: The block shares its page with no other.
    mutating func allocate(
        _ byteCount: Int, tag: UInt32, memory: inout KernelMemory, generator: inout ForgeGenerator,
        isFree: Bool = false, isIsolated: Bool = false
    ) -> UInt64 {
        let blockSize = (byteCount + 16 + 15) & ~15
        guard blockSize <= 0xFF0 else { return allocatePages(byteCount, tag: tag, memory: &memory) }
        if isIsolated {
            var page = OpenPage(address: takePages(1))
            let address = place(blockSize, tag: tag, isFree: isFree, in: &page, memory: &memory)
            close(page, memory: &memory)
            return address
        }
        while open.count < 4 { open.append(OpenPage(address: takePages(1))) }
        let chosen = generator.below(open.count)
        if open[chosen].used + blockSize > 4096 {
            close(open[chosen], memory: &memory)
            open[chosen] = OpenPage(address: takePages(1))
        }
        return place(blockSize, tag: tag, isFree: isFree, in: &open[chosen], memory: &memory)
    }

    /// Whole pages without a header.
    mutating func allocatePages(_ byteCount: Int, tag: UInt32, memory: inout KernelMemory) -> UInt64 {
        let pages = (byteCount + 4095) / 4096
        let address = takePages(pages)
        for page in 0..<pages { memory.touch(address + UInt64(page) << 12) }
        bigAllocations.append(
            BigPoolAllocation(address: address, tag: tag, byteCount: pages * 4096, isPaged: isPaged))
        return address
    }

    /// Ends the pages that are still open with a free block.
    mutating func closeAll(memory: inout KernelMemory) {
        for page in open { close(page, memory: &memory) }
        open = []
    }

    private func place(
        _ blockSize: Int, tag: UInt32, isFree: Bool, in page: inout OpenPage, memory: inout KernelMemory
    ) -> UInt64 {
        let header = page.address + UInt64(page.used)
        let type = isFree ? 0 : isPaged ? 3 : 2
        writeHeader(at: header, page: page, blockSize: blockSize, type: type, tag: tag, memory: &memory)
        page.used += blockSize
        page.previousSize = blockSize
        return header + 16
    }

    private func close(_ page: OpenPage, memory: inout KernelMemory) {
        let rest = 4096 - page.used
        guard rest >= 16 else { return }
        let header = page.address + UInt64(page.used)
        writeHeader(
            at: header, page: page, blockSize: min(rest, 0xFF0), type: 0, tag: PoolTag.free, memory: &memory)
    }

    private func writeHeader(
        at address: UInt64, page: OpenPage, blockSize: Int, type: Int, tag: UInt32, memory: inout KernelMemory
    ) {
        let sizes = UInt64(page.previousSize / 16) | UInt64(blockSize / 16) << 16
        memory.store(sizes | UInt64(type) << 24 | UInt64(tag) << 32, at: address)
        memory.store(0, at: address + 8)
    }
}

/// Four letters that name what a pool block is for (`formats.md` §6.2).
enum PoolTag {
    static let free = tag("Free")
    static let session = tag("SeLs")
    static let diagnostic = tag("SeAt")
    static let tokenLock = tag("SeTl")
    static let tokenDynamicPart = tag("SeTd")
    static let handleTable = tag("Obtb")
    static let objectName = tag("ObNm")
    static let processImageName = tag("SeNm")
    static let deviceMap = tag("ObDm")
    static let driver = tag("MmLd")
    static let unloadedDrivers = tag("MmDT")
    static let prototype = tag("MmSt")
    static let memoryBlock = tag("MmPb")
    static let bigPages = tag("PooL")
    static let terminalSession = tag("MmSe")

    /// The number of a tag's four letters.
    static func tag(_ text: StaticString) -> UInt32 {
        text.withUTF8Buffer { letters in
            unsafe letters.prefix(4).enumerated().reduce(0) { $0 | UInt32($1.element) << UInt32(8 * $1.offset) }
        }
    }
}
