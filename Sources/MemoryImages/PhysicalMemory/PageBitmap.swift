public import BinaryReading
public import FileMapping

/// The bitmap of a dump: bit n says that page n is in the file, and pages stand in ascending order.
///
/// The bits stay in the file. What is kept beside them is the number of set bits before each block of 512, so that a
/// page is found by counting at most eight words.
@usableFromInline
struct PageBitmap: Sendable {
    @usableFromInline let bitmapOffset: Int
    @usableFromInline let bitCount: Int
    @usableFromInline let firstPageOffset: Int
    /// `ranks[i]` is the number of set bits before bit 512·i.
    @usableFromInline let ranks: [UInt64]
    let setBitCount: UInt64
    let highestPage: UInt64?

    @usableFromInline static var bitsPerBlock: Int { 512 }

    /// Counts the bits of a bitmap in `file`; bits from `bitCount` on are not looked at.
    ///
    /// - Parameter bitCount: Number of bits; those behind the end of the file count as clear.
    init(file: MappedFile, bitmapOffset: Int, bitCount: Int, firstPageOffset: Int) {
        self.bitmapOffset = bitmapOffset
        self.firstPageOffset = firstPageOffset
        let bytesInFile = Swift.max(0, file.byteCount - bitmapOffset)
        self.bitCount = Swift.max(0, Swift.min(bitCount, bytesInFile.multipliedReportingOverflow(by: 8).partialValue))
        (ranks, setBitCount, highestPage) = Self.countBits(in: file, at: bitmapOffset, bitCount: self.bitCount)
    }

    private static func countBits(in file: MappedFile, at offset: Int, bitCount: Int)
        -> (ranks: [UInt64], total: UInt64, highest: UInt64?)
    {
        let wordCount = (bitCount + 63) / 64
        var ranks: [UInt64] = []
        ranks.reserveCapacity((bitCount + bitsPerBlock - 1) / bitsPerBlock)
        var total: UInt64 = 0
        var highest: UInt64?
        for index in 0..<wordCount {
            if index % 8 == 0 { ranks.append(total) }
            let word = word(index, in: file, at: offset, bitCount: bitCount)
            guard word != 0 else { continue }
            total &+= UInt64(truncatingIfNeeded: word.nonzeroBitCount)
            highest = UInt64(truncatingIfNeeded: index &* 64 &+ 63 &- word.leadingZeroBitCount)
        }
        return (ranks, total, highest)
    }

    /// 64 bits of the map, those from `bitCount` on cleared.
    func word(_ index: Int, in file: MappedFile) -> UInt64 {
        Self.word(index, in: file, at: bitmapOffset, bitCount: bitCount)
    }

    private static func word(_ index: Int, in file: MappedFile, at offset: Int, bitCount: Int) -> UInt64 {
        let word = loadWord(in: file, at: offset &+ index &* 8)
        let left = bitCount &- index &* 64
        return left >= 64 ? word : word & ((1 << UInt64(left)) &- 1)
    }

    /// Eight bytes of the file; those behind its end are zero, since a map may end in the middle of a word.
    @inlinable
    static func loadWord(in file: MappedFile, at position: Int) -> UInt64 {
        if let whole: UInt64 = file.loadIfPresent(at: position) { return whole }
        var word: UInt64 = 0
        for byte in 0..<8 {
            word |= UInt64(file.loadIfPresent(UInt8.self, at: position &+ byte) ?? 0) &<< UInt64(byte &* 8)
        }
        return word
    }

    /// Where the page would lie in a file that is long enough; nil where its bit is clear.
    @inlinable
    func fileOffset(of page: UInt64, in file: MappedFile) -> Int? {
        guard page < UInt64(truncatingIfNeeded: bitCount) else { return nil }
        let bit = Int(truncatingIfNeeded: page)
        guard let byte: UInt8 = file.loadIfPresent(at: bitmapOffset &+ bit / 8), byte >> UInt8(bit % 8) & 1 == 1 else {
            return nil
        }
        let block = bit / Self.bitsPerBlock
        var rank = ranks[block]
        var position = bitmapOffset &+ block &* (Self.bitsPerBlock / 8)
        var left = bit % Self.bitsPerBlock
        while left > 0 {
            let word = Self.loadWord(in: file, at: position)
            let wanted = left >= 64 ? word : word & ((1 &<< UInt64(truncatingIfNeeded: left)) &- 1)
            rank &+= UInt64(truncatingIfNeeded: wanted.nonzeroBitCount)
            position &+= 8
            left &-= 64
        }
        let (offset, overflow) = firstPageOffset.addingReportingOverflow(
            Int(truncatingIfNeeded: rank) &* pageByteCount)
        return overflow ? nil : offset
    }
}
