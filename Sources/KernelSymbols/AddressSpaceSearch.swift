import AddressTranslation
import BinaryReading
import MemoryImages

/// Finds the page tables of the kernel in a dump whose header may lie (`formats.md` §4.4, §8.2, §9 number 15).
struct AddressSpaceSearch {
    let physicalMemory: PhysicalMemory
    /// A list head that the header names, a second witness where the shared page is not in the dump.
    let loadedModuleList: VirtualAddress?

    private static let sharedUserData = VirtualAddress(0xFFFF_F780_0000_0000)
    private static let entriesPerTable = 512

    /// The address space of a root table, with the number of levels that makes sense of it; nil where none does.
    func addressSpace(of directoryTableBase: UInt64) -> AddressSpace? {
        guard directoryTableBase & 0x000F_FFFF_FFFF_F000 != 0 else { return nil }
        for levels in PagingLevels.allCases {
            let space = AddressSpace(
                physicalMemory: physicalMemory, directoryTableBase: directoryTableBase, levels: levels)
            if makesSense(space) { return space }
        }
        return nil
    }

    /// Looks at every page for a root table: one whose self-map entry points at itself.
    func addressSpaceByScan() -> AddressSpace? {
        for run in physicalMemory.presentRuns {
            for index in 0..<run.pageCount {
                let page = PageFrameNumber(run.firstPage.rawValue &+ index)
                guard isSelfMapped(page), let space = addressSpace(of: page.address.rawValue) else { continue }
                return space
            }
        }
        return nil
    }

    /// Whether the page user and kernel share reads as Windows fills it, or the module list closes on itself.
    private func makesSense(_ space: AddressSpace) -> Bool {
        let memory = VirtualMemory(space)
        let shared = try? memory.withBytes(at: Self.sharedUserData, count: 0x280) { bytes in
            let major = bytes.loadIfPresent(UInt32.self, at: 0x26C) ?? 0
            let minor = bytes.loadIfPresent(UInt32.self, at: 0x270) ?? .max
            return (major == 6 || major == 10) && minor <= 3 && bytes.loadIfPresent(UInt16.self, at: 0x2C) == 0x8664
                && bytes.loadIfPresent(UInt16.self, at: 0x32) == 0x3A
        }
        if let shared { return shared }
        guard let head = loadedModuleList, head.isKernel, let first = try? memory.loadAddress(at: head) else {
            return false
        }
        return first != head && (try? memory.loadAddress(at: first + 8)) == head
    }

    /// Whether an entry of the upper half is present and points at the table itself: fixed at 0x1ED before 14393, random since.
    private func isSelfMapped(_ page: PageFrameNumber) -> Bool {
        guard let offset = physicalMemory.fileOffset(of: page) else { return false }
        for index in (Self.entriesPerTable / 2)..<Self.entriesPerTable {
            guard let entry = physicalMemory.loadIfPresent(UInt64.self, atFileOffset: offset + 8 * index) else {
                return false
            }
            if entry & 1 == 1, (entry & 0x000F_FFFF_FFFF_F000) >> 12 == page.rawValue { return true }
        }
        return false
    }
}
