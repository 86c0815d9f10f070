import Foundation
import KernelProfiles
import Testing

@Suite("Kernels and symbols")
struct SymbolsTests {
    private static let strangeGUID: [UInt8] = [
        0x78, 0x56, 0x34, 0x12, 0xBC, 0x9A, 0xF0, 0xDE, 1, 2, 3, 4, 5, 6, 7, 8,
    ]

    private func writeSymbolFile(_ version: String) throws -> String {
        let profile = try #require(BuiltInProfiles.profile(version: version))
        return try ForgedDumps.file(Array(VolatilitySymbolFile.text(of: profile).utf8), "\(version).json")
    }

    @Test("an unknown kernel: its PDB, its id and the ways on") func unknown() throws {
        let path = try ForgedDumps.spoilt { bytes in
            for offset in stride(from: 0, to: bytes.count - 40, by: 4)
            where bytes[offset..<(offset + 4)].elementsEqual(Array("RSDS".utf8)) {
                bytes.replaceSubrange((offset + 4)..<(offset + 20), with: Self.strangeGUID)
            }
        }
        let hidden = ["LOGONLEAK_HIDE_PROFILE": "build,layouts:10.0.17763"]
        let run = try Program.run("analyze", path, environment: hidden)
        #expect(run.status == 69)
        for words in ["17763", "ntkrnlmp.pdb", "123456789ABCDEF00102030405060708", "--symbols"] {
            #expect(run.errorText.contains(words), "\(run.errorText)")
        }
        let information = try Program.run("info", path, environment: hidden)
        #expect(information.status == 0)
        #expect(information.text.contains("--symbols"))
    }

    @Test("the same answers with the kernel's symbols from a file") func same() throws {
        let dump = try ForgedDumps.dump()
        let symbols = try writeSymbolFile("10.0.17763.5933")
        let builtIn = try Program.run("analyze", dump.path, "--format", "json")
        let fromFile = try Program.run("analyze", dump.path, "--format", "json", "--symbols", symbols)
        #expect(fromFile.status == 0, "\(fromFile.errorText)")
        var one = try object(builtIn.output)
        var other = try object(fromFile.output)
        var kernel = try #require(other["kernel"] as? [String: Any])
        #expect(kernel["symbolSource"] as? String == symbols)
        kernel["symbolSource"] = "builtIn"
        other["kernel"] = kernel
        for key in Set(one.keys).union(other.keys).sorted() {
            let left = try text(one.removeValue(forKey: key))
            let right = try text(other.removeValue(forKey: key))
            #expect(left == right, "\(key)")
        }
    }

    private func object(_ data: Data) throws -> [String: Any] {
        try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
    }

    private func text(_ value: Any?) throws -> String {
        let data = try JSONSerialization.data(withJSONObject: [value ?? NSNull()], options: .sortedKeys)
        return String(decoding: data, as: UTF8.self)
    }

    @Test("symbols of another kernel are refused, with both named") func foreign() throws {
        let run = try Program.run(
            "analyze", try ForgedDumps.dump().path, "--symbols", try writeSymbolFile("10.0.14393.6343"))
        #expect(run.status == 65)
        #expect(run.errorText.contains("another kernel"))
        #expect(run.errorText.contains(try ForgedDumps.dump().truth.dump.pdbGUID))
    }

    @Test("what is no symbol file is refused") func noSymbolFile() throws {
        let dump = try ForgedDumps.dump().path
        let text = try ForgedDumps.file(Array("{\"a\": 1}".utf8), "no.json")
        #expect(try Program.run("analyze", dump, "--symbols", text).status == 65)
        #expect(try Program.run("analyze", dump, "--symbols", "/nowhere/at-all.json").status == 66)
    }

    @Test("the user's kernel base and page tables are used") func overrides() throws {
        let dump = try ForgedDumps.dump()
        let base = "0x" + String(dump.truth.dump.kernelBase, radix: 16)
        let table = "0x" + String(dump.truth.dump.directoryTableBase, radix: 16)
        let plain = try Program.run("sessions", dump.path, "--format", "csv")
        #expect(plain.status == 0)
        let path = try ForgedDumps.spoilt {
            $0.put(0, at: 0x10)
            $0.put(0, at: 0x20)
        }
        let run = try Program.run("sessions", path, "--format", "csv", "--kernel-base", base, "--dtb", table)
        #expect(run.status == 0, "\(run.errorText)")
        #expect(run.output == plain.output)
        let backquoted = base.dropFirst(2).prefix(8) + "`" + base.suffix(8)
        #expect(try Program.run("sessions", path, "--kernel-base", String(backquoted)).status == 0)
        #expect(try Program.run("info", dump.path, "--kernel-base", base).text.contains("--kernel-base"))
        #expect(try Program.run("analyze", dump.path, "--dtb", "0x1000").status == 65)
        #expect(try Program.run("analyze", dump.path, "--kernel-base", "here").status == 64)
    }
}
