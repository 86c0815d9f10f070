public import BinaryReading
public import MemoryImages

/// Reads through one address space, with a small cache of translations (a TLB).
///
/// Not shared between threads: each worker makes its own from the same ``AddressSpace``, which costs 16 KiB.
public final class VirtualMemory {
    /// What is read through.
    public let addressSpace: AddressSpace

    private static let slotCount = 1024
    private static let noPage = UInt64.max
    private var cachedPages: [UInt64]
    private var cachedOffsets: [Int]
    private var lastBlock = -1
    private var blocksSinceRelease = 0
    private var touchedOffsets = 0..<0
    /// The system brings in sixteen pages of a file at a time.
    private static let blockShift = 16
    /// Blocks after which the file's pages are let go, so that a reader has 32 MiB of it in memory at most.
    private static let blocksBetweenReleases = 512

    /// Makes a reader with an empty cache.
    public init(_ addressSpace: AddressSpace) {
        self.addressSpace = addressSpace
        cachedPages = Array(repeating: Self.noPage, count: Self.slotCount)
        cachedOffsets = Array(repeating: 0, count: Self.slotCount)
    }

    /// File offset of an address's byte, or nil where the page reads as zeros.
    @usableFromInline
    func fileOffset(of address: VirtualAddress) throws(TranslationError) -> Int? {
        let page = address.rawValue >> 12
        let slot = Int(truncatingIfNeeded: page) & (Self.slotCount - 1)
        if cachedPages[slot] == page { return cachedOffsets[slot] + address.pageOffset }
        switch try addressSpace.translate(address) {
        case .zeros: return nil
        case .file(let offset, _):
            cachedPages[slot] = page
            cachedOffsets[slot] = offset
            countBlock(of: offset)
            return offset + address.pageOffset
        }
    }

    private func countBlock(of offset: Int) {
        let block = offset >> Self.blockShift
        guard block != lastBlock else { return }
        lastBlock = block
        blocksSinceRelease += 1
        let start = block << Self.blockShift
        let end = start + (1 << Self.blockShift)
        touchedOffsets =
            touchedOffsets.isEmpty
            ? start..<end : min(start, touchedOffsets.lowerBound)..<max(end, touchedOffsets.upperBound)
        guard blocksSinceRelease == Self.blocksBetweenReleases else { return }
        addressSpace.physicalMemory.releasePages(inFileOffsets: touchedOffsets)
        blocksSinceRelease = 0
        touchedOffsets = 0..<0
    }

    /// A little-endian integer at an address of any alignment.
    ///
    /// - Throws: `TranslationError` for the first byte that cannot be read.
    public func load<T: FixedWidthInteger & BitwiseCopyable>(_ type: T.Type = T.self, at address: VirtualAddress)
        throws(TranslationError) -> T
    {
        let size = MemoryLayout<T>.size
        guard address.pageOffset <= pageByteCount - size else {
            return try withBytes(at: address, count: size) { $0.loadIfPresent(T.self, at: 0) ?? 0 }
        }
        guard let offset = try fileOffset(of: address) else { return 0 }
        guard let value = addressSpace.physicalMemory.loadIfPresent(T.self, atFileOffset: offset) else {
            throw beyondEndOfFile(address)
        }
        return value
    }

    /// A pointer at an address.
    ///
    /// - Throws: `TranslationError` for the first byte that cannot be read.
    public func loadAddress(at address: VirtualAddress) throws(TranslationError) -> VirtualAddress {
        VirtualAddress(try load(UInt64.self, at: address))
    }

    /// Calls `body` with `count` bytes: directly inside the mapped file where they lie in one page, else a copy.
    ///
    /// - Throws: `TranslationError` for the first byte that cannot be read; `body` is not called then.
    @inlinable
    public func withBytes<R>(at address: VirtualAddress, count: Int, _ body: (RawSpan) -> R) throws(TranslationError)
        -> R
    {
        if count > 0, count <= pageByteCount - address.pageOffset, let offset = try fileOffset(of: address) {
            let memory = addressSpace.physicalMemory
            guard let result = memory.withBytes(atFileOffset: offset, count: count, body) else {
                throw beyondEndOfFile(address)
            }
            return result
        }
        let copy = try copyBytes(at: address, count: count)
        return unsafe body(copy.span.bytes)
    }

    /// A copy of `count` bytes, which may lie in several pages.
    ///
    /// - Throws: `TranslationError` for the first byte that cannot be read; no more is allocated than was read before.
    public func copyBytes(at address: VirtualAddress, count: Int) throws(TranslationError) -> [UInt8] {
        var copy: [UInt8] = []
        var position = address
        while copy.count < count {
            let part = min(count - copy.count, pageByteCount - position.pageOffset)
            if let offset = try fileOffset(of: position) {
                let bytes = addressSpace.physicalMemory.withBytes(atFileOffset: offset, count: part) {
                    (try? $0.copyBytes(at: 0, count: part)) ?? []
                }
                guard let bytes else { throw beyondEndOfFile(position) }
                copy.append(contentsOf: bytes)
            } else {
                copy.append(contentsOf: repeatElement(0, count: part))
            }
            position = position + part
        }
        return copy
    }

    /// Whether every byte of a range can be read.
    public func isReadable(at address: VirtualAddress, count: Int) -> Bool {
        guard count > 0 else { return true }
        var page = address.pageStart
        let last = (address + (count - 1)).pageStart
        while page <= last {
            guard (try? fileOffset(of: page)) != nil else { return false }
            guard page < last else { return true }
            page = page + pageByteCount
        }
        return false
    }

    /// `PhysicalMemory` offers only pages that lie wholly in the file, so this answers a file that shrank while it was read.
    @usableFromInline
    func beyondEndOfFile(_ address: VirtualAddress) -> TranslationError {
        TranslationError(
            address: address, level: .page, entry: 0, reason: .beyondEndOfFile(addressSpace.directoryTableBase))
    }
}
