import Foundation
import Testing

/// PDBs and the commands that read them, over the corpus beside the checkout.
@Suite("Program databases", .enabled(if: SharedDatabases.isAvailable))
struct ProgramDatabaseTests {
    private static let folder = SharedDatabases.folder

    private static func answers(_ run: Run) throws -> [[String: Any]] {
        try run.text.split(separator: "\n").map { line in
            try #require(try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
        }
    }

    @Test("every answer of the corpus", .timeLimit(.minutes(15))) func corpus() throws {
        let python = try #require(programInPath("python3"))
        let script = SharedDumps.folder.appending(path: "tools/check_pdb.py").path
        let run = try Run(python, [script, Program.url.path, Self.folder.path], limit: 280)
        #expect(run.status == 0, "\(run.text)\(run.errorText)")
    }

    @Test("an analysis with the kernel's PDB is the one with built-in symbols, from the PDB and from the cache")
    func same()
        throws
    {
        let symbols = try SharedDatabases.kernel()
        let cache = Scratch.file("cache")
        try SharedDumps.withDump("grabber-17763") { dump in
            let builtIn = try Program.run("analyze", dump, "--format", "json").text
            for source in ["the PDB", "its cache entry"] {
                let run = try Program.run(
                    "analyze", dump, "--format", "json", "--symbols", symbols, environment: ["LOGONLEAK_CACHE": cache])
                #expect(run.status == 0, "\(run.errorText)")
                let text = run.text.replacing("\"symbolSource\": \"\(symbols)\"", with: "\"symbolSource\": \"builtIn\"")
                #expect(text == builtIn, "\(source)")
            }
        }
        #expect(try FileManager.default.contentsOfDirectory(atPath: cache).count == 1)
    }

    @Test("a damaged entry of the cache is not used, and is written anew") func damagedCache() throws {
        let symbols = try SharedDatabases.kernel()
        let cache = Scratch.file("cache")
        let dump = try ForgedDumps.dump().path
        let environment = ["LOGONLEAK_CACHE": cache]
        func analyze() throws -> Data {
            let run = try Program.run("sessions", dump, "--symbols", symbols, environment: environment)
            #expect(run.status == 0, "\(run.errorText)")
            return run.output
        }
        let first = try analyze()
        let name = try #require(try FileManager.default.contentsOfDirectory(atPath: cache).first)
        let entry = URL(filePath: cache).appending(path: name)
        let sound = try Data(contentsOf: entry)
        var turned = sound
        turned[turned.count / 2] ^= 1
        for damaged in [turned, sound.prefix(100), sound.prefix(sound.count - 1), Data("nothing".utf8)] {
            try damaged.write(to: entry)
            #expect(try analyze() == first)
            #expect(try Data(contentsOf: entry) == sound)
        }
        let shown = try Program.run("symbols", "cache", "--format", "json", environment: environment)
        #expect(shown.text.contains(name))
        #expect(try Program.run("symbols", "cache", "--clear", environment: environment).status == 0)
        #expect(try FileManager.default.contentsOfDirectory(atPath: cache).isEmpty)
    }

    @Test("runs beside each other leave one sound entry") func concurrentWriters() async throws {
        let symbols = try SharedDatabases.kernel()
        let cache = Scratch.file("cache")
        let dump = try ForgedDumps.dump().path
        let outputs = try await withThrowingTaskGroup(of: Data.self) { group in
            for _ in 0..<6 {
                group.addTask {
                    try Program.run(
                        "sessions", dump, "--format", "csv", "--symbols", symbols,
                        environment: ["LOGONLEAK_CACHE": cache]
                    ).output
                }
            }
            return try await group.reduce(into: Set<Data>()) { $0.insert($1) }
        }
        #expect(outputs.count == 1 && outputs.first?.isEmpty == false)
        let names = try FileManager.default.contentsOfDirectory(atPath: cache)
        #expect(names.count == 1 && names[0].hasSuffix(".profile"), "\(names)")
    }

    @Test("a folder that cannot be written is no obstacle") func noCache() throws {
        let symbols = try SharedDatabases.kernel()
        let run = try Program.run(
            "sessions", try ForgedDumps.dump().path, "--symbols", symbols,
            environment: ["LOGONLEAK_CACHE": "/dev/null/cache"])
        #expect(run.status == 0, "\(run.errorText)")
    }

    @Test("a PDB of another kernel is refused, with both named") func foreign() throws {
        let driver = Self.folder.appending(path: "corpus/driver.pdb").path
        let run = try Program.run(
            "analyze", try ForgedDumps.dump().path, "--symbols", driver,
            environment: ["LOGONLEAK_CACHE": Scratch.file("cache")])
        #expect(run.status == 65)
        #expect(run.errorText.contains("another kernel"), "\(run.errorText)")
        #expect(run.errorText.contains("1806D020A6E46538D7AC3325FAC114D8"), "\(run.errorText)")
    }

    @Test("the kernel's GUID with another age is used, with a warning") func otherAge() throws {
        var bytes = try Data(contentsOf: URL(filePath: try SharedDatabases.kernel()))
        // The debug stream's header: -1, version 19990903, age 1; nothing else looks like it.
        let head = Data([0xFF, 0xFF, 0xFF, 0xFF, 0x77, 0x09, 0x31, 0x01, 1, 0, 0, 0])
        let place = try #require(bytes.range(of: head))
        bytes[place.lowerBound + 8] = 7
        let edited = Scratch.file("edited.pdb")
        try bytes.write(to: URL(filePath: edited))
        let run = try Program.run(
            "sessions", try ForgedDumps.dump().path, "--symbols", edited,
            environment: ["LOGONLEAK_CACHE": Scratch.file("cache")])
        #expect(run.status == 0, "\(run.errorText)")
        #expect(run.errorText.contains("age 7"), "\(run.errorText)")
    }

