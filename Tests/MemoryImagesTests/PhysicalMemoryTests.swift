import BinaryReading
import FileMapping
import MemoryImages
import Testing

/// Look-up and walk of physical memory against the plainest way of computing the same.
@Suite("Physical memory")
struct PhysicalMemoryTests {
    @Test("bitmaps of every size and density, at any place, cut anywhere", arguments: 0..<60)
    func bitmaps(seed: Int) {
        var random = SeededGenerator(seed: UInt64(seed))
        let bitCount = Int.random(in: 0...3000, using: &random)
        let bitmapOffset = Int.random(in: 0...50, using: &random)
        let density = [0, 1, 3, 7, 8].randomElement(using: &random) ?? 1
        var bytes = [UInt8](repeating: 0, count: bitmapOffset + (bitCount + 7) / 8)
        for index in bitmapOffset..<bytes.count {
            for bit in 0..<8 where Int.random(in: 0..<8, using: &random) < density { bytes[index] |= 1 << UInt8(bit) }
        }
        // Some maps end with the file, so that their last word is cut.
        if Bool.random(using: &random) { bytes += [UInt8](repeating: 0xEE, count: 9000) }
        let file = MappedFile(bytes: bytes)
        let firstPage = Int.random(in: 0...bytes.count, using: &random)
        let memory = PhysicalMemory(
            file: file, bitmapOffset: bitmapOffset, bitCount: bitCount, firstPageOffset: firstPage)

        let set = (0..<bitCount).filter { bytes[bitmapOffset + $0 / 8] >> UInt8($0 % 8) & 1 == 1 }
        var present: [Int: Int] = [:]
        for (rank, page) in set.enumerated() where firstPage + (rank + 1) * 4096 <= bytes.count {
            present[page] = firstPage + rank * 4096
        }
        #expect(memory.expectedPageCount == UInt64(set.count))
        #expect(memory.presentPageCount == UInt64(present.count))
        #expect(memory.highestPage?.rawValue == set.last.map(UInt64.init))
        for page in 0..<(bitCount + 100) {
            let number = PageFrameNumber(UInt64(page))
            guard memory.fileOffset(of: number) != present[page] else { continue }
            Issue.record("page \(page) of \(bitCount): \(String(describing: memory.fileOffset(of: number)))")
        }
        var walked: [Int: Int] = [:]
        for run in memory.presentRuns {
            for index in 0..<Int(run.pageCount) {
                walked[Int(run.firstPage.rawValue) + index] = run.fileOffset + index * 4096
            }
        }
        #expect(walked == present)
    }

    @Test("runs in any order, overlapping, cut anywhere", arguments: 0..<60)
    func runs(seed: Int) {
        var random = SeededGenerator(seed: UInt64(seed) &+ 1000)
        let runs = (0..<Int.random(in: 0...12, using: &random)).map { _ in
            PhysicalRun(
                firstPage: PageFrameNumber(.random(in: 0...60, using: &random)),
                pageCount: .random(in: 0...9, using: &random))
        }
        let firstPage = Int.random(in: 0...5000, using: &random)
        let file = MappedFile(bytes: [UInt8](repeating: 0, count: Int.random(in: 0...200_000, using: &random)))
        let memory = PhysicalMemory(file: file, runs: runs, firstPageOffset: firstPage)

        // Every place that a page can have, from the list as the file lays it out.
        var places: [UInt64: Set<Int>] = [:]
        var offset = firstPage
        for run in runs {
            for page in 0..<run.pageCount {
                places[run.firstPage.rawValue + page, default: []].insert(offset)
                offset += 4096
            }
        }
        #expect(memory.expectedPageCount == UInt64(places.count))
        #expect(memory.highestPage?.rawValue == places.keys.max())
        var present: Set<UInt64> = []
        for page in 0..<UInt64(100) {
            switch memory.availability(of: PageFrameNumber(page)) {
            case .present(let offset):
                #expect(places[page]?.contains(offset) ?? false)
                #expect(offset + 4096 <= file.byteCount)
                present.insert(page)
            case .beyondEndOfFile:
                #expect(places[page]?.contains { $0 + 4096 > file.byteCount } ?? false)
            case .notInDump: #expect(places[page] == nil)
            }
        }
        #expect(memory.presentPageCount == UInt64(present.count))
        let walked = memory.presentRuns.flatMap { run in (0..<run.pageCount).map { run.firstPage.rawValue + $0 } }
        #expect(walked == present.sorted())
    }

    @Test("offsets beyond what a file can have are no pages")
    func hugeOffsets() {
        let file = MappedFile(bytes: [UInt8](repeating: 0xFF, count: 8192))
        let runs = (0..<100).map { PhysicalRun(firstPage: PageFrameNumber($0 << 30), pageCount: 1 << 30) }
        for offset in [0, Int.max - 4096, Int.max, -1] {
            let memory = PhysicalMemory(file: file, runs: runs, firstPageOffset: offset)
            #expect(memory.presentPageCount <= 2)
            for run in runs { _ = memory.availability(of: run.firstPage) }
            let bitmap = PhysicalMemory(file: file, bitmapOffset: 0, bitCount: Int.max, firstPageOffset: offset)
            #expect(bitmap.expectedPageCount == 65536)
            _ = bitmap.availability(of: PageFrameNumber(65535))
            #expect(bitmap.availability(of: PageFrameNumber(65536)) == .notInDump)
            for run in bitmap.presentRuns { #expect(run.pageCount <= 2) }
        }
    }
}
