public import BinaryReading

/// How one kernel writes page-table entries that are not present (`formats.md` §5.2, §5.3): positions from its symbols, the mask from its memory.
public struct InvalidEntryFormat: Hashable, Sendable {
    /// `_MMPTE_SOFTWARE.PageFileLow`: the number of the paging file.
    public var pageFileNumber: BitField
    /// `_MMPTE_TRANSITION.PageFrameNumber`.
    public var transitionPage: BitField
    /// Whether the kernel has a SwizzleBit, so that a mask may lie over its invalid entries at all.
    public var hasSwizzleBit: Bool
    /// The mask laid over invalid entries against L1TF; zero where the kernel uses none, nil where it is not known.
    public var mask: UInt64?
    /// Whether file-backed entries carry the marker of build 22621 and later.
    public var hasFileBackedMarker: Bool

    /// Makes a format.
    public init(
        pageFileNumber: BitField, transitionPage: BitField, hasSwizzleBit: Bool, mask: UInt64?,
        hasFileBackedMarker: Bool
    ) {
        self.pageFileNumber = pageFileNumber
        self.transitionPage = transitionPage
        self.hasSwizzleBit = hasSwizzleBit
        self.mask = mask
        self.hasFileBackedMarker = hasFileBackedMarker
    }

    /// What may be assumed before the kernel is known: the positions that all serviced kernels share, no mask known.
    public static let unknownKernel = InvalidEntryFormat(
        pageFileNumber: BitField(position: 12, width: 4), transitionPage: BitField(position: 12, width: 36),
        hasSwizzleBit: true, mask: nil, hasFileBackedMarker: false)

    static let swizzleBit: UInt64 = 0x10
    static let prototypeBit: UInt64 = 0x400
    static let transitionBit: UInt64 = 0x800

    /// The entry as the kernel meant it, with the mask taken off where it was laid on; unchanged where no mask is known.
    func unmask(_ entry: UInt64) -> UInt64 {
        guard hasSwizzleBit, let mask, entry != 0, entry & Self.swizzleBit == 0 else { return entry }
        return entry & ~mask
    }

    /// The entry with the one bit cleared that a mask usually is, where a mask may be on it and is not known.
    ///
    /// Without the mask's value the kernel's own way back is closed; the highest set bit from 40 to 47 is the best guess (`formats.md` §5.3).
    func unmaskByGuess(_ entry: UInt64) -> UInt64? {
        guard hasSwizzleBit, mask == nil, entry & Self.swizzleBit == 0 else { return nil }
        let high = entry & 0x0000_FF00_0000_0000
        guard high != 0 else { return nil }
        return entry & ~(1 << UInt64(63 - high.leadingZeroBitCount))
    }
}

/// What an entry of the last level that is not present stands for.
enum InvalidEntry: Hashable, Sendable {
    /// All bits zero: nothing is mapped.
    case empty
    /// The page left the working set and is still in memory.
    case transition(PageFrameNumber)
    /// The real entry lies elsewhere, at this address.
    case prototype(at: VirtualAddress)
    /// The real entry must be found through the process's VADs.
    case prototypeThroughVAD
    /// File data or image data that is not in memory (subsection or file-backed marker).
    case fileBacked
    /// Never touched: reads as zeros.
    case demandZero
    /// In a paging file.
    case pagedOut(fileNumber: UInt64, page: UInt64)

    /// Decodes an entry whose bit 0 is clear and whose mask was taken off, by the decision table of `formats.md` §5.4.
    init(_ entry: UInt64, format: InvalidEntryFormat) {
        if entry == 0 {
            self = .empty
        } else if entry & InvalidEntryFormat.prototypeBit != 0 {
            let address = UInt64(bitPattern: Int64(bitPattern: entry) >> 16)
            self = address >> 32 == 0xFFFF_FFFF ? .prototypeThroughVAD : .prototype(at: VirtualAddress(address))
        } else if entry & InvalidEntryFormat.transitionBit != 0 {
            self = .transition(PageFrameNumber(format.transitionPage.extract(from: entry)))
        } else {
            let file = format.pageFileNumber.extract(from: entry)
            let page = entry >> 32
            if file == 0 && page == 0 {
                self = .demandZero
            } else if format.hasFileBackedMarker && entry & 0xFFFF_8000_0000_000F == 0xFFFF_8000_0000_0000 {
                self = .fileBacked
            } else {
                self = .pagedOut(fileNumber: file, page: page)
            }
        }
    }
}
