import BinaryReading
import FileMapping
import MemoryImages
import Testing

/// Files that are recognised and refused (formats.md §0), each with what was found and what to do.
@Suite("Recognition")
struct RecognitionTests {
    private static func padded(_ start: [UInt8]) -> MappedFile {
        MappedFile(bytes: start + [UInt8](repeating: 0x80, count: 0x3000))
    }

    private static func refusal(of file: MappedFile) -> DumpError? {
        do throws(DumpError) {
            _ = try CrashDump(file: file)
            return nil
        } catch {
            return error
        }
    }

    static let formats: [([UInt8], ImageFormat)] = [
        (Array("PAGEDU64".utf8), .kernelDump),
        (Array("PAGEDUMP".utf8), .kernelDump32),
        (Array("PAGEABCD".utf8), .damagedKernelDump(secondWord: 0x4443_4241)),
        (Array("PAGEPAGE".utf8), .damagedKernelDump(secondWord: 0x4547_4150)),
        (Array("MDMP".utf8) + [0x93, 0xA7, 0, 0], .userMinidump),
        (Array("USERDU64".utf8), .userDump),
        (Array("USERDUMP".utf8), .userDump),
        ([0x7F, 0x45, 0x4C, 0x46, 2, 1, 1, 0], .elfCore),
        (Array("EMiL".utf8) + [1, 0, 0, 0], .lime),
        (Array("KDUMP   ".utf8), .linuxKdump),
        (Array("makedumpfile\0\0\0\0".utf8), .linuxKdump),
        ([0xD0, 0xBE, 0xD2, 0xBE, 8, 0, 0, 0], .vmwareState),
        ([0xD1, 0xBA, 0xD1, 0xBA, 8, 0, 0, 0], .vmwareState),
        ([0xD2, 0xBE, 0xD2, 0xBE, 8, 0, 0, 0], .vmwareState),
        ([0xD3, 0xBE, 0xD3, 0xBE, 8, 0, 0, 0], .vmwareState),
        (Array("HIBR".utf8) + [0, 0, 0, 0], .hibernationFile),
        (Array("hibr".utf8) + [0, 0, 0, 0], .hibernationFile),
        (Array("WAKE".utf8) + [0, 0, 0, 0], .hibernationFile),
        (Array("wake".utf8) + [0, 0, 0, 0], .hibernationFile),
        (Array("RSTR".utf8) + [0, 0, 0, 0], .hibernationFile),
        (Array("QEVM".utf8) + [0, 0, 0, 3], .qemuSavedState),
        (Array("LibvirtQemudSave".utf8), .qemuSavedState),
        ([0xFD, 0x37, 0x7A, 0x58, 0x5A, 0, 0, 4], .compressed("xz")),
        ([0x1F, 0x8B, 8, 0, 0, 0, 0, 0], .compressed("gzip")),
        ([0x50, 0x4B, 3, 4, 0, 0, 0, 0], .compressed("zip")),
        ([UInt8](repeating: 0, count: 8), .blankHeader),
        ([0xE9, 0x34, 0x12, 0, 0, 0, 0, 1], .unknown),
    ]

