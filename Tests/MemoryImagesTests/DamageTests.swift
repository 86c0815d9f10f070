import BinaryReading
import FileMapping
import MemoryImages
import Testing

/// Cut and mutated dumps: an error or a dump with warnings, never a trap.
@Suite("Damage")
struct DamageTests {
    private static let pages: [UInt64] = [1, 2, 3, 9, 10, 64]

    static let samples: [String: [UInt8]] = [
        "full": DumpBytes.full([(1, 3), (9, 2), (64, 1)]).bytes,
        "bitmap": DumpBytes.bitmap(bitCount: 65, pages: pages).bytes,
        "kernel bitmap": DumpBytes.bitmap(type: 6, signature: "SDMPDUMP", bitCount: 70, pages: pages).bytes,
        "summary": DumpBytes.summary(bitCount: 65, pages: pages).bytes,
        "ranges": DumpBytes.ranges([(1, 3), (9, 2), (64, 1)]).bytes,
        "triage": TriageDumpTests.sample.bytes,
    ]

    /// Opens the bytes and asks everything that can be asked; returns what was opened.
    @discardableResult
    private static func exercise(_ bytes: [UInt8]) -> CrashDump? {
        let file = MappedFile(bytes: bytes)
        do throws(DumpError) {
            let dump = try CrashDump(file: file)
            let memory = dump.physicalMemory
            var count: UInt64 = 0
            for run in memory.presentRuns {
                count &+= run.pageCount
                #expect(memory.fileOffset(of: run.firstPage) == run.fileOffset)
                #expect(run.fileOffset + Int(run.pageCount) * pageByteCount <= file.byteCount)
            }
            #expect(count == memory.presentPageCount)
            #expect(memory.presentPageCount <= memory.expectedPageCount)
            for page in [0, 1, 63, 64, 65, 1 << 40, UInt64.max] {
                _ = memory.availability(of: PageFrameNumber(page))
            }
            _ = dump.warnings.map(\.description)
            _ = (dump.expectedPageCount, dump.holdsUserPages)
            return dump
        } catch {
            _ = error.description
            if case .triageDump(let dump) = error.reason {
                _ = dump.stackFrames.map(\.location.description)
                for block in dump.memory.blocks { _ = dump.memory.bytes(at: block.address, count: block.byteCount + 8) }
            }
            return nil
        }
    }

    @Test("every truncation at a multiple of 512 bytes", arguments: samples.keys.sorted())
    func truncation(name: String) throws {
        let bytes = try #require(Self.samples[name])
        let whole = Self.exercise(bytes)
        for count in stride(from: 0, to: bytes.count, by: 512) {
            guard let dump = Self.exercise(Array(bytes.prefix(count))), let whole else { continue }
            let readable = dump.readablePages(below: 100)
            #expect(readable.count == Int(dump.physicalMemory.presentPageCount), "\(name) cut at \(count)")
            // What is left is as right as before, and what is gone is said to be gone.
            for page in Self.pages {
                switch dump.physicalMemory.availability(of: PageFrameNumber(page)) {
                case .present(let offset):
                    #expect(whole.physicalMemory.fileOffset(of: PageFrameNumber(page)) == offset)
                case .notInDump:
                    #expect(count < 0x3000, "\(name) cut at \(count): page \(page)")
                case .beyondEndOfFile:
                    #expect(
                        dump.warnings.contains {
                            if case .truncated = $0 { true } else { false }
                        })
                }
            }
        }
    }

    @Test("a page that is cut in its middle is missing")
    func halfPage() throws {
        var bytes = DumpBytes.bitmap(bitCount: 65, pages: Self.pages)
        bytes.bytes.removeLast(1)
        let dump = try bytes.open()
        #expect(dump.readablePages(below: 100) == [1, 2, 3, 9, 10])
        #expect(dump.walkedPages == [1, 2, 3, 9, 10])
        #expect(dump.physicalMemory.availability(of: PageFrameNumber(64)) == .beyondEndOfFile)
        #expect(dump.warnings == [.truncated(missingPages: 1, expectedPages: 6)])
    }

    @Test("seeded mutations of headers and page lists", arguments: samples.keys.sorted())
    func mutations(name: String) throws {
        let bytes = try #require(Self.samples[name])
        var random = SeededGenerator(seed: 0x10C0_11EA)
        let interesting: [UInt8] = [0, 1, 0x7F, 0x80, 0xFF]
        for _ in 0..<2000 {
            var mutated = bytes
            for _ in 0...Int.random(in: 0...7, using: &random) {
                let isNearList = Bool.random(using: &random)
                let range = isNearList ? 0x2000..<Swift.min(0x2100, bytes.count) : 0..<Swift.min(0x2400, bytes.count)
                let offset = Int.random(in: range, using: &random)
                mutated[offset] =
                    Bool.random(using: &random)
                    ? .random(in: 0...255, using: &random) : interesting.randomElement(using: &random) ?? 0
            }
            // The fields that hold counts and offsets, wholly wild.
            if Bool.random(using: &random) {
                let field = [0x88, 0x90, 0x98, 0xA0, 0x2008, 0x2010, 0x2018, 0x2020, 0x2028, 0x2030, 0x2038]
                let start = field.randomElement(using: &random) ?? 0
                let value =
                    UInt64.random(in: 0...UInt64.max, using: &random) >> UInt64.random(in: 0...63, using: &random)
                for index in 0..<8 { mutated[start + index] = UInt8(truncatingIfNeeded: value >> UInt64(8 * index)) }
            }
            Self.exercise(mutated)
        }
    }
}

/// SplitMix64: the same numbers for the same seed, on every system.
struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var value = state
        value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
        value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
        return value ^ (value >> 31)
    }
}
