public import BinaryReading
import MemoryImages

/// Where the bytes of a virtual page are.
public enum PageContent: Hashable, Sendable {
    /// In the dump file: byte offset of the page's start there, and its page frame.
    case file(offset: Int, page: PageFrameNumber)
    /// Nowhere, because it was never written: 4096 zero bytes.
    case zeros
}

extension AddressSpace {
    /// Walks the page tables for an address.
    ///
    /// Transition entries are followed, prototype entries once (`formats.md` §5.4). Nothing is allocated.
    ///
    /// - Returns: Where the 4 KiB page that holds the address lies.
    /// - Throws: `TranslationError` with the level, the entry and the reason.
    public func translate(_ address: VirtualAddress) throws(TranslationError) -> PageContent {
        try translate(address, mayFollowPrototype: true)
    }

    private func translate(_ address: VirtualAddress, mayFollowPrototype: Bool) throws(TranslationError) -> PageContent
    {
        guard isCanonical(address) else {
            throw TranslationError(address: address, level: levels.root, entry: 0, reason: .notCanonical)
        }
        var table = directoryTableBase
        var parent = directoryTableBase.rawValue
        var level = levels.root
        while true {
            let entry = try entry(of: table, for: address, level: level, parent: parent)
            if level == .pt { return try page(of: entry, for: address, mayFollowPrototype: mayFollowPrototype) }
            if entry.isLargePage, level == .pd || level == .pdpt {
                return try largePage(of: entry, for: address, level: level)
            }
            table = try self.table(of: entry, for: address, level: level)
            parent = entry.rawValue
            guard let next = PageTableLevel(rawValue: level.rawValue - 1) else { break }
            level = next
        }
        throw TranslationError(address: address, level: level, entry: parent, reason: .notMapped)
    }

    /// Reads the entry that the address selects in a table.
    private func entry(of table: PhysicalAddress, for address: VirtualAddress, level: PageTableLevel, parent: UInt64)
        throws(TranslationError) -> PageTableEntry
    {
        let start = try fileOffset(of: table.page, for: address, level: level, entry: parent)
        let index = Int(truncatingIfNeeded: (address.rawValue >> level.indexShift) & 0x1FF)
        guard let value = physicalMemory.loadIfPresent(UInt64.self, atFileOffset: start + 8 * index) else {
            throw TranslationError(address: address, level: level, entry: parent, reason: .beyondEndOfFile(table))
        }
        return PageTableEntry(value)
    }

    /// The table that an entry above the last level points to: present, or still in memory although its entry is not.
    private func table(of entry: PageTableEntry, for address: VirtualAddress, level: PageTableLevel)
        throws(TranslationError) -> PhysicalAddress
    {
        if entry.isPresent { return entry.address }
        if entry.rawValue == 0 {
            throw TranslationError(address: address, level: level, entry: 0, reason: .notMapped)
        }
        // Bit 7 of an entry that is not present belongs to its protection: it never maps a large page.
        if level == .pd, case .transition(let page) = decode(entry.rawValue) { return page.address }
        throw TranslationError(address: address, level: level, entry: entry.rawValue, reason: .tablePagedOut)
    }

    private func largePage(of entry: PageTableEntry, for address: VirtualAddress, level: PageTableLevel)
        throws(TranslationError) -> PageContent
    {
        let pageMask: UInt64 = (1 << (level == .pd ? 21 : 30)) - 1
        // Bit 12 of a large entry is PAT and belongs to no address.
        let physical = (entry.rawValue & PageTableEntry.addressMask & ~pageMask) | (address.rawValue & pageMask)
        return try content(of: PhysicalAddress(physical).page, for: address, entry: entry.rawValue)
    }

