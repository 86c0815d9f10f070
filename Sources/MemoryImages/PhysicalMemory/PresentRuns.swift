import BinaryReading

/// The readable pages of a physical memory in ascending order; computed while it is walked.
public struct PresentRuns: Sequence, Sendable {
    let memory: PhysicalMemory

    /// Starts at the lowest page.
    public func makeIterator() -> Iterator { Iterator(memory: memory) }

    /// Walks runs of consecutive pages.
    public struct Iterator: IteratorProtocol {
        private let memory: PhysicalMemory
        /// The next entry of a run table, or the next bit of a bitmap.
        private var position = 0
        /// Set bits before `position`.
        private var rank: UInt64 = 0

        init(memory: PhysicalMemory) { self.memory = memory }

        /// The next run that has a readable page.
        public mutating func next() -> PresentRun? {
            switch memory.index {
            case .runs(let table): nextRun(of: table)
            case .bitmap(let bitmap): nextRun(of: bitmap)
            }
        }

        private mutating func nextRun(of table: RunTable) -> PresentRun? {
            while position < table.entries.count {
                let entry = table.entries[position]
                position += 1
                let count = PhysicalMemory.pagesInFile(
                    memory.file, from: entry.fileOffset, atMost: entry.endPage - entry.firstPage)
                if count > 0 {
                    return PresentRun(
                        firstPage: PageFrameNumber(entry.firstPage), fileOffset: entry.fileOffset, pageCount: count)
                }
            }
            return nil
        }

        private mutating func nextRun(of bitmap: PageBitmap) -> PresentRun? {
            guard let first = nextBit(of: bitmap, from: position, set: true) else {
                position = bitmap.bitCount
                return nil
            }
            let end = nextBit(of: bitmap, from: first, set: false) ?? bitmap.bitCount
            // Set bits lie in the file's own bytes, so their number times a page stays below 2^63 for any real file.
            let (offset, overflow) = bitmap.firstPageOffset.addingReportingOverflow(
                Int(truncatingIfNeeded: rank) &* pageByteCount)
            let count =
                overflow ? 0 : PhysicalMemory.pagesInFile(memory.file, from: offset, atMost: UInt64(end - first))
            guard count > 0 else {
                position = bitmap.bitCount
                return nil
            }
            position = end
            rank &+= UInt64(end - first)
            return PresentRun(
                firstPage: PageFrameNumber(UInt64(first)), fileOffset: offset, pageCount: count)
        }

        private func nextBit(of bitmap: PageBitmap, from start: Int, set: Bool) -> Int? {
            var bit = start
            while bit < bitmap.bitCount {
                let word = bitmap.word(bit / 64, in: memory.file)
                let wanted = (set ? word : ~word) >> UInt64(bit % 64)
                if wanted != 0 {
                    let found = bit &+ wanted.trailingZeroBitCount
                    return found < bitmap.bitCount ? found : nil
                }
                bit = (bit / 64 &+ 1) &* 64
            }
            return nil
        }
    }
}