    @Test("first bytes", arguments: formats)
    func format(start: [UInt8], expected: ImageFormat) {
        let file = Self.padded(start)
        #expect(ImageFormat(file) == expected)
        guard let error = Self.refusal(of: file) else {
            Issue.record("opened")
            return
        }
        #expect(!error.summary.isEmpty)
        #expect(!error.advice.isEmpty)
        if case .otherFormat(let format) = error.reason { #expect(format == expected) }
    }

    @Test(
        "text of several kinds",
        arguments: [
            Array("SESSIONNAME  USERNAME  ID  STATE\r\n".utf8), Array("Zugriff verweigert: Gerät läuft\n".utf8),
            [0xFF, 0xFE, 0x41, 0, 0x42, 0, 0x43, 0], Array(String(repeating: "ä€", count: 400).utf8),
        ])
    func text(bytes: [UInt8]) {
        #expect(ImageFormat(MappedFile(bytes: bytes)) == .text)
    }

    @Test("too short to be anything, or to be what it begins like", arguments: [0, 1, 7, 8, 0xFFF, 0x1FFF])
    func tooShort(count: Int) {
        let bytes = Array(DumpBytes.full([(1, 1)]).bytes.prefix(count))
        guard case .tooShort(let needed) = Self.refusal(of: MappedFile(bytes: bytes))?.reason else {
            Issue.record("opened, or refused for another reason")
            return
        }
        #expect(needed == (count < 8 ? 8 : 0x2000))
    }

    @Test("a 32-bit dump shorter than its header")
    func tooShort32() {
        let error = Self.refusal(of: MappedFile(bytes: Array("PAGEDUMP".utf8)))
        guard case .tooShort(0x1000) = error?.reason else {
            Issue.record("refused for another reason")
            return
        }
    }

    @Test("other machines", arguments: [(0xAA64, "ARM64"), (0x14C, "x86"), (0x200, "Itanium"), (0x1234, "0x1234")])
    func otherMachine(number: UInt32, name: String) throws {
        var bytes = DumpBytes.full([(1, 1)])
        bytes.put(number, at: 0x30)
        let error = try #require(bytes.refusal)
        guard case .otherMachine = error.reason else {
            Issue.record("refused for another reason")
            return
        }
        #expect(error.summary.contains(name))
    }

    @Test("an encrypted dump is refused before anything else is believed")
    func encrypted() throws {
        var bytes = DumpBytes(type: 6)
        bytes.put(UInt32(1), at: 0x08)
        bytes.put(UInt32(0x3000), at: 0x0C)
        bytes.put(UInt32(0x100), at: 0x1050)
        let error = try #require(bytes.refusal)
        guard case .encrypted = error.reason else {
            Issue.record("refused for another reason")
            return
        }
        #expect(error.summary.contains("encrypted"))
        #expect(error.found.contains("12288 bytes"))
    }

    @Test("a dump that was encrypted once is plain")
    func decrypted() throws {
        var bytes = DumpBytes.bitmap(bitCount: 64, pages: [1])
        bytes.put(UInt32(0x200), at: 0x1050)
        #expect(try bytes.open().walkedPages == [1])
    }

    @Test("header only, unknown types, and type 7 without a page list")
    func withoutPages() throws {
        guard case .headerOnly = DumpBytes(type: 3).refusal?.reason else {
            Issue.record("type 3")
            return
        }
        for type: UInt32 in [0, 11, 0x4547_4150] {
            guard case .unknownType = DumpBytes(type: type).refusal?.reason else {
                Issue.record("type \(type)")
                return
            }
        }
        for type: UInt32 in [2, 5, 6, 7, 8, 9, 10] {
            guard case .pageListDamaged = DumpBytes(type: type).refusal?.reason else {
                Issue.record("type \(type)")
                return
            }
        }
    }

    @Test("a page list that nobody can read, behind the right signature")
    func emptyRangeList() {
        var bytes = DumpBytes.ranges([(1, 2)])
        bytes.zero(0x2020..<0x2040)
        guard case .pageListDamaged = bytes.refusal?.reason else {
            Issue.record("opened, or refused for another reason")
            return
        }
    }

    @Test("the error of a triage dump, as the design words it")
    func triageWords() throws {
        let bytes = DumpBytes(type: 4)
        let error = try #require(bytes.refusal)
        #expect(error.summary == "the file is a triage dump (64-bit, 8.1 KB): it holds no logon sessions.")
        #expect(
            error.found
                == "Bug check 0x9f on build 19041, 2024-05-01 10:12 UTC. `logonleak info the file` shows what it has.")
        #expect(error.advice == "To capture one that can be analysed: logonleak capture")
        #expect(error.header?.buildNumber == 19041)
    }

    @Test("unsupported formats say so and name a way on", arguments: [ImageFormat.elfCore, .lime, .vmwareState])
    func notYetSupported(format: ImageFormat) throws {
        let start = try #require(Self.formats.first { $0.1 == format }).0
        let error = try #require(Self.refusal(of: Self.padded(start)))
        #expect(error.summary.contains("not yet supported"))
        #expect(!error.advice.isEmpty)
    }
}