    private func page(of entry: PageTableEntry, for address: VirtualAddress, mayFollowPrototype: Bool)
        throws(TranslationError) -> PageContent
    {
        if entry.isPresent { return try content(of: entry.address.page, for: address, entry: entry.rawValue) }
        switch decode(entry.rawValue) {
        case .empty: throw TranslationError(address: address, level: .pt, entry: 0, reason: .notMapped)
        case .transition(let page): return try content(of: page, for: address, entry: entry.rawValue)
        case .demandZero: return .zeros
        case .pagedOut(let file, let page):
            throw TranslationError(
                address: address, level: .pt, entry: entry.rawValue, reason: .pagedOut(fileNumber: file, page: page))
        case .fileBacked:
            throw TranslationError(address: address, level: .pt, entry: entry.rawValue, reason: .fileBacked)
        case .prototypeThroughVAD:
            throw TranslationError(address: address, level: .pt, entry: entry.rawValue, reason: .prototypeThroughVAD)
        case .prototype(let prototype):
            guard mayFollowPrototype else {
                throw TranslationError(
                    address: address, level: .pt, entry: entry.rawValue, reason: .prototypeUnresolved(at: prototype))
            }
            return try followPrototype(at: prototype, of: entry.rawValue, for: address)
        }
    }

    /// Reads the prototype PTE and takes what it says, once.
    private func followPrototype(at prototype: VirtualAddress, of entry: UInt64, for address: VirtualAddress)
        throws(TranslationError) -> PageContent
    {
        guard let value = prototypeValue(at: prototype) ?? guessedPrototypeValue(of: entry) else {
            throw TranslationError(
                address: address, level: .pt, entry: entry, reason: .prototypeUnresolved(at: prototype))
        }
        let real = PageTableEntry(value)
        if real.isPresent { return try content(of: real.address.page, for: address, entry: value) }
        switch decode(value) {
        case .transition(let page): return try content(of: page, for: address, entry: value)
        case .demandZero: return .zeros
        case .empty: throw TranslationError(address: address, level: .pt, entry: entry, reason: .notMapped)
        case .pagedOut(let file, let page):
            throw TranslationError(
                address: address, level: .pt, entry: value, reason: .pagedOut(fileNumber: file, page: page))
        // A prototype bit inside a prototype PTE marks a subsection: data of a file.
        case .prototype, .prototypeThroughVAD, .fileBacked:
            throw TranslationError(address: address, level: .pt, entry: value, reason: .fileBacked)
        }
    }

    private func prototypeValue(at prototype: VirtualAddress) -> UInt64? {
        guard prototype.rawValue & 7 == 0, prototype.isKernel,
            case .file(let offset, _)? = try? translate(prototype, mayFollowPrototype: false)
        else { return nil }
        return physicalMemory.loadIfPresent(UInt64.self, atFileOffset: offset + prototype.pageOffset)
    }

    private func guessedPrototypeValue(of entry: UInt64) -> UInt64? {
        guard let guess = invalidEntries.unmaskByGuess(entry),
            case .prototype(let prototype) = InvalidEntry(guess, format: invalidEntries)
        else { return nil }
        return prototypeValue(at: prototype)
    }

    /// Decodes an invalid entry with the mask taken off; a page beyond the machine's memory means that an unknown mask is on it.
    func decode(_ entry: UInt64) -> InvalidEntry {
        let decoded = InvalidEntry(invalidEntries.unmask(entry), format: invalidEntries)
        guard case .transition(let page) = decoded, let highest = physicalMemory.highestPage, page > highest,
            let guess = invalidEntries.unmaskByGuess(entry)
        else { return decoded }
        return InvalidEntry(guess, format: invalidEntries)
    }

    private func content(of page: PageFrameNumber, for address: VirtualAddress, entry: UInt64)
        throws(TranslationError) -> PageContent
    {
        .file(offset: try fileOffset(of: page, for: address, level: .page, entry: entry), page: page)
    }

    private func fileOffset(of page: PageFrameNumber, for address: VirtualAddress, level: PageTableLevel, entry: UInt64)
        throws(TranslationError) -> Int
    {
        if let offset = physicalMemory.fileOffset(of: page) { return offset }
        let reason: TranslationError.Reason =
            if case .beyondEndOfFile = physicalMemory.availability(of: page) {
                .beyondEndOfFile(page.address)
            } else {
                .notInDump(page.address)
            }
        throw TranslationError(address: address, level: level, entry: entry, reason: reason)
    }
}
