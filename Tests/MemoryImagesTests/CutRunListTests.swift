import BinaryReading
import FileMapping
import MemoryImages
import Testing

/// A machine with more runs than the header has room for (formats.md §1.3, §9 row 12).
@Suite("Cut run lists")
struct CutRunListTests {
    private static let runs = (0..<60).map { PhysicalRun(firstPage: PageFrameNumber(1 + 4 * $0), pageCount: 2) }

    private static var bytes: DumpBytes {
        let all = runs.map { (first: $0.firstPage.rawValue, count: $0.pageCount) }
        var bytes = DumpBytes.full(all)
        bytes.putRuns(Array(all.prefix(42)), totalPages: 120)
        bytes.put(UInt32(0x4547_4150), at: 0x344)
        return bytes
    }

    @Test("42 runs are read, the rest is announced")
    func cutList() throws {
        let dump = try Self.bytes.open()
        #expect(dump.warnings == [.runListCut(listedPages: 84, totalPages: 120)])
        #expect(dump.physicalMemory.expectedPageCount == 84)
        #expect(dump.expectedPageCount == 120)
        #expect(dump.marker(of: 1 + 4 * 41) == 1 + 4 * 41)
        #expect(dump.physicalMemory.availability(of: PageFrameNumber(1 + 4 * 42)) == .notInDump)
    }

    @Test("the kernel's own list brings the rest")
    func extendedList() throws {
        let dump = try Self.bytes.open().extended(withRuns: Self.runs)
        #expect(dump.warnings.isEmpty)
        #expect(dump.expectedPageCount == 120)
        #expect(
            dump.readablePages(below: 300) == Self.runs.flatMap { [$0.firstPage.rawValue, $0.firstPage.rawValue + 1] })
    }

    @Test("a descriptor in memory is read whole")
    func descriptor() throws {
        var bytes = DumpBytes(type: 1)
        bytes.bytes = []
        bytes.put(UInt32(60), at: 0)
        bytes.put(UInt64(120), at: 8)
        for (index, run) in Self.runs.enumerated() {
            bytes.put(run.firstPage.rawValue, at: 16 + 16 * index)
            bytes.put(run.pageCount, at: 24 + 16 * index)
        }
        let descriptor = bytes.file.withBytes { PhysicalMemoryDescriptor(bytes: $0, at: 0, capacity: 1000) }
        #expect(descriptor?.runs == Self.runs)
        #expect(descriptor?.pageCount == 120)
        #expect(bytes.file.withBytes { PhysicalMemoryDescriptor(bytes: $0, at: 970, capacity: 1000) } == nil)
    }

    @Test("lists that do not continue the header's are refused")
    func mismatches() throws {
        let dump = try Self.bytes.open()
        var changed = Self.runs
        changed[7] = PhysicalRun(firstPage: PageFrameNumber(29), pageCount: 3)
        #expect(throws: RunListMismatch(reason: .run(index: 7))) { try dump.extended(withRuns: changed) }
        #expect(throws: RunListMismatch(reason: .run(index: 41))) {
            try dump.extended(withRuns: Array(Self.runs.prefix(41)))
        }
        #expect(throws: RunListMismatch(reason: .pageCount(claimed: 120, found: 118))) {
            try dump.extended(withRuns: Array(Self.runs.dropLast()))
        }
        changed = Self.runs
        changed[50] = PhysicalRun(firstPage: PageFrameNumber(2), pageCount: 2)
        #expect(throws: RunListMismatch(reason: .damaged(index: 50))) { try dump.extended(withRuns: changed) }
        let whole = try DumpBytes.full([(1, 2)]).open()
        #expect(throws: RunListMismatch(reason: .notNeeded)) { try whole.extended(withRuns: Self.runs) }
    }

    @Test("43 runs that have all pages are all read: one writer declares so many")
    func fortyThreeRuns() throws {
        let runs = Self.runs.prefix(43).map { (first: $0.firstPage.rawValue, count: $0.pageCount) }
        let dump = try DumpBytes.full(runs).open()
        #expect(dump.physicalMemory.expectedPageCount == 86)
        #expect(dump.warnings.isEmpty)
    }
}
