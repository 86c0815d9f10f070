import DumpForge
import Testing

@testable import KernelObjects

/// A copy that was broken off: whatever is left of the file, the answer is a refusal or what is there.
@Suite("Dumps that were cut short")
struct HostileCutTests {
    private static let pageByteCount = 0x1000

    /// Each type is cut at each border of its header and page list, and at borders all over its pages; `mutate-dumps --cuts` tries every one.
    @Test(
        "at page borders", .timeLimit(.minutes(15)),
        arguments: [ForgedDumpType.full, .bitmapFull, .bitmapKernel, .rangeKernel, .rangeUser, .rangeFull])
    func cut(_ type: ForgedDumpType) throws {
        try cut(HostileDump(as: type))
    }

    @Test("at page borders, a dump from before Windows 8", .timeLimit(.minutes(15))) func cutSummary() throws {
        try cut(HostileDump("6.1.7601", as: .summary))
    }

    private func cut(_ dump: HostileDump) throws {
        let whole = try dump.read()
        let pageCount = dump.bytes.count / Self.pageByteCount
        let borders = Array(0..<min(8, pageCount)) + Array(stride(from: 8, to: pageCount, by: max(1, pageCount / 12)))
        for border in borders {
            let snapshot = try HostileDump.read(Array(dump.bytes.prefix(border * Self.pageByteCount)))
            guard let snapshot else { continue }
            #expect(snapshot.tokens.count <= whole.tokens.count)
            #expect(snapshot.dump.presentPages < snapshot.dump.expectedPages)
            // What is missing is said, unless the cut pages were of no use.
            #expect(snapshot.tokens.count == whole.tokens.count || !snapshot.gaps.isEmpty)
        }
    }
}
