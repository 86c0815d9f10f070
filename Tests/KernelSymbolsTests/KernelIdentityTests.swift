import BinaryReading
import DumpForge
import KernelProfiles
import KernelSymbols
import Testing

@Suite("Which kernel, and whose symbols")
struct KernelIdentityTests {
    private static let strangeGUID: [UInt8] = [
        0x78, 0x56, 0x34, 0x12, 0xBC, 0x9A, 0xF0, 0xDE, 1, 2, 3, 4, 5, 6, 7, 8,
    ]
    private static let strangeText = "123456789ABCDEF00102030405060708"

    @Test("an unknown kernel is named, with its PDB and the ways on") func unknown() throws {
        var dump = try ForgedDump()
        dump.replaceGUID(with: Self.strangeGUID)
        let hidden = HiddenProfiles(text: "build,layouts:10.0.17763")
        let error = #expect(throws: KernelError.self) { _ = try dump.kernel(hiding: hidden) }
        guard case .unknownKernel(let identity, build: 17763, _) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(identity.guid.symbolServerText == Self.strangeText)
        #expect(identity.name == "ntkrnlmp.pdb")
        #expect(error?.summary.contains("17763") == true)
        #expect(error?.advice.joined().contains("--symbols") == true)
        #expect(error?.advice.joined().contains("ntkrnlmp.pdb/\(Self.strangeText)") == true)
    }

    @Test("symbols of the user's make an unknown kernel known") func symbolsOfUnknown() throws {
        var dump = try ForgedDump()
        dump.replaceGUID(with: Self.strangeGUID)
        let guid = try #require(GUID(symbolServerText: Self.strangeText))
        let identity = PDBIdentity(name: "ntkrnlmp.pdb", guid: guid, age: dump.truth.dump.pdbAge)
        let text = VolatilitySymbolFile.text(of: dump.profile, identity: identity)
        let kernel = try dump.kernel(symbols: try KernelProfile(symbolFile: Array(text.utf8), path: "new.json"))
        #expect(kernel.identity == identity)
        #expect(kernel.profile.source == .symbolFile(path: "new.json"))
        for symbol in ["SepLogonSessions", "PsActiveProcessHead", "SeTokenLeakTracking"] {
            #expect(
                kernel.address(of: symbol)?.rawValue
                    == dump.profile.symbol(named: symbol).map {
                        dump.truth.dump.kernelBase + UInt64($0.rva)
                    })
        }
    }

    @Test("a symbol file of the same kernel is used instead of the built-in profile") func symbols() throws {
        let dump = try ForgedDump()
        let text = VolatilitySymbolFile.text(of: dump.profile)
        let kernel = try dump.kernel(symbols: try KernelProfile(symbolFile: Array(text.utf8), path: "own.json"))
        #expect(kernel.profile.source == .symbolFile(path: "own.json"))
        let token = try #require(dump.profile.structure(named: "_TOKEN"))
        #expect(kernel.profile.structure(named: "_TOKEN")?["DiagnosticInfo"]?.offset == token["DiagnosticInfo"]?.offset)
    }

    @Test("a symbol file of another kernel is refused") func foreign() throws {
        let dump = try ForgedDump()
        let other = try #require(BuiltInProfiles.profile(version: "10.0.14393.6343"))
        let text = VolatilitySymbolFile.text(of: other)
        let symbols = try KernelProfile(symbolFile: Array(text.utf8), path: "other.json")
        let error = #expect(throws: KernelError.self) { _ = try dump.kernel(symbols: symbols) }
        guard case .foreignSymbols(path: "other.json", let theirs, let wanted) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(theirs == other.identity)
        #expect(wanted == dump.profile.identity)
    }
}
