import Foundation
import LeakTestSupport
import Testing

/// Getting symbols from a real HTTP server on loopback: each way in which it can go wrong, and nothing half-written in the store.
@Suite("Symbol servers", .enabled(if: SymbolServer.isAvailable))
struct SymbolServerTests {
    private let server: SymbolServer
    private let wanted = SmallProgramDatabase()

    init() throws { server = try SymbolServer() }

    private var place: String { "ntkrnlmp.pdb/\(wanted.key)/ntkrnlmp.pdb" }

    /// That a run ended with a status and these words, and that nothing is in the store.
    private func expectNothing(_ run: Run, status: Int32, _ words: String...) {
        #expect(run.status == status, "\(run.errorText)")
        for word in words { #expect(run.errorText.contains(word), "\(run.errorText)") }
        #expect(server.stored.isEmpty, "\(server.stored)")
    }

    private func expectStored(_ run: Run) throws {
        #expect(run.status == 0, "\(run.errorText)")
        #expect(server.stored == [place])
        #expect(try Data(contentsOf: URL(filePath: server.store + "/" + place)) == Data(wanted.bytes))
    }

    @Test("one tier: asked once, stored, and not asked again") func oneTier() throws {
        try server.put(wanted.bytes, place)
        try expectStored(try server.fetch("store"))
        #expect(server.questions == ["/store/" + place])
        let again = try server.fetch("store", options: ["--format", "json"])
        #expect(again.text.contains(server.store + "/" + place))
        #expect(server.questions.count == 1, "what lies in the store is not asked for again")
    }

    @Test("two tiers") func twoTiers() throws {
        try server.put([], "index2.txt")
        try server.put(wanted.bytes, "nt/" + place)
        try expectStored(try server.fetch("store"))
    }

    @Test("a server that keeps lower case is asked in lower case after a 404") func lowerCase() throws {
        try server.put(wanted.bytes, place.lowercased())
        try expectStored(try server.fetch("store"))
        #expect(server.questions.first == "/store/" + place)
        #expect(server.questions.last == "/store/" + place.lowercased())
    }

    @Test("packed, with a program to unpack") func packed() throws {
        let folder = Scratch.file("programs")
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        // Stands for the real program: what it is called with is the same, what it unpacks is our own.
        let script = "#!/bin/sh\nexec tail -c +9 \"$3\"\n"
        _ = FileManager.default.createFile(
            atPath: folder + "/cabextract", contents: Data(script.utf8), attributes: [.posixPermissions: 0o755])
        try server.put(Array("MSCF----".utf8) + wanted.bytes, place.dropLast() + "_")
        let path = folder + ":" + (ProcessInfo.processInfo.environment["PATH"] ?? "")
        try expectStored(try server.fetch("store", environment: ["PATH": path]))
    }

    @Test("packed, and nothing to unpack it") func noUnpacker() throws {
        let folder = Scratch.file("programs")
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        try FileManager.default.createSymbolicLink(
            atPath: folder + "/curl", withDestinationPath: try #require(programInPath("curl")).path)
        try server.put(Array("MSCF----".utf8) + wanted.bytes, place.dropLast() + "_")
        expectNothing(try server.fetch("store", environment: ["PATH": folder]), status: 69, "cabextract", "7z")
    }

    @Test("no curl: what to do instead") func noCurl() throws {
        let run = try server.fetch("store", environment: ["PATH": "/nowhere"])
        expectNothing(run, status: 74, "no curl program", "symbols manifest")
        #expect(server.questions.isEmpty)
    }

    @Test("404 is an answer, no failure") func notThere() throws {
        expectNothing(try server.fetch("store"), status: 69, "the server has no ntkrnlmp.pdb")
        #expect(Set(server.questions).count == server.questions.count, "nothing is asked twice")
    }

    @Test("a pointer of the server is told, not followed") func pointer() throws {
        try server.put(Array("PATH:\\\\host\\share\\x.pdb".utf8), "ntkrnlmp.pdb/\(wanted.key)/file.ptr")
        expectNothing(try server.fetch("store"), status: 69, "\\\\host\\share\\x.pdb", "not followed")
    }

    @Test("a file that breaks off", arguments: ["cut", "cutchunks"]) func cut(_ behaviour: String) throws {
        try server.put(wanted.bytes, place)
        expectNothing(try server.fetch(behaviour), status: 74, "cut short")
    }

    @Test("a file that is cut without a word is seen to be none") func cutQuietly() throws {
        try server.put(wanted.bytes, place)
        expectNothing(try server.fetch("cutquietly"), status: 69, "not stored")
    }

    @Test("another build is refused") func wrongGUID() throws {
        try server.put(SmallProgramDatabase(guid: String(repeating: "B", count: 32)).bytes, place)
        expectNothing(try server.fetch("store"), status: 69, "not stored", String(repeating: "B", count: 32))
    }

    @Test("another age is refused") func wrongAge() throws {
        try server.put(SmallProgramDatabase(age: 7).bytes, place)
        expectNothing(try server.fetch("store"), status: 69, "not stored", "age 7")
    }

    @Test("a page for people is refused") func page() throws {
        expectNothing(try server.fetch("page"), status: 69, "not stored")
    }

    @Test("a server that is too slow, or silent", arguments: ["slow", "silent"]) func slow(_ behaviour: String) throws {
        let start = Date()
        expectNothing(try server.fetch(behaviour, options: ["--timeout", "1"]), status: 74, "for 1 second")
        #expect(Date().timeIntervalSince(start) < 15)
    }

    @Test("a redirect is followed") func redirect() throws {
        try server.put(wanted.bytes, place)
        try expectStored(try server.fetch("redirect"))
    }

    @Test("an endless redirect ends") func endlessRedirect() throws {
        expectNothing(try server.fetch("loop"), status: 74, "redirects")
        #expect(server.questions.count < 10)
    }

    @Test("a redirect to a file of this machine is not followed") func redirectElsewhere() throws {
        try server.put(wanted.bytes, place)
        expectNothing(try server.fetch("elsewhere"), status: 74, "redirect")
    }

    @Test("too large") func oversized() throws {
        expectNothing(try server.fetch("huge", options: ["--size-limit", "2"]), status: 74, "limit of 2097152 bytes")
    }

    @Test("an error of the server") func broken() throws {
        expectNothing(try server.fetch("broken"), status: 74, "HTTP status 500")
        expectNothing(try server.fetch("forbidden"), status: 74, "HTTP status 403")
    }

    @Test("an error that passes: asked again") func recovering() throws {
        try server.put(wanted.bytes, place)
        try expectStored(try server.fetch("recovering", options: ["--tries", "2"]))
        #expect(server.questions.count == 2)
    }

    @Test("the connection is closed without an answer") func empty() throws {
        expectNothing(
            try server.fetch("empty", options: ["--tries", "2"]), status: 74, "without an answer", "asked 2 times")
        #expect(server.questions.count == 2)
    }

    @Test("the server is gone") func gone() throws {
        let process = try SymbolServerProcess()
        process.stop()
        let server = try SymbolServer(process: process)
        let run = try server.fetch("store")
        #expect(run.status == 74, "\(run.errorText)")
        #expect(run.errorText.contains("no connection"), "\(run.errorText)")
        #expect(server.stored.isEmpty)
    }

    @Test(
        "names that would lead elsewhere are not asked for",
        arguments: ["../../x.pdb", "..\\x.pdb", "a%2fb.pdb", "nul.pdb", "c:x.pdb", "-o.pdb", "x.pdb."])
    func hostileNames(_ name: String) throws {
        expectNothing(try server.fetch("store", name: name), status: 69, "not asked for")
        #expect(server.questions.isEmpty)
    }

    @Test("a manifest that is none") func noManifest() throws {
        for key in ["", "123", "1806D020A6E46538D7AC3325FAC114D8", "1806D020A6E46538D7AC3325FAC114D8Z"] {
            expectNothing(try server.fetch("store", key: key), status: 65, "Line 1")
        }
    }

    @Test("proxies", arguments: ["http_proxy", "_NT_SYMBOL_PROXY"]) func proxy(_ variable: String) throws {
        try server.put(wanted.bytes, place)
        let address = server.address("store", host: "symbols.invalid")
        try expectStored(
            try server.fetch(from: address, environment: [variable: "127.0.0.1:\(server.process.port)"]))
        #expect(server.questions == ["http://symbols.invalid/store/" + place])
    }

    @Test("an interrupt ends it, and nothing unfinished stays") func interrupt() throws {
        let manifest = Scratch.file("manifest.txt")
        try Data("ntkrnlmp.pdb,\(wanted.key)\n".utf8).write(to: URL(filePath: manifest))
        // A terminal sends the interrupt to the program and to what it runs: both are one process group here.
        let script = """
            import os, signal, subprocess, sys, time
            child = subprocess.Popen(sys.argv[2:], start_new_session=True, preexec_fn=lambda:
                signal.pthread_sigmask(signal.SIG_SETMASK, []))
            for _ in range(200):
                if sys.argv[1] in [name[:10] for name in (os.listdir(os.environ["STORE"]) if os.path.isdir(os.environ["STORE"]) else [])]:
                    break
                time.sleep(0.05)
            time.sleep(0.5)
            os.killpg(child.pid, signal.SIGINT)
            sys.exit(child.wait())
            """
        let run = try Run(
            try #require(programInPath("python3")),
            [
                "-c", script, ".logonleak", Program.url.path, "symbols", "fetch", "--manifest", manifest, "--symbols",
                "srv*\(server.store)*\(server.address("slow"))",
            ], environment: ["STORE": server.store, "http_proxy": "", "no_proxy": "*"])
        expectNothing(run, status: 130, "interrupted")
    }

    @Test("a full store cannot be written: nothing is lost") func unwritable() throws {
        try server.put(wanted.bytes, place)
        try Data().write(to: URL(filePath: server.store))
        let run = try server.fetch("store")
        #expect(run.status == 69, "\(run.errorText)")
        #expect(try Data(contentsOf: URL(filePath: server.store)).isEmpty)
    }
}
