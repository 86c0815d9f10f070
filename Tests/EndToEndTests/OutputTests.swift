import Foundation
import Testing

@Suite("Where results go and how they look")
struct OutputTests {
    private let escape = "\u{1B}["

    private func dump() throws -> String { try ForgedDumps.dump().path }

    @Test("a file for the result is its owner's alone, and is not replaced unasked") func file() throws {
        let dump = try dump()
        let file = Scratch.file("result.json")
        #expect(try Program.run("analyze", dump, "--format", "json", "--output", file).status == 0)
        let attributes = try FileManager.default.attributesOfItem(atPath: file)
        #expect(attributes[.posixPermissions] as? Int == 0o600)
        let first = try Data(contentsOf: URL(filePath: file))
        #expect(first == (try Program.run("analyze", dump, "--format", "json").output))

        let again = try Program.run("sessions", dump, "--output", file)
        #expect(again.status == 73)
        #expect(again.errorText.contains("--force"))
        #expect(try Data(contentsOf: URL(filePath: file)) == first)

        #expect(try Program.run("sessions", dump, "--output", file, "--force").status == 0)
        #expect(try Data(contentsOf: URL(filePath: file)) != first)
    }

    @Test("a place where no file can be made") func noFolder() throws {
        let run = try Program.run("analyze", try dump(), "--output", "/nowhere/at/all.txt")
        #expect(run.status == 73)
        #expect(run.errorText.contains("/nowhere/at/all.txt"))
    }

    @Test("forge keeps what is there", arguments: ["--output", "--truth"])
    func forgeKeeps(_ option: String) throws {
        let kept = try ForgedDumps.file([1, 2, 3], "kept")
        let other = Scratch.file("other")
        let arguments = option == "--output" ? ["--output", kept] : ["--output", other, "--truth", kept]
        let run = try Run(Program.url, ["forge", "clean"] + arguments)
        #expect(run.status == 73)
        #expect(try Data(contentsOf: URL(filePath: kept)) == Data([1, 2, 3]))
    }

    @Test("the verdict in the exit status, only where asked for") func exitCode() throws {
        let clean = try ForgedDumps.dump(.clean).path
        #expect(try Program.run("analyze", try dump()).status == 0)
        #expect(try Program.run("analyze", try dump(), "--exit-code").status == 1)
        #expect(try Program.run("analyze", clean, "--exit-code").status == 0)
        #expect(try Program.run("analyze", "/nowhere/at/all.dmp", "--exit-code").status == 66)
    }

    @Test("nothing seen is not nothing there: the status of an incomplete reading") func incomplete() throws {
        let clean = try ForgedDumps.dump(.clean)
        // Page tables of the paged pool hang from one entry of the top table: sessions and tokens go with it.
        let address = try #require(clean.truth.logonSessions.first?.address)
        let entry = clean.truth.dump.directoryTableBase + (address >> 39 & 0x1FF) * 8
        let path = try ForgedDumps.spoilt(.clean) { bytes in
            bytes.put(0, at: try fileOffset(ofPhysical: entry, in: bytes))
        }
        let run = try Program.run("analyze", path, "--exit-code")
        #expect(run.status == 3, "\(run.errorText)")
        #expect(run.text.contains("ncomplete") || run.text.contains("could not be read"))
    }

    /// Where a physical address lies in a dump with a bitmap of 64-bit fields (`formats.md` §2.3).
    private func fileOffset(ofPhysical address: UInt64, in bytes: [UInt8]) throws -> Int {
        let firstPage = (0..<8).reduce(0) { $0 | Int(bytes[0x2020 + $1]) << (8 * $1) }
        let frame = Int(address >> 12)
        let before = (0..<frame).count { bytes[0x2038 + $0 / 8] >> UInt8($0 % 8) & 1 == 1 }
        return firstPage + before * 0x1000 + Int(address & 0xFFF)
    }

    @Test("a hoard without a leak", .enabled(if: SharedDumps.isAvailable && SharedDumps.names.contains("hoard-17763")))
    func suspect() throws {
        let run = try SharedDumps.withDump("hoard-17763") { try Program.run("analyze", $0, "--exit-code", "--quiet") }
        #expect(run.status == 2)
    }

