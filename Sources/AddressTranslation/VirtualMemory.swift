public import BinaryReading
public import MemoryImages

/// Reads through one address space; keeps the pages that were read last.
///
/// Not shared between threads: each worker makes its own from the same ``AddressSpace``.
public final class VirtualMemory {
    /// What is read through.
    public let addressSpace: AddressSpace

    private static let slotCount = 512
    private static let noPage = UInt64.max
    /// Which page each slot holds.
    private var cachedPages: [UInt64]
    @usableFromInline var pages: PageBuffer
    /// Calls of ``withBytes(at:count:_:)`` that are under way: while there are any, no slot may be filled anew.
    @usableFromInline var borrowCount = 0

    /// Makes a reader that holds nothing yet.
    public init(_ addressSpace: AddressSpace) {
        self.addressSpace = addressSpace
        cachedPages = Array(repeating: Self.noPage, count: Self.slotCount)
        pages = PageBuffer(slotCount: Self.slotCount)
    }

    /// The slot that holds an address's page; nil where the page reads as zeros, or where bytes of a slot are lent out.
    @usableFromInline
    func slot(of address: VirtualAddress) throws(TranslationError) -> Int? {
        let page = address.rawValue >> 12
        let slot = Int(truncatingIfNeeded: page) & (Self.slotCount - 1)
        if cachedPages[slot] == page { return slot }
        guard borrowCount == 0, let offset = try fileOffset(of: address.pageStart) else { return nil }
        cachedPages[slot] = Self.noPage
        guard pages.fill(slot: slot, from: addressSpace.physicalMemory, atFileOffset: offset) else {
            throw beyondEndOfFile(address)
        }
        cachedPages[slot] = page
        return slot
    }

    /// File offset of an address's byte, or nil where the page reads as zeros.
    private func fileOffset(of address: VirtualAddress) throws(TranslationError) -> Int? {
        switch try addressSpace.translate(address) {
        case .zeros: nil
        case .file(let offset, _): offset + address.pageOffset
        }
    }

    /// A little-endian integer at an address of any alignment.
    ///
    /// - Throws: `TranslationError` for the first byte that cannot be read.
    @inlinable
    public func load<T: FixedWidthInteger & BitwiseCopyable>(_ type: T.Type = T.self, at address: VirtualAddress)
        throws(TranslationError) -> T
    {
        let size = MemoryLayout<T>.size
        if address.pageOffset <= pageByteCount - size, let slot = try slot(of: address) {
            return pages.loadIfPresent(T.self, slot: slot, offset: address.pageOffset) ?? 0
        }
        return try withBytes(at: address, count: size) { $0.loadIfPresent(T.self, at: 0) ?? 0 }
    }

    /// A pointer at an address.
    ///
    /// - Throws: `TranslationError` for the first byte that cannot be read.
    public func loadAddress(at address: VirtualAddress) throws(TranslationError) -> VirtualAddress {
        VirtualAddress(try load(UInt64.self, at: address))
    }

    /// Calls `body` with `count` bytes, which may lie in several pages.
    ///
    /// - Throws: `TranslationError` for the first byte that cannot be read; `body` is not called then.
    @inlinable
    public func withBytes<R>(at address: VirtualAddress, count: Int, _ body: (RawSpan) -> R) throws(TranslationError)
        -> R
    {
        if count > 0, count <= pageByteCount - address.pageOffset, let slot = try slot(of: address) {
            borrowCount += 1
            defer { borrowCount -= 1 }
            return pages.withBytes(slot: slot, offset: address.pageOffset, count: count, body)
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
            if let slot = try slot(of: position) {
                pages.withBytes(slot: slot, offset: position.pageOffset, count: part) {
                    copy.append(contentsOf: (try? $0.copyBytes(at: 0, count: part)) ?? [])
                }
            } else if let offset = try fileOffset(of: position) {
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
    private func beyondEndOfFile(_ address: VirtualAddress) -> TranslationError {
        TranslationError(
            address: address, level: .page, entry: 0, reason: .beyondEndOfFile(addressSpace.directoryTableBase))
    }
}
