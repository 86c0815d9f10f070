import DumpForge
import Testing

@testable import KernelObjects

/// Damaged trees of descriptors and damaged image headers: fewer names, and the rest of the answer as it was.
@Suite("Impossible images")
struct HostileImageTests {
    private static let dump = Result { try HostileDump() }
    private static let whole = dump.flatMap { dump in Result { try dump.read() } }

    /// The process that made most tokens, and the topmost descriptor of its tree.
    private static func victim(in dump: HostileDump) throws -> (process: ForgedTruth.Process, root: UInt64) {
        let process = try #require(dump.truth.processes.first { $0.image == "RyansTokenGrabber.exe" })
        let root = try dump.word(at: process.address + UInt64(dump.offset("_EPROCESS", "VadRoot")))
        return (process, root)
    }

    @Test(
        "every value in every word of the topmost descriptor", .timeLimit(.minutes(5)),
        arguments: [0, 8, 16, 24, 32, 48, 72])
    func descriptor(offset: UInt64) throws {
        let sound = try Self.dump.get()
        let whole = try Self.whole.get()
        let root = try Self.victim(in: sound).root
        for value in [0, 1, .max, root, root + 8, 0xFFFF_8000_0000_0000, 0x0000_7FFF_FFFF_FFFF] {
            var dump = sound
            try dump.put(value, at: root + offset)
            let snapshot = try dump.read()
            #expect(snapshot.tokens.count == whole.tokens.count)
            #expect(snapshot.logonSessions.count == whole.logonSessions.count)
        }
    }

    @Test("a tree that cannot be read is a gap; its process's libraries are told by others")
    func lostTree() throws {
        var dump = try Self.dump.get()
        let victim = try Self.victim(in: dump)
        try dump.put(0xFFFF_F000_0000_0000, at: victim.process.address + UInt64(dump.offset("_EPROCESS", "VadRoot")))
        let snapshot = try dump.read()
        #expect(snapshot.gaps.contains { $0.subject == .modules && $0.what.contains("RyansTokenGrabber.exe") })
        var borrowed = 0
        for token in dump.truth.tokens {
            guard let creator = token.creator, creator.processID == victim.process.processID else { continue }
            let naming = snapshot.creatorImages.naming(
                of: .init(processID: UInt64(creator.processID), imageName: creator.image))
            for frame in creator.userFrames {
                let found = naming.frame(at: .init(frame.address))
                let isProgram = frame.module == "RyansTokenGrabber"
                #expect(found.module == (isProgram ? nil : frame.module))
                #expect(found.isFromOtherProcess == !isProgram)
                borrowed += 1
            }
        }
        #expect(borrowed > 0)
    }

    @Test("libraries about which processes disagree name nothing")
    func disputedLibrary() throws {
        var shared = SharedImages()
        func library(_ name: String, _ base: UInt64, _ byteCount: UInt64) -> UserImage {
            UserImage(base: .init(base), byteCount: byteCount, path: #"\Windows\System32\"# + name)
        }
        let additions = [
            [library("a.dll", 0x7FF8_0000_0000, 0x1_0000), library("b.dll", 0x7FF8_0010_0000, 0x1_0000)],
            [library("A.DLL", 0x7FF8_0000_0000, 0x1_0000)],
            [library("c.dll", 0x7FF8_0010_0000, 0x1_0000)],
            [library("d.dll", 0x7FF8_0020_0000, 0x3_0000), library("e.dll", 0x7FF8_0022_0000, 0x1_0000)],
            // Programs and what lies outside Windows' own folder are not taken over.
            [
                library("f.exe", 0x7FF8_0040_0000, 0x1_0000),
                UserImage(base: .init(0x7FF8_0050_0000), byteCount: 0x1000, path: #"C:\Tools\g.dll"#),
            ],
        ]
        let changes = additions.map { shared.add($0) }
        #expect(changes == [true, false, true, true, false])
        #expect(shared.table.images.map(\.name) == ["a"])
    }

    @Test(
        "damaged export tables cost names, nothing else",
        arguments: [0x500, 0x514, 0x518, 0x51C, 0x520, 0x524, 0xC00, 0xC08])
    func exports(offset: UInt64) throws {
        let sound = try HostileDump("10.0.17763.5933", .kernelrefs)
        let driver = try #require(sound.truth.modules.first { $0.name == "ksecdd.sys" })
        for value: UInt64 in [0, 1, 0xFFFF_FFFF, 0x7FFF_FFFF, 0x1000] {
            var dump = sound
            try dump.put(value, byteCount: 4, at: driver.base + offset)
            let snapshot = try dump.read()
            #expect(snapshot.tokens.count == sound.truth.tokens.count)
            for frame in snapshot.frames.values where frame.module == "ksecdd" {
                #expect(frame.displacement != nil)
            }
        }
    }
}
