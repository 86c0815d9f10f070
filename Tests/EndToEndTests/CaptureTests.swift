import Foundation
import Testing

@Suite("How to get a dump")
struct CaptureTests {
    private func platforms() throws -> [String] {
        let run = try Program.run("capture", "--format", "json")
        let object = try JSONSerialization.jsonObject(with: run.output) as? [String: Any]
        return (object?["platforms"] as? [[String: Any]] ?? []).compactMap { $0["name"] as? String }
    }

    @Test("every way on the list is explained, in lines that fit")
    func ways() throws {
        let names = try platforms()
        #expect(names.count > 10)
        for name in names {
            let run = try Program.run("capture", name)
            #expect(run.status == 0, "\(name)")
            #expect(run.text.contains("Result"), "\(name)")
            for line in run.text.split(separator: "\n") { #expect(line.count <= 100, "\(name): \(line)") }
        }
    }

    @Test("an unknown way is a usage error that lists the known ones")
    func unknown() throws {
        let run = try Program.run("capture", "abacus")
        #expect(run.status == 64)
        for name in try platforms() { #expect(run.errorText.contains(name)) }
    }

    @Test("the settings file is one that regedit takes")
    func settings() throws {
        let text = try Program.run("capture", "--settings", "--keyboard", "usb").text
        #expect(text.hasPrefix("Windows Registry Editor Version 5.00\r\n\r\n"))
        for line in text.replacingOccurrences(of: "\r\n", with: "\n").split(separator: "\n").dropFirst() {
            let isKey = line.hasPrefix("[HKEY_LOCAL_MACHINE\\SYSTEM\\CurrentControlSet\\") && line.hasSuffix("]")
            let isValue = line.wholeMatch(of: /"\w+"=dword:[0-9a-f]{8}/) != nil
            #expect(isKey || isValue || line.hasPrefix(";"), "\(line)")
        }
        // capture.md §1: what must be set before the restart.
        #expect(text.contains("\"SeTokenLeakDiag\"=dword:00000001"))
        #expect(text.contains("\"CrashDumpEnabled\"=dword:00000002"))
        #expect(text.contains("Services\\kbdhid\\Parameters]"))
        // A Swift character is the pair of CR and LF: count bytes.
        #expect(text.utf8.count { $0 == 0x0A } == text.components(separatedBy: "\r\n").count - 1)
    }
}
