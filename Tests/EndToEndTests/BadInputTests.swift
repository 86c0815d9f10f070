import DumpForge
import Foundation
import Testing

/// Files that are no dump of a 64-bit Windows, and what is said of each.
struct BadInput: Sendable, CustomTestStringConvertible {
    let name: String
    let bytes: [UInt8]
    /// Words that the refusal must have.
    let says: String
    var testDescription: String { name }

    init(_ name: String, _ bytes: [UInt8], says: String) {
        self.name = name
        self.bytes = bytes
        self.says = says
    }

    init(_ name: String, text: String, says: String) {
        self.init(name, Array(text.utf8) + Array(repeating: 0, count: 5000), says: says)
    }

    /// Formats by their first bytes (`formats.md` §0).
    static let foreignFormats: [BadInput] = [
        BadInput("one byte", [0x50], says: "too short"),
        BadInput("text", Array(repeating: Array("Hello, world.\n".utf8), count: 40).flatMap(\.self), says: "text"),
        BadInput("damaged signature", text: "PAGEABCD", says: "damaged"),
        BadInput("user minidump", text: "MDMP\u{13}", says: "one process"),
        BadInput("user dump, 64-bit", text: "USERDU64", says: "one process"),
        BadInput("user dump, 32-bit", text: "USERDUMP", says: "one process"),
        BadInput("ELF core", text: "\u{7F}ELF\u{2}\u{1}", says: "ELF"),
        BadInput("LiME", text: "EMiL", says: "LiME"),
        BadInput("kdump", text: "KDUMP   ", says: "kdump"),
        BadInput("flattened kdump", text: "makedumpfile\0", says: "kdump"),
        BadInput("VMware 0", [0xD0, 0xBE, 0xD2, 0xBE] + filler, says: "VMware"),
        BadInput("VMware 1", [0xD1, 0xBA, 0xD1, 0xBA] + filler, says: "VMware"),
        BadInput("VMware 2", [0xD2, 0xBE, 0xD2, 0xBE] + filler, says: "VMware"),
        BadInput("VMware 3", [0xD3, 0xBE, 0xD3, 0xBE] + filler, says: "VMware"),
        BadInput("hibernation file", text: "HIBR", says: "hibernation"),
        BadInput("hibernation file, lower case", text: "hibr", says: "hibernation"),
        BadInput("hibernation file, woken", text: "WAKE", says: "hibernation"),
        BadInput("hibernation file, woken, lower case", text: "wake", says: "hibernation"),
        BadInput("hibernation file, restored", text: "RSTR", says: "hibernation"),
        BadInput("QEMU state", text: "QEVM", says: "QEMU"),
        BadInput("libvirt state", text: "LibvirtQemudSave", says: "QEMU"),
        BadInput("gzip", [0x1F, 0x8B, 8] + filler, says: "gzip"),
        BadInput("unfinished live dump", filler, says: "header"),
        BadInput("random bytes", (0..<9000).map { UInt8(truncatingIfNeeded: $0 &* 197 &+ 131) }, says: "known format"),
        BadInput("half a header", text: "PAGEDU64", says: "too short"),
    ]

    private static let filler = [UInt8](repeating: 0, count: 9000)
}

@Suite("Bad input")
struct BadInputTests {
    /// The three parts of an error: what is wrong, what was found, what to do.
    private func expectRefusal(_ run: Run, status: Int32 = 65, says words: String, lines: Int = 2) {
        #expect(run.status == status, "\(run.errorText)")
        #expect(run.output.isEmpty)
        let text = run.errorText.split(separator: "\n")
        #expect(text.first?.hasPrefix("logonleak: ") == true, "\(run.errorText)")
        #expect(run.errorText.contains(words), "\(run.errorText)")
        #expect(text.count >= lines && text.dropFirst().allSatisfy { $0.hasPrefix("  ") }, "\(run.errorText)")
    }

    @Test("foreign formats are named", arguments: BadInput.foreignFormats)
    func foreign(_ input: BadInput) throws {
        let path = try ForgedDumps.file(input.bytes, "input.bin")
        expectRefusal(try Program.run("analyze", path), says: input.says)
        expectRefusal(try Program.run("sessions", path, "--format", "json"), says: input.says)
        let information = try Program.run("info", path)
        #expect(information.status == 0, "\(information.errorText)")
        #expect(information.text.contains(input.says))
        let json = try Program.run("info", path, "--format", "json")
        let object = try JSONSerialization.jsonObject(with: json.output) as? [String: Any]
        #expect(object?["schema"] as? String == "logonleak/info/1")
    }

