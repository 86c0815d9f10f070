import BinaryReading
import FileMapping

/// Finds how a dump lists its pages: by the signature behind the header first, since it is nearer to the pages than
/// the type in the header (formats.md §2.1).
struct LayoutFinder {
    let file: MappedFile
    let header: DumpHeader
    var warnings: [DumpWarning] = []

    private enum Signature {
        case bitmap
        case ranges
    }

    init(file: MappedFile, header: DumpHeader) {
        self.file = file
        self.header = header
    }

    mutating func find() throws(DumpError) -> CrashDump.Layout {
        let type = header.dumpType
        switch type {
        case .full: if let layout = fullLayout() { return layout }
        case .summary, .bitmapFull, .bitmapKernel, .automatic, .rangeKernel, .rangeKernelAndUser, .rangeComplete:
            if let layout = signedLayout() ?? unsignedLayout() { return layout }
        default:
            if let layout = provenLayout() { return layout }
            switch type {
            case .headerOnly: throw DumpError(file, .headerOnly(header))
            case .triage: throw DumpError(file, .triageDump(TriageDump(file: file, header: header)))
            default: throw DumpError(file, .unknownType(header))
            }
        }
        throw DumpError(file, .pageListDamaged(header))
    }

    /// A complete dump: whatever stands at 0x2000 is its first page, unless it is a page list beyond doubt, or there
    /// are no runs.
    private mutating func fullLayout() -> CrashDump.Layout? {
        if let layout = provenLayout() { return layout }
        if let descriptor = header.physicalMemory, descriptor.isPlausible { return .runs(descriptor) }
        if let layout = signedLayout() { return layout }
        // Hostile or damaged, but some runs may still be right.
        return header.physicalMemory.flatMap { $0.runs.contains { $0.endPage != nil } ? .runs($0) : nil }
    }

    /// The page list that its signature names, whose numbers agree with what it lists.
    private mutating func provenLayout() -> CrashDump.Layout? {
        switch signature {
        case .bitmap: if let bitmap = bitmapHeader(), bitmap.countsAgree(in: file) { return accept(.bitmap(bitmap)) }
        case .ranges: if let ranges = RangeHeader(file), ranges.agrees { return accept(.ranges(ranges)) }
        case nil: break
        }
        return nil
    }

    /// The page list that its signature names.
    private mutating func signedLayout() -> CrashDump.Layout? {
        switch signature {
        case .bitmap: bitmapHeader().flatMap { accept(.bitmap($0)) }
        case .ranges: RangeHeader(file).flatMap { $0.ranges.isEmpty ? nil : accept(.ranges($0)) }
        case nil: nil
        }
    }

    /// The page list that the type names, where its signature is damaged and its numbers agree.
    private mutating func unsignedLayout() -> CrashDump.Layout? {
        guard signature == nil else { return nil }
        let layout: CrashDump.Layout?
        switch header.dumpType {
        case .rangeKernel, .rangeKernelAndUser, .rangeComplete:
            layout = RangeHeader(file).flatMap { $0.agrees ? .ranges($0) : nil }
        default:
            layout = bitmapHeader().flatMap { $0.countsAgree(in: file) ? .bitmap($0) : nil }
        }
        if layout != nil { warnings.append(.pageListSignatureMissing(header.dumpType)) }
        return layout
    }

    private var signature: Signature? {
        let words = (0..<3).map { file.loadIfPresent(UInt32.self, at: 0x2000 + 4 * $0) }
        let dump = UInt32(0x504D_5544)
        if words[0] == 0x504D_4453 || words[0] == 0x504D_4446, words[1] == dump { return .bitmap }
        if words[1] == 0x504D_4452, words[2] == dump { return .ranges }
        return nil
    }

    /// The bitmap header, in the generation that the type means, or in the other one where only that one can be.
    private func bitmapHeader() -> BitmapHeader? {
        let new = BitmapHeader.bitmap(file)
        let old = BitmapHeader.summary(file)
        let (expected, other) = header.dumpType == .summary ? (old, new) : (new, old)
        if let expected, expected.hasPlausibleShape(in: file) { return expected }
        if let other, other.hasPlausibleShape(in: file), other.countsAgree(in: file) { return other }
        return expected
    }

    /// Notes where the layout is not the one that the type means.
    private mutating func accept(_ layout: CrashDump.Layout) -> CrashDump.Layout {
        let (fits, found) =
            switch layout {
            case .runs: (true, "a page")
            case .bitmap(let bitmap) where bitmap.kind == .summary:
                (header.dumpType == .summary, "a page bitmap from before Windows 8")
            case .bitmap:
                ([.bitmapFull, .bitmapKernel, .automatic].contains(header.dumpType), "a page bitmap")
            case .ranges:
                ([.rangeKernel, .rangeKernelAndUser, .rangeComplete].contains(header.dumpType), "a list of ranges")
            }
        if !fits { warnings.append(.signatureContradictsType(header.dumpType, found: found)) }
        return layout
    }
}