    @Test("what is not found: empty in JSON, a line and 65 in text; a blank line is a question too") func notFound()
        throws
    {
        let driver = Self.folder.appending(path: "corpus/driver.pdb").path
        for command in [["types"], ["symbols", "show"]] {
            let json = try Run(
                Program.url, command + ["NoSuchName", "--symbols", driver, "--format", "json"])
            #expect(json.status == 0)
            let text = try Run(Program.url, command + ["NoSuchName", "--symbols", driver])
            #expect(text.status == 65 && text.text.isEmpty)
            #expect(text.errorText.split(separator: "\n").count == 1, "\(text.errorText)")
            let batch = Scratch.file("questions.txt")
            try Data("\nNoSuchName\n".utf8).write(to: URL(filePath: batch))
            let answers = try Self.answers(
                try Run(Program.url, command + ["--batch", batch, "--symbols", driver, "--format", "json"]))
            #expect(answers.map { $0["query"] as? String } == ["", "NoSuchName"])
        }
        #expect(try Program.run("types", "--symbols", driver).status == 64)
        #expect(try Program.run("types", "a", "--batch", driver).status == 64)
    }

    @Test("addresses of a dump are turned, and the same name has the same address back") func dumpAddresses() throws {
        let symbols = try SharedDatabases.kernel()
        let dump = try ForgedDumps.dump()
        let options = ["--dump", dump.path, "--symbols", symbols, "--format", "json"]
        let environment = ["LOGONLEAK_CACHE": Scratch.file("cache")]
        let named = try Self.answers(
            try Run(Program.url, ["symbols", "show", "PsActiveProcessHead"] + options, environment: environment))
        let match = try #require((named[0]["matches"] as? [[String: Any]])?.first)
        // `kernel.json` of the corpus: 4252576.
        #expect(match["rva"] as? String == "0x40e3a0")
        let address = try #require(match["address"] as? String)
        #expect(address == "0x" + String(dump.truth.dump.kernelBase + 0x40E3A0, radix: 16))
        let back = try Self.answers(
            try Run(Program.url, ["symbols", "show", address] + options, environment: environment))
        #expect(((back[0]["matches"] as? [[String: Any]])?.first?["name"]) as? String == "PsActiveProcessHead")
    }

    @Test("without a file the newest built-in kernel answers, and is named") func builtIn() throws {
        let run = try Program.run("types", "_LUID")
        #expect(run.status == 0 && run.text.contains("LowPart") && run.text.contains("unsigned long"))
        #expect(run.errorText.contains("10.0.22000."), "\(run.errorText)")
        let symbol = try Program.run("symbols", "show", "PsActiveProcessHead")
        #expect(symbol.status == 0 && symbol.text.contains("PsActiveProcessHead"))
    }

    @Test("what a file is: kinds, flags, what is missing") func information() throws {
        let expected = [
            "corpus/driver-stripped.pdb": "stripped", "corpus/fastlink.pdb": "FASTLINK",
            "corpus/yaml.pdb": "no sections",
            "corpus/machine-x86.pdb": "x86", "corpus/nodbi.pdb": "no debug stream",
            "corpus/age3-dbi2.pdb": "linker 2, file 3",
            "corpus/omap.pdb": "rearranged", "corpus/incremental.pdb": "incremental", "corpus/notypes.pdb": "no types",
        ]
        for (name, words) in expected {
            let run = try Program.run("symbols", "info", Self.folder.appending(path: name).path)
            #expect(run.status == 0 && run.text.contains(words), "\(name): \(run.text)\(run.errorText)")
        }
        let bad = [
            "pdb2.pdb": "2.00", "portable.pdb": ".NET", "compressed.pd_": "cabinet", "html.pdb": "web page",
            "not-a-pdb.pdb": "executable", "empty.pdb": "empty", "blocksize-odd.pdb": "1000",
        ]
        for (name, words) in bad {
            let run = try Program.run("symbols", "info", Self.folder.appending(path: "bad/\(name)").path)
            #expect(run.status == 65 && run.errorText.contains(words), "\(name): \(run.errorText)")
        }
    }
}

/// The PDB corpus beside the checkout.
enum SharedDatabases {
    static let folder = SharedDumps.folder.appending(path: "pdb")

    static let isAvailable: Bool = {
        let isThere = FileManager.default.fileExists(atPath: folder.appending(path: "README.md").path)
        if !isThere { print("skipped: the shared PDBs, because there is no folder ../shared/pdb") }
        return isThere && SharedDumps.isAvailable
    }()

    /// The kernel-scale PDB, unpacked once.
    static func kernel() throws -> String { try unpacked.get() }

    private static let unpacked = Result<String, any Error> {
        let path = Scratch.file("ntkrnlmp.pdb")
        let packed = folder.appending(path: "kernel/kernel.pdb.xz").path
        let run = try Run(URL(filePath: "/bin/sh"), ["-c", "xz -dc \"$0\" > \"$1\"", packed, path])
        guard run.status == 0 else { throw CocoaError(.fileReadCorruptFile) }
        return path
    }
}