    @Test("an empty file") func empty() throws {
        let path = try ForgedDumps.file([], "empty.dmp")
        for command in ["analyze", "info"] { expectRefusal(try Program.run(command, path), says: "empty") }
    }

    @Test("a directory") func directory() throws {
        for command in ["analyze", "info"] {
            expectRefusal(try Program.run(command, Scratch.folder.path), says: "directory")
        }
    }

    @Test("a file that is not there") func missing() throws {
        for command in ["analyze", "info"] {
            expectRefusal(try Program.run(command, "/nowhere/at-all.dmp"), status: 66, says: "no such file")
        }
    }

    /// Headers of dumps that hold nothing to analyse, made of a sound one.
    private static let headers: [(name: String, says: String, change: @Sendable (inout [UInt8]) -> Void)] = [
        ("ARM64", "ARM64", { $0.put(0xAA64, byteCount: 4, at: 0x30) }),
        ("Itanium", "Itanium", { $0.put(0x200, byteCount: 4, at: 0x30) }),
        (
            "encrypted", "encrypted",
            {
                $0.put(1, byteCount: 4, at: 0x08)
                $0.put(0x3000, byteCount: 4, at: 0x0C)
                $0.put(0x100, byteCount: 4, at: 0x1050)
            }
        ),
        (
            "header only", "header",
            {
                $0.removeLast($0.count - 0x2000)
                $0.put(3, byteCount: 4, at: 0xF98)
            }
        ),
        (
            "unknown type", "77",
            {
                $0.removeLast($0.count - 0x3000)
                $0.put(77, byteCount: 4, at: 0xF98)
                $0.put(0, at: 0x2000)
            }
        ),
        ("unfinished", "header", { for offset in 0..<0x2000 { $0[offset] = 0 } }),
        (
            "no page list", "list of pages",
            {
                $0.removeLast($0.count - 0x3000)
                for offset in 0x2000..<0x3000 { $0[offset] = 0 }
            }
        ),
    ]

    @Test("dumps that cannot be analysed", arguments: headers.indices)
    func header(_ index: Int) throws {
        let header = Self.headers[index]
        let path = try ForgedDumps.spoilt { header.change(&$0) }
        expectRefusal(try Program.run("analyze", path), says: header.says, lines: 3)
        let information = try Program.run("info", path)
        #expect(information.status == 0)
        #expect(information.text.contains(header.says), "\(information.text)")
    }

    @Test("a 32-bit dump shows its bug check") func kernelDump32() throws {
        var bytes = [UInt8](repeating: 0, count: 0x2000)
        bytes.replaceSubrange(0..<8, with: Array("PAGEDUMP".utf8))
        bytes.put(7601, byteCount: 4, at: 0x0C)
        bytes.put(0x14C, byteCount: 4, at: 0x20)
        bytes.put(0xD1, byteCount: 4, at: 0x28)
        let path = try ForgedDumps.file(bytes, "old.dmp")
        expectRefusal(try Program.run("analyze", path), says: "32-bit", lines: 3)
        let information = try Program.run("info", path)
        #expect(information.status == 0)
        #expect(information.text.contains("7601") && information.text.contains("0xd1"))
    }

    @Test("a triage dump shows all it has") func triage() throws {
        let dump = try ForgedDumps.dump(.init(scenario: .clean, type: .triage, sessions: nil))
        expectRefusal(try Program.run("analyze", dump.path), says: "triage dump", lines: 3)
        let run = try Program.run("analyze", dump.path)
        #expect(run.errorText.contains("logonleak info") && run.errorText.contains("logonleak capture"))
        #expect(run.errorText.contains("0x80") && run.errorText.contains("17763"))
        let information = try Program.run("info", dump.path)
        #expect(information.status == 0)
        for module in dump.truth.modules.prefix(3) { #expect(information.text.contains(module.name)) }
        let json = try Program.run("info", dump.path, "--format", "json")
        let object = try #require(try JSONSerialization.jsonObject(with: json.output) as? [String: Any])
        let modules = try #require(object["modules"] as? [[String: Any]])
        #expect(modules.count == dump.truth.modules.count)
    }

    @Test("a cut dump is analysed as far as it goes, and the cut is said") func cut() throws {
        let path = try ForgedDumps.spoilt { $0.removeLast($0.count / 40) }
        let run = try Program.run("analyze", path)
        #expect([0, 65].contains(run.status))
        #expect(run.errorText.contains("cut") || run.errorText.contains("missing"), "\(run.errorText)")
        #expect(try Program.run("info", path).status == 0)
    }
}
