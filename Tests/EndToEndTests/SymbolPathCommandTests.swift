import BinaryReading
import Foundation
import KernelProfiles
import LeakTestSupport
import Testing

/// Who asks a server, and who does not; what the commands say of symbol paths.
@Suite("Symbol paths on the command line", .enabled(if: SymbolServer.isAvailable))
struct SymbolPathCommandTests {
    private static let strangeGUID = "123456789ABCDEF00102030405060708"
    private static let strangeBytes: [UInt8] = [
        0x78, 0x56, 0x34, 0x12, 0xBC, 0x9A, 0xF0, 0xDE, 1, 2, 3, 4, 5, 6, 7, 8,
    ]
    private let server: SymbolServer

    init() throws { server = try SymbolServer() }

    /// A dump of a kernel that nobody knows.
    private func unknownKernel() throws -> String {
        try ForgedDumps.spoilt { bytes in
            for offset in stride(from: 0, to: bytes.count - 40, by: 4)
            where bytes[offset..<(offset + 4)].elementsEqual(Array("RSDS".utf8)) {
                bytes.replaceSubrange((offset + 4)..<(offset + 20), with: Self.strangeBytes)
            }
        }
    }

    /// Hides all that is built in, so that nothing can be borrowed either.
    private static let nothingBuiltIn = ["LOGONLEAK_HIDE_PROFILE": "6,10,layouts:10"]

    private var serverPath: String { "srv*\(server.store)*\(server.address("store"))" }

