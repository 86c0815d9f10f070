import AddressTranslation
import BinaryReading
import MemoryImages

/// Where the kernel image lies.
struct ImagePlace: Sendable {
    let base: VirtualAddress
    let byteCount: Int

    /// No kernel image is larger.
    static let largestImage = 64 << 20
    /// What is searched where the image's header does not tell its size.
    private static let usualImage: UInt64 = 24 << 20

    init(base: VirtualAddress, byteCount: UInt64?) {
        self.base = base
        self.byteCount = Int(min(byteCount ?? Self.usualImage, UInt64(Self.largestImage)))
    }

    /// Whether an address lies in the image.
    func contains(_ address: VirtualAddress) -> Bool {
        address.distance(from: base).map { $0 < UInt64(byteCount) } ?? false
    }

    /// The distance of an address in the image from its base.
    func rva(of address: VirtualAddress) -> UInt32? {
        guard let distance = address.distance(from: base), distance < UInt64(byteCount) else { return nil }
        return UInt32(exactly: distance)
    }
}

/// All pointers that lead from the resident pages of the kernel image to kernel memory outside of it: where its variables are that the
/// walks need. No section flag is trusted.
struct ImagePointers {
    struct Entry: Hashable, Sendable {
        let rva: UInt32
        let value: VirtualAddress
    }

    /// In ascending order of their place.
    private(set) var entries: [Entry] = []
    /// The same, but of those that lead to one address only the first.
    private(set) var distinct: [Entry] = []
    /// Places at which a block with the tag of KDBG may begin.
    private(set) var debuggerBlocks: [VirtualAddress] = []

    /// More than any kernel's data sections can hold.
    private static let limit = 1 << 17
    private static let regionLimit = 64
    private static let blockLimit = 16

    /// Looks at every resident page once.
    init(of place: ImagePlace, in space: AddressSpace) {
        let end = place.base + place.byteCount
        guard place.base < end else { return }
        for region in space.mappedRegions(in: place.base..<end, limit: Self.regionLimit) {
            space.forEachPage(of: region) { page, offset in
                guard let rva = place.rva(of: page) else { return }
                _ = space.physicalMemory.withBytes(atFileOffset: offset, count: pageByteCount) { bytes in
                    collect(bytes, page: page, rva: rva, place, space)
                }
            }
        }
        var seen = Set<VirtualAddress>()
        distinct = entries.filter { seen.insert($0.value).inserted }
    }

    private mutating func collect(
        _ bytes: RawSpan, page: VirtualAddress, rva: UInt32, _ place: ImagePlace, _ space: AddressSpace
    ) {
        guard bytes.byteCount >= pageByteCount else { return }
        for slot in 0..<(pageByteCount / 8) {
            let word = UInt64(
                littleEndian: unsafe bytes.unsafeLoadUnaligned(fromUncheckedByteOffset: slot &* 8, as: UInt64.self))
            // Most words are neither: code, zeros, numbers.
            guard word >> 63 == 1 || DebuggerData.isTag(word) else { continue }
            take(word, at: slot * 8, of: page, rva: rva, place, space)
        }
    }

    private mutating func take(
        _ word: UInt64, at offset: Int, of page: VirtualAddress, rva: UInt32, _ place: ImagePlace, _ space: AddressSpace
    ) {
        if DebuggerData.isTag(word), debuggerBlocks.count < Self.blockLimit {
            debuggerBlocks.append(page + (offset - DebuggerData.tagOffset))
        }
        let value = VirtualAddress(word)
        guard value.isKernel, word & 7 == 0, space.isCanonical(value), !place.contains(value),
            entries.count < Self.limit
        else { return }
        entries.append(Entry(rva: rva &+ UInt32(offset), value: value))
    }

    /// The places that hold a pointer to an address, ascending.
    func places(of value: VirtualAddress) -> [UInt32] { entries.lazy.filter { $0.value == value }.map(\.rva) }
}