    @Test("colours where they are asked for, and only there") func colours() throws {
        let dump = try dump()
        func usesColour(_ arguments: [String] = [], _ environment: [String: String] = [:]) throws -> Bool {
            var variables = ["NO_COLOR": "", "CLICOLOR_FORCE": "", "TERM": "xterm"]
            variables.merge(environment) { $1 }
            let run = try Run(Program.url, ["analyze", dump] + arguments, environment: variables)
            #expect(run.status == 0)
            return run.text.contains(escape)
        }
        #expect(try !usesColour())
        #expect(try usesColour(["--color", "always"]))
        #expect(try usesColour(["--color", "always"], ["NO_COLOR": "1"]))
        #expect(try !usesColour(["--color", "never"], ["CLICOLOR_FORCE": "1"]))
        #expect(try usesColour([], ["CLICOLOR_FORCE": "1"]))
        #expect(try !usesColour([], ["CLICOLOR_FORCE": "0"]))
        #expect(try !usesColour([], ["NO_COLOR": "1"]))
    }

    @Test("a reader that has enough is no error", arguments: ["text", "json", "jsonl"])
    func pipe(_ format: String) throws {
        let script = "{ \"$0\" analyze \"$1\" --format \(format); echo \"status $?\" >&2; } | head -c 20"
        let run = try Run(URL(filePath: "/bin/sh"), ["-c", script, Program.url.path, try dump()])
        #expect(run.output.count == 20)
        #expect(run.errorText == "status 0\n")
    }

    @Test("the same input gives the same bytes", arguments: ["text", "json", "jsonl"])
    func reproducible(_ format: String) throws {
        let dump = try dump()
        let first = try Program.run("analyze", dump, "--format", format)
        for _ in 0..<2 { #expect(try Program.run("analyze", dump, "--format", format).output == first.output) }
    }

    @Test("the same seed forges the same bytes") func reproducibleForge() throws {
        let files = [Scratch.file("one.dmp"), Scratch.file("two.dmp")]
        for file in files {
            #expect(try Program.run("forge", "clean", "--seed", "7", "--output", file).status == 0)
        }
        #expect(try Data(contentsOf: URL(filePath: files[0])) == (try Data(contentsOf: URL(filePath: files[1]))))
    }

    @Test("the demo shows a leak and leaves nothing behind") func demo() throws {
        let folder = URL(filePath: Scratch.file("x")).deletingLastPathComponent()
        let run = try Run(Program.url, ["demo"], environment: ["TMPDIR": folder.path])
        #expect(run.status == 0, "\(run.errorText)")
        #expect(run.text.contains("lsass.exe"))
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).isEmpty)
    }

    @Test("names from the dump cannot steer the terminal") func hostileNames() throws {
        let dump = try ForgedDumps.dump()
        let account = try #require(
            dump.truth.logonSessions.last { $0.state == .leaked && $0.account.count > 6 }?.account)
        var hostile = Array(account.utf16)
        hostile.replaceSubrange(0..<6, with: [0x1B, 0x5B, 0x32, 0x4A, 0x202E, 0x07])
        func bytes(_ units: [UInt16]) -> [UInt8] { units.flatMap { [UInt8($0 & 0xFF), UInt8($0 >> 8)] } }
        let path = try ForgedDumps.spoilt { spoilt in
            #expect(spoilt.replaceAll(bytes(Array(account.utf16)), with: bytes(hostile)) > 0)
        }
        for arguments in [["analyze", path], ["sessions", path]] {
            let run = try Run(Program.url, arguments)
            #expect(run.status == 0)
            #expect(!run.text.unicodeScalars.contains { [0x1B, 0x07, 0x202E].contains($0.value) }, "\(arguments)")
            #expect(run.text.contains(#"\u{1b}[2J\u{202e"#), "\(arguments)")
        }
        let json = try Program.run("analyze", path, "--format", "json")
        #expect(!json.output.contains(0x1B))
        let object = try JSONSerialization.jsonObject(with: json.output) as? [String: Any]
        let sessions = object?["logonSessions"] as? [[String: Any]] ?? []
        #expect(sessions.contains { $0["account"] as? String == String(decoding: hostile, as: UTF16.self) })
    }
}
