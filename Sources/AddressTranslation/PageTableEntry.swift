public import BinaryReading

/// The level of the x64 page tables at which something was found; `page` is the page itself.
public enum PageTableLevel: Int, Hashable, Comparable, Sendable, CustomStringConvertible {
    /// The 4 KiB page that the walk led to.
    case page = 0
    /// Page table: bits 20...12 of the address.
    case pt = 1
    /// Page directory: bits 29...21.
    case pd = 2
    /// Page directory pointer table: bits 38...30.
    case pdpt = 3
    /// Page map level 4: bits 47...39.
    case pml4 = 4
    /// Page map level 5: bits 56...48, only with five-level paging.
    case pml5 = 5

    /// Orders from the page up to the root.
    public static func < (left: PageTableLevel, right: PageTableLevel) -> Bool { left.rawValue < right.rawValue }

    /// The field's name of an entry of this level: `PTE`, `PDE`, `PDPTE`, `PML4E`, `PML5E`.
    public var description: String {
        switch self {
        case .page: "page"
        case .pt: "PTE"
        case .pd: "PDE"
        case .pdpt: "PDPTE"
        case .pml4: "PML4E"
        case .pml5: "PML5E"
        }
    }

    /// Position of the lowest address bit that selects an entry at this level.
    @usableFromInline
    var indexShift: UInt64 { UInt64(12 + 9 * (rawValue - 1)) }
}

/// An entry of a page table at any level, as the processor reads it (`formats.md` §5.1).
@usableFromInline
struct PageTableEntry: Hashable, Sendable {
    @usableFromInline
    let rawValue: UInt64

    @inlinable
    init(_ rawValue: UInt64) { self.rawValue = rawValue }

    /// Bits 51...12: where the next table or the page lies.
    @usableFromInline
    static let addressMask: UInt64 = 0x000F_FFFF_FFFF_F000

    /// Bit 0. Everything else means something else where it is clear.
    @inlinable
    var isPresent: Bool { rawValue & 1 == 1 }

    /// Bit 7 of a present PDE or PDPTE: the entry maps a large page itself.
    @inlinable
    var isLargePage: Bool { rawValue & 0x81 == 0x81 }

    /// The table or page that a present entry points to.
    @inlinable
    var address: PhysicalAddress { PhysicalAddress(rawValue & Self.addressMask) }
}
