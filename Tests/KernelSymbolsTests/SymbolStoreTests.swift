import BinaryReading
import Foundation
import KernelSymbols
import LeakTestSupport
import Testing

/// Stores and folders in the file system (`users-and-practice.md` §2.1, §2.3–2.5).
@Suite("Symbol stores")
final class SymbolStoreTests {
    private let root = FileManager.default.temporaryDirectory.appending(path: "logonleak-stores-\(UUID().uuidString)")
        .path
    private let wanted = SmallProgramDatabase()

    init() throws { try FileManager.default.createDirectory(atPath: root, withIntermediateDirectories: true) }

    deinit { try? FileManager.default.removeItem(atPath: root) }

    private func request(_ name: String = "ntkrnlmp.pdb") throws -> SymbolFileRequest {
        let guid = try #require(GUID(symbolServerText: wanted.guid))
        return try SymbolFileRequest(PDBIdentity(name: name, guid: guid, age: wanted.age))
    }

    @discardableResult
    private func put(_ bytes: [UInt8], _ path: String) throws -> String {
        let url = URL(filePath: root + "/" + path)
        try FileManager.default.createDirectory(at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data(bytes).write(to: url)
        return url.path
    }

    /// Searches a path in which `@` stands for the test's folder.
    private func find(_ path: String, changesNothing: Bool = false) throws -> SymbolSearch.Result {
        var order = SymbolSearchOrder(defaultStore: root + "/default")
        order.append(SymbolPath(path.replacing("@", with: root)), origin: "test")
        return SymbolSearch(order, changesNothing: changesNothing).find(try request())
    }

    private func files() throws -> [String] {
        try FileManager.default.subpathsOfDirectory(atPath: root).filter {
            !((try? FileManager.default.contentsOfDirectory(atPath: root + "/" + $0)) != nil)
        }.sorted()
    }

    @Test("one tier") func oneTier() throws {
        let path = try put(wanted.bytes, "s/ntkrnlmp.pdb/\(wanted.key)/ntkrnlmp.pdb")
        #expect(try find("srv*@/s").file?.path == path)
        #expect(try files().count == 1, "used in place")
    }

    @Test("two tiers, with the mark in the root") func twoTiers() throws {
        try put([], "s/index2.txt")
        let path = try put(wanted.bytes, "s/nt/ntkrnlmp.pdb/\(wanted.key)/ntkrnlmp.pdb")
        #expect(try find("srv*@/s").file?.path == path)
        try put([], "copy/index2.txt")
        #expect(try find("srv*@/copy*@/s").file?.path == root + "/copy/nt/ntkrnlmp.pdb/\(wanted.key)/ntkrnlmp.pdb")
    }

    @Test("case does not matter") func caseBlind() throws {
        let path = try put(wanted.bytes, "s/NTKRNLMP.PDB/\(wanted.key.lowercased())/NtKrnlMp.pdb")
        #expect(try find("srv*@/s").file?.path.lowercased() == path.lowercased())
    }

    @Test("another GUID or age is refused, and the search goes on") func refused() throws {
        try put(
            SmallProgramDatabase(guid: String(repeating: "A", count: 32)).bytes,
            "one/ntkrnlmp.pdb/\(wanted.key)/ntkrnlmp.pdb")
        try put(SmallProgramDatabase(age: 2).bytes, "two/ntkrnlmp.pdb/\(wanted.key)/ntkrnlmp.pdb")
        try put(Array("<html>".utf8), "three/ntkrnlmp.pdb/\(wanted.key)/ntkrnlmp.pdb")
        try put(wanted.bytes.dropLast(600), "four/ntkrnlmp.pdb/\(wanted.key)/ntkrnlmp.pdb")
        try put(wanted.bytes, "five/ntkrnlmp.pdb/\(wanted.key)/ntkrnlmp.pdb")
        let result = try find("srv*@/zero;srv*@/one;srv*@/two;srv*@/three;srv*@/four;srv*@/five")
        #expect(result.steps.map(\.outcome) == [.absent, .refused, .refused, .refused, .refused, .accepted])
        #expect(result.steps[1].reason.contains(String(repeating: "A", count: 32)))
        #expect(result.steps[2].reason.contains("age 2"))
        #expect(result.file?.path.contains("/five/") == true)
    }

    @Test("a file found far away is copied into the stores on the way") func copies() throws {
        try put(wanted.bytes, "far/ntkrnlmp.pdb/\(wanted.key)/ntkrnlmp.pdb")
        let result = try find("srv*@/near*@/middle*@/far")
        let name = "ntkrnlmp.pdb/\(wanted.key)/ntkrnlmp.pdb"
        #expect(result.file?.path == root + "/near/" + name)
        #expect(try files() == ["far/" + name, "middle/" + name, "near/" + name])
        #expect(try Data(contentsOf: URL(filePath: root + "/near/" + name)) == Data(wanted.bytes))
    }

    @Test("a cache keeps what is found to its right, also in plain folders") func cache() throws {
        try put(wanted.bytes, "plain/ntkrnlmp.pdb")
        #expect(try find("cache*@/cache;@/plain").file?.path == root + "/cache/ntkrnlmp.pdb/\(wanted.key)/ntkrnlmp.pdb")
    }

    @Test("a search that changes nothing") func changesNothing() throws {
        let path = try put(wanted.bytes, "plain/ntkrnlmp.pdb")
        #expect(try find("cache*@/cache;@/plain", changesNothing: true).file?.path == path)
        #expect(try files() == ["plain/ntkrnlmp.pdb"])
    }

    @Test("where no copy can be kept, the file is used where it lies") func notCopied() throws {
        try put([1], "blocked")
        let path = try put(wanted.bytes, "far/ntkrnlmp.pdb/\(wanted.key)/ntkrnlmp.pdb")
        let result = try find("srv*@/blocked*@/far")
        #expect(result.file?.path == path)
        #expect(result.steps.contains { $0.outcome == .notCopied })
    }

    @Test(
        "a plain folder: itself, by the image's extension, as a store, or by what is inside",
        arguments: [
            "ntkrnlmp.pdb", "exe/ntkrnlmp.pdb", "symbols/exe/ntkrnlmp.pdb", "NTKRNLMP.PDB", "download.pdb", "STORE",
        ])
    func plainFolder(_ place: String) throws {
        let path = place == "STORE" ? "ntkrnlmp.pdb/\(wanted.key)/ntkrnlmp.pdb" : place
        try put(SmallProgramDatabase(age: 9).bytes, "d/other.pdb")
        #expect(try find("@/d").file == nil)
        try put(wanted.bytes, "d/" + path)
        #expect(try find("@/d").file?.path == root + "/d/" + path)
    }

    @Test("a folder of Volatility's symbol files, by name") func volatility() throws {
        let path = try put([], "v/windows/ntkrnlmp.pdb/\(wanted.guid)-1.json.xz")
        let found = try find("@/v").file
        #expect(found?.path == path)
        #expect(found?.form == .volatilitySymbolFile)
    }

    @Test(
        "a file.ptr leads to a file, says a sentence, or cannot be followed here",
        arguments: [
            ("PATH:@/elsewhere/x.pdb", "accepted"), ("@/elsewhere/x.pdb\r\n", "accepted"),
            ("path: @/elsewhere/x.pdb", "accepted"),
            ("MSG: ask Jane", "ask Jane"), ("PATH:\\\\server\\share\\x.pdb", "\\\\server\\share\\x.pdb"),
            ("PATH:@/nowhere", "cannot be followed"),
        ])
    func pointer(_ text: String, _ outcome: String) throws {
        try put(wanted.bytes, "elsewhere/x.pdb")
        try put(Array(text.replacing("@", with: root).utf8), "s/ntkrnlmp.pdb/\(wanted.key)/file.ptr")
        try put(Array("x".utf8), "s/ntkrnlmp.pdb/\(wanted.key)/refs.ptr")
        let result = try find("srv*@/s")
        if outcome == "accepted" {
            #expect(result.file?.path == root + "/elsewhere/x.pdb")
        } else {
            #expect(result.file == nil)
            #expect(result.steps.first?.reason.contains(outcome) == true, "\(result.steps)")
        }
    }

    @Test("leftovers of other programs are no symbols") func leftovers() throws {
        try put(wanted.bytes, "s/ntkrnlmp.pdb/\(wanted.key)/ntkrnlmp.pdb.error")
        try put(wanted.bytes, "s/ntkrnlmp.pdb/\(wanted.key)/ntkrnlmp.pdb.12345")
        #expect(try find("srv*@/s").file == nil)
    }

    @Test("a server is not asked, and that is told") func server() throws {
        let result = try find("srv*@/s*https://host.invalid/x")
        #expect(result.steps.map(\.outcome) == [.absent, .notAsked])
        #expect(result.steps.last?.reason.contains("symbols fetch") == true)
    }

    @Test("the asker may object, and the search goes on") func objection() throws {
        try put(wanted.bytes, "one/ntkrnlmp.pdb")
        try put(wanted.bytes, "two/ntkrnlmp.pdb")
        var order = SymbolSearchOrder(defaultStore: nil)
        order.append(SymbolPath("\(root)/one;\(root)/two"), origin: "test")
        let result = SymbolSearch(order).find(try request()) { $0.path.contains("/one/") ? "not this one" : nil }
        #expect(result.file?.path == root + "/two/ntkrnlmp.pdb")
        #expect(result.steps.first?.reason == "not this one")
    }
}
