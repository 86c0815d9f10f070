public import BinaryReading
public import MemoryImages

/// How many levels the page tables have.
public enum PagingLevels: Int, Hashable, Sendable, CaseIterable {
    /// 48-bit addresses, the usual case.
    case four = 4
    /// 57-bit addresses (LA57).
    case five = 5

    var root: PageTableLevel { self == .four ? .pml4 : .pml5 }
}

/// One address space of the dumped machine: physical memory, the root of its page tables, and how this kernel writes invalid entries.
///
/// A plain value that may be shared by threads; ``VirtualMemory`` reads through it.
public struct AddressSpace: Sendable {
    /// The machine's physical memory.
    public var physicalMemory: PhysicalMemory
    /// Physical address of the top table; low bits (PCID) and bit 63 removed.
    public let directoryTableBase: PhysicalAddress
    /// Levels of paging.
    public let levels: PagingLevels
    /// How invalid entries are written.
    public var invalidEntries: InvalidEntryFormat

    /// Makes an address space.
    ///
    /// - Parameters:
    ///   - physicalMemory: The machine's memory, as a dump holds it.
    ///   - directoryTableBase: CR3 or `_KPROCESS.DirectoryTableBase` as it was read; bits that are no address are dropped.
    ///   - levels: Levels of the page tables.
    ///   - invalidEntries: What is known of the kernel's invalid entries.
    public init(
        physicalMemory: PhysicalMemory, directoryTableBase: UInt64, levels: PagingLevels,
        invalidEntries: InvalidEntryFormat = .unknownKernel
    ) {
        self.physicalMemory = physicalMemory
        self.directoryTableBase = PhysicalAddress(directoryTableBase & PageTableEntry.addressMask)
        self.levels = levels
        self.invalidEntries = invalidEntries
    }

    /// The same machine seen through another process's page tables.
    public func withDirectoryTableBase(_ directoryTableBase: UInt64) -> AddressSpace {
        AddressSpace(
            physicalMemory: physicalMemory, directoryTableBase: directoryTableBase, levels: levels,
            invalidEntries: invalidEntries)
    }

    /// Whether an address can exist: its upper bits are all equal.
    public func isCanonical(_ address: VirtualAddress) -> Bool {
        let top = Int64(bitPattern: address.rawValue) >> (levels == .four ? 47 : 56)
        return top == 0 || top == -1
    }
}
