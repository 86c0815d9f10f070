public import BinaryReading

/// Why a virtual address could not be turned into bytes of the dump: the address, how far the walk came, what stood there.
public struct TranslationError: Error, Hashable, Sendable, CustomStringConvertible {
    /// What stopped the walk.
    public enum Reason: Hashable, Sendable {
        /// The address cannot exist with this number of paging levels.
        case notCanonical
        /// The entry is empty: nothing is mapped there.
        case notMapped
        /// An entry above the last level is not present and points to no table in memory.
        case tablePagedOut
        /// The page is in a paging file.
        case pagedOut(fileNumber: UInt64, page: UInt64)
        /// File or image data that was not in memory.
        case fileBacked
        /// A prototype entry that only the process's VADs can resolve.
        case prototypeThroughVAD
        /// A prototype entry that leads to another prototype or cannot be read.
        case prototypeUnresolved(at: VirtualAddress)
        /// A table or the page is at this physical address, which the dump does not hold.
        case notInDump(PhysicalAddress)
        /// A table or the page is at this physical address, whose bytes lie beyond the end of the (truncated) file.
        case beyondEndOfFile(PhysicalAddress)
    }

    /// The address that was asked for.
    public let address: VirtualAddress
    /// The level of the entry that stopped the walk; `page` where the entries were fine and the page itself is absent.
    public let level: PageTableLevel
    /// The entry that was read there; for `notInDump` and `beyondEndOfFile`, the one that led to the absent page.
    public let entry: UInt64
    /// What stopped the walk.
    public let reason: Reason

    /// Makes an error.
    public init(address: VirtualAddress, level: PageTableLevel, entry: UInt64, reason: Reason) {
        self.address = address
        self.level = level
        self.entry = entry
        self.reason = reason
    }

    /// The reason alone, in words: `PDE is empty`.
    public var reasonText: String {
        switch reason {
        case .notCanonical: "the address is not canonical"
        case .notMapped: "nothing is mapped there (the \(level) is empty)"
        case .tablePagedOut: "the page table was paged out (\(level) \(entry.hexText))"
        case .pagedOut(let file, let page): "the page was paged out (paging file \(file), page \(page.hexText))"
        case .fileBacked: "the page was not in memory (file data, \(level) \(entry.hexText))"
        case .prototypeThroughVAD: "the page is shared and can only be found through the process's VADs"
        case .prototypeUnresolved(let prototype):
            "the page is shared and its prototype PTE at \(prototype.debuggerText) cannot be followed"
        case .notInDump(let physical): "the \(level.contentName) at physical \(physical) is not in this dump"
        case .beyondEndOfFile(let physical):
            "the \(level.contentName) at physical \(physical) lies beyond the end of the file, which is cut short"
        }
    }

    /// Address and reason.
    public var description: String { "\(address.debuggerText): \(reasonText)" }
}

extension PageTableLevel {
    /// What an absent page at this level would have held.
    fileprivate var contentName: String { self == .page ? "page" : "table of the \(self)" }
}
