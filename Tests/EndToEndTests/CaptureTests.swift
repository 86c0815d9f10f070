import Foundation
import Testing

@Suite("capture: how to get a dump")
struct CaptureTests {
    /// The words that must be answered, and the words that people use for the same.
    static let platforms = [
        "physical", "hyper-v", "vmware", "kvm", "qemu", "proxmox", "virtualbox", "xen", "aws", "azure", "gcp", "live",
        "debugger", "livekd", "notmyfault", "drivers", "hibernation", "oracle", "Hyper-V",
    ]

    private static func object(_ run: Run) throws -> [String: Any] {
        try #require(try JSONSerialization.jsonObject(with: run.output) as? [String: Any])
    }

    private static func expectNarrow(_ text: String) {
        for line in text.split(whereSeparator: \.isNewline) { #expect(line.count <= 100, "\(line)") }
    }

    @Test("every platform has an answer, as text and as JSON", arguments: platforms)
    func platform(_ word: String) throws {
        let run = try Program.run("capture", word)
        #expect(run.status == 0, "\(run.errorText)")
        #expect(run.text.contains(" 1. ") && run.text.contains("  File"))
        Self.expectNarrow(run.text)
        let object = try Self.object(try Program.run("capture", word, "--format", "json"))
        #expect(object["schema"] as? String == "logonleak/capture/1")
        let methods = try #require(object["methods"] as? [[String: Any]])
        #expect(!methods.isEmpty)
        for method in methods {
            #expect(Set(method.keys) == ["name", "before", "steps", "file", "risks"])
            let steps = try #require(method["steps"] as? [[String: Any]])
            #expect(!steps.isEmpty)
            for step in steps { #expect(step["verified"] is Bool && step["text"] is String) }
        }
    }

    @Test("without a platform: the decision, and every word of the list answers") func overview() throws {
        let run = try Program.run("capture")
        #expect(run.status == 0)
        #expect(run.text.contains("Do not reboot"))
        Self.expectNarrow(run.text)
        let object = try Self.object(try Program.run("capture", "--format", "json"))
        let words = try #require(object["platforms"] as? [String: [String: Any]])
        #expect(Set(words.keys).isSuperset(of: ["physical", "hyper-v", "kvm", "live", "debugger"]))
        for (word, platform) in words {
            #expect(run.text.contains("  \(word) "))
            for word in [word] + (platform["otherWords"] as? [String] ?? []) {
                #expect(try Program.run("capture", word).status == 0, "\(word)")
            }
        }
    }

    @Test("what no source was read for says so") func marks() throws {
        #expect(try Program.run("capture", "virtualbox").text.contains("(not verified)"))
        #expect(!(try Program.run("capture", "gcp").text.contains("(not verified)")))
    }

    @Test("an unknown platform ends with 64 and the list") func unknown() throws {
        let run = try Program.run("capture", "amiga")
        #expect(run.status == 64)
        #expect(run.output.isEmpty)
        for word in ["amiga", "physical", "hyper-v", "gcp"] { #expect(run.errorText.contains(word)) }
    }

    @Test(
        "options that do not go together",
        arguments: [
            ["--script"], ["--keyboard", "usb"], ["--nmi"], ["kvm", "--settings"], ["--settings", "--format", "json"],
            ["--settings", "--keyboard", "adb"],
        ])
    func usage(_ arguments: [String]) throws {
        let run = try Run(Program.url, ["capture"] + arguments)
        #expect(run.status == 64)
        #expect(run.output.isEmpty)
    }

    @Test("the .reg file: header, keys, numbers, line ends") func registryFile() throws {
        let run = try Program.run("capture", "--settings", "--keyboard", "usb", "--keyboard", "ps2")
        #expect(run.status == 0)
        #expect(run.output.allSatisfy { $0 < 0x80 })
        let lines = String(decoding: run.output, as: UTF8.self).components(separatedBy: "\r\n")
        #expect(lines.allSatisfy { !$0.contains("\n") && !$0.contains("\r") && $0.count <= 120 })
        #expect(lines.first == "Windows Registry Editor Version 5.00")
        for line in lines.dropFirst() where !line.isEmpty && !line.hasPrefix(";") {
            let isKey =
                line.wholeMatch(of: /\[HKEY_LOCAL_MACHINE\\SYSTEM\\CurrentControlSet(\\[A-Za-z0-9 ]+)+\]/) != nil
            #expect(isKey || line.wholeMatch(of: /"[A-Za-z]+"=dword:[0-9a-f]{8}/) != nil, "\(line)")
        }
        var key = ""
        var values: [String: String] = [:]
        for line in lines where !line.hasPrefix(";") {
            if line.hasPrefix("[") {
                key = String(line.dropFirst().dropLast().split(separator: "\\").suffix(2).joined(separator: "/"))
            }
            let parts = line.split(separator: "=")
            if parts.count == 2 { values["\(key)/\(parts[0])"] = String(parts[1].suffix(1)) }
        }
        #expect(
            values == [
                "Session Manager/Kernel/\"SeTokenLeakDiag\"": "1", "Control/CrashControl/\"CrashDumpEnabled\"": "2",
                "Control/CrashControl/\"AlwaysKeepMemoryDump\"": "1", "Control/CrashControl/\"Overwrite\"": "0",
                "i8042prt/Parameters/\"CrashOnCtrlScroll\"": "1", "kbdhid/Parameters/\"CrashOnCtrlScroll\"": "1",
            ])
    }

    @Test("the script sets the same values and can undo them; a file that is there is kept") func script() throws {
        let path = Scratch.file("prepare.ps1")
        let arguments = [
            "capture", "--settings", "--script", "--keyboard", "hyper-v", "--dump", "active", "--output", path,
        ]
        #expect(try Run(Program.url, arguments).status == 0)
        let text = String(decoding: try Data(contentsOf: URL(filePath: path)), as: UTF8.self)
        for word in ["$Undo", "SeTokenLeakDiag", "'FilterPages'; Value = 1", #"Services\hyperkbd\Parameters'"#] {
            #expect(text.contains(word), "\(word)")
        }
        for (open, close) in [("{", "}"), ("(", ")"), ("[", "]")] {
            #expect(text.components(separatedBy: open).count == text.components(separatedBy: close).count)
        }
        #expect(try Run(Program.url, arguments).status == 73)
    }
}