    @Test("without a named server nothing is asked") func nothingAsked() throws {
        let dump = try unknownKernel()
        let hiding = Self.nothingBuiltIn
        #expect(try Program.run("analyze", dump, environment: hiding).status == 69)
        #expect(
            try Program.run("analyze", dump, "--symbols", "srv*\(server.store)", environment: hiding).status == 69)
        let environment = ["_NT_SYMBOL_PATH": serverPath]
        let inherited = try Program.run("analyze", dump, environment: environment.merging(hiding) { $1 })
        #expect(inherited.status == 69)
        #expect(inherited.errorText.contains("127.0.0.1"), "analyze says that the server was not asked")
        #expect(inherited.errorText.contains("symbols fetch"))
        #expect(try Program.run("info", dump, environment: environment).status == 0)
        #expect(try Program.run("symbols", "path", dump, "--symbols", serverPath).status == 0)
        #expect(try Program.run("symbols", "manifest", dump, environment: environment).status == 0)
        #expect(try Program.run("symbols", "fetch", dump).status == 64)
        #expect(try Program.run("symbols", "fetch", dump, "--symbols", "srv*").status == 64)
        #expect(server.questions.isEmpty, "\(server.questions)")
    }

    @Test("a built-in kernel is asked for only where --symbols names the server") func builtIn() throws {
        let dump = try ForgedDumps.dump().path
        #expect(try Program.run("sessions", dump, environment: ["_NT_SYMBOL_PATH": serverPath]).status == 0)
        #expect(server.questions.isEmpty)
        let run = try Program.run("sessions", dump, "--symbols", serverPath)
        #expect(run.status == 0, "the built-in symbols are used: \(run.errorText)")
        #expect(run.errorText.contains("built-in"))
        #expect(!server.questions.isEmpty)
    }

    @Test("analyze asks the server that --symbols names, and lists what it searched") func asked() throws {
        let run = try Program.run(
            "analyze", try unknownKernel(), "--symbols", serverPath, environment: Self.nothingBuiltIn)
        #expect(run.status == 69)
        #expect(server.questions.first == "/store/ntkrnlmp.pdb/\(Self.strangeGUID)1/ntkrnlmp.pdb")
        #expect(run.errorText.contains(server.store))
        #expect(run.errorText.contains("the server has no ntkrnlmp.pdb"))
    }

    @Test("symbols that are inferred although places were named: said, with what was searched") func inferred() throws {
        let run = try Program.run("analyze", try unknownKernel(), "--symbols", serverPath)
        #expect(run.status == 0)
        #expect(run.errorText.contains("inferred"))
        #expect(run.errorText.contains("the server has no ntkrnlmp.pdb"))
        #expect(!server.questions.isEmpty)
    }

    @Test("fetch asks a server that a variable names") func fetchInherited() throws {
        let wanted = SmallProgramDatabase(guid: Self.strangeGUID)
        let place = "ntkrnlmp.pdb/\(wanted.key)/ntkrnlmp.pdb"
        try server.put(wanted.bytes, place)
        let run = try Program.run(
            "symbols", "fetch", try unknownKernel(), environment: ["_NT_ALT_SYMBOL_PATH": serverPath, "http_proxy": ""])
        #expect(run.status == 0, "\(run.errorText)")
        #expect(server.stored == [place])
        #expect(server.questions == ["/store/" + place])
    }

    @Test("a name of the dump's that would lead elsewhere is not asked for") func hostileName() throws {
        let forged = try ForgedDumps.dump()
        let base = "0x" + String(forged.truth.dump.kernelBase, radix: 16)
        let dump = try ForgedDumps.spoilt { bytes in
            let count = bytes.replaceAll(Array("ntkrnlmp.pdb".utf8), with: Array("a%2fbcde.pdb".utf8))
            #expect(count > 0)
        }
        let run = try Program.run("analyze", dump, "--kernel-base", base, "--symbols", serverPath)
        #expect(run.status == 0, "the GUID is that of a built-in kernel: \(run.errorText)")
        #expect(run.errorText.contains("not looked for"), "\(run.errorText)")
        let fetched = try Program.run("symbols", "fetch", dump, "--kernel-base", base, "--symbols", serverPath)
        #expect(fetched.status == 69, "\(fetched.errorText)")
        #expect(server.questions.isEmpty)
    }

    @Test("the manifest of a dump, in each form") func manifest() throws {
        let dump = try unknownKernel()
        #expect(try Program.run("symbols", "manifest", dump).text == "ntkrnlmp.pdb,\(Self.strangeGUID)1,1\n")
        let urls = try Program.run("symbols", "manifest", dump, "--format", "urls", "--server", "https://host/x/")
        #expect(urls.text == "https://host/x/ntkrnlmp.pdb/\(Self.strangeGUID)1/ntkrnlmp.pdb\n")
        let json = try Program.run("symbols", "manifest", dump, "--format", "json")
        let object = try #require(try JSONSerialization.jsonObject(with: json.output) as? [String: Any])
        #expect(object["schema"] as? String == "logonleak/symbols-manifest/1")
        let files = try #require(object["files"] as? [[String: Any]])
        #expect(files.map { $0["key"] as? String } == [Self.strangeGUID + "1"])
        #expect(files.map { $0["age"] as? Int } == [1])
        #expect(try Program.run("symbols", "manifest", dump, "--server", "file:///x").status == 64)
    }

    @Test("the path: order and origin of places") func path() throws {
        let run = try Program.run(
            "symbols", "path", "--symbols", "srv*/one", "--format", "json",
            environment: ["_NT_SYMBOL_PATH": "/three;%UNSET_VARIABLE%/x", "_NT_ALT_SYMBOL_PATH": "/two"])
        let object = try #require(try JSONSerialization.jsonObject(with: run.output) as? [String: Any])
        let places = try #require(object["places"] as? [[String: Any]])
        #expect(places.map { $0["place"] as? String } == ["/one", "/two", "/three", "%UNSET_VARIABLE%/x"])
        #expect(
            places.map { $0["namedBy"] as? String } == [
                "--symbols", "_NT_ALT_SYMBOL_PATH", "_NT_SYMBOL_PATH", "_NT_SYMBOL_PATH",
            ])
        #expect(places.allSatisfy { ($0["state"] as? String)?.hasPrefix("skipped") == true })
    }

    @Test("a folder of Volatility's symbol files is a symbol path too") func volatility() throws {
        let dump = try ForgedDumps.dump()
        let profile = try #require(BuiltInProfiles.profile(version: "10.0.17763.5933"))
        let identity = try #require(profile.identity)
        let folder = Scratch.file("isf")
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        let file = folder + "/\(identity.guid)-\(identity.age).json"
        try Data(VolatilitySymbolFile.text(of: profile).utf8).write(to: URL(filePath: file))
        let run = try Program.run("analyze", dump.path, "--symbols", folder, "--format", "json")
        #expect(run.status == 0, "\(run.errorText)")
        let object = try #require(try JSONSerialization.jsonObject(with: run.output) as? [String: Any])
        #expect((object["kernel"] as? [String: Any])?["symbolSource"] as? String == file)
    }

    @Test("a kernel PDB that comes from the server is used", .enabled(if: SharedDumps.isAvailable)) func used() throws {
        let packed = SharedDumps.folder.appending(path: "pdb/kernel/kernel.pdb.xz").path
        let unpacked = try Run(try #require(programInPath("xz")), ["-dc", packed])
        let place = "ntkrnlmp.pdb/1806D020A6E46538D7AC3325FAC114D81/ntkrnlmp.pdb"
        try server.put([UInt8](unpacked.output), place)
        let dump = try ForgedDumps.dump().path
        let environment = ["LOGONLEAK_CACHE": Scratch.file("cache"), "http_proxy": ""]
        let run = try Program.run(
            "analyze", dump, "--symbols", serverPath, "--format", "json", environment: environment)
        #expect(run.status == 0, "\(run.errorText)")
        let object = try #require(try JSONSerialization.jsonObject(with: run.output) as? [String: Any])
        #expect((object["kernel"] as? [String: Any])?["symbolSource"] as? String == server.store + "/" + place)
        #expect(server.stored == [place])
        #expect(server.questions == ["/store/" + place])
    }

    @Test(
        "a kernel that is not built in, with its PDB in a folder that a variable names",
        .enabled(if: SharedDumps.isAvailable)) func inherited() throws
    {
        let packed = SharedDumps.folder.appending(path: "pdb/kernel/kernel.pdb.xz").path
        var database = [UInt8](try Run(try #require(programInPath("xz")), ["-dc", packed]).output)
        // The forged dump is of the kernel of this PDB; both get the same strange GUID.
        let kernelGUID: [UInt8] = [
            0x20, 0xD0, 0x06, 0x18, 0xE4, 0xA6, 0x38, 0x65, 0xD7, 0xAC, 0x33, 0x25, 0xFA, 0xC1, 0x14, 0xD8,
        ]
        #expect(database.replaceAll(kernelGUID, with: Self.strangeBytes) == 1)
        let folder = Scratch.file("symbols")
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        let file = folder + "/whatever.pdb"
        try Data(database).write(to: URL(filePath: file))
        let run = try Program.run(
            "analyze", try unknownKernel(), "--format", "json",
            environment: ["_NT_SYMBOL_PATH": "/nowhere;\(folder)", "LOGONLEAK_CACHE": Scratch.file("cache")])
        #expect(run.status == 0, "\(run.errorText)")
        let object = try #require(try JSONSerialization.jsonObject(with: run.output) as? [String: Any])
        #expect((object["kernel"] as? [String: Any])?["symbolSource"] as? String == file)
        #expect((object["verdict"] as? [String: Any])?["state"] as? String == "leak")
    }
}
