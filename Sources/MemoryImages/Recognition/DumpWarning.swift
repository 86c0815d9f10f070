/// Something about a dump that is not as it should be, and that did not keep it from being opened.
public enum DumpWarning: Hashable, Sendable, CustomStringConvertible {
    /// The header's type says one kind of page list, the signature behind it another, which was believed.
    case signatureContradictsType(DumpType, found: String)
    /// The signature of the page list is damaged; its numbers fit, so they were believed.
    case pageListSignatureMissing(DumpType)
    /// The bitmap claims more bits than there is room for: the others count as clear.
    case bitmapCut(claimedBits: UInt64, readBits: UInt64)
    /// Another number of pages is listed than the header claims; the list was believed.
    case pageCountMismatch(claimed: UInt64, listed: UInt64)
    /// The first page does not start on a page border, although this kind of dump aligns it.
    case firstPageUnaligned(fileOffset: Int)
    /// The header had no room for all runs: the pages behind the listed ones have unknown addresses.
    case runListCut(listedPages: UInt64, totalPages: UInt64)
    /// The list claims more runs than a header has room for.
    case runCountImpossible(claimed: UInt32)
    /// Runs of the list are empty, out of order, overlap, or leave the address space.
    case runsDamaged([PhysicalRun])
    /// The list of ranges does not have the claimed number of entries.
    case rangeCountMismatch(claimed: UInt32, listed: Int)
    /// The file ends before its last page.
    case truncated(missingPages: UInt64, expectedPages: UInt64)
    /// The writer had no room for all pages (`Attributes` bit 2).
    case insufficientDumpFileSize
    /// The writer meant the file to be longer, though all listed pages are there.
    case shorterThanRequired(required: UInt64, byteCount: Int)
    /// A debugger wrote the dump without a usable module list.
    case writerStatus(UInt32)

    /// One line for people.
    public var description: String {
        switch self {
        case .signatureContradictsType(let type, let found):
            "the header says type \(type.rawValue) (\(type)), but behind it stands \(found), which was believed"
        case .pageListSignatureMissing(let type):
            "the signature of the page list of this type-\(type.rawValue) dump is damaged; its numbers fit and were used"
        case .bitmapCut(let claimed, let read):
            "the page bitmap claims \(claimed) bits, but the file has room for \(read)"
        case .pageCountMismatch(let claimed, let listed):
            "the header claims \(claimed) pages, but \(listed) are listed"
        case .firstPageUnaligned(let offset):
            "the first page starts at 0x\(String(offset, radix: 16)), which is no page border"
        case .runListCut(let listed, let total):
            "the header had room for \(listed) of \(total) pages' addresses; the others can be read once the kernel's "
                + "own list is found"
        case .runCountImpossible(let claimed):
            "the header claims \(claimed) runs of memory, more than it has room for"
        case .runsDamaged(let runs):
            "\(runs.count) runs of memory cannot be as the header says, the first is \(runs.first?.description ?? "")"
        case .rangeCountMismatch(let claimed, let listed):
            "the page list claims \(claimed) ranges, but has \(listed)"
        case .truncated(let missing, let expected):
            "the file was cut short: \(missing) of \(expected) pages are missing"
        case .insufficientDumpFileSize:
            "Windows had no room for the whole dump: it is incomplete"
        case .shorterThanRequired(let required, let byteCount):
            "the file has \(byteCount) bytes, but was meant to have \(required)"
        case .writerStatus(let status):
            "the debugger that wrote the dump had \(status == 1 ? "no" : "a corrupt") module list (status \(status))"
        }
    }
}
