import BinaryReading
import Testing

@testable import KernelProfiles

@Suite("Built-in profiles")
struct BuiltInProfilesTests {
    @Test("the collection inside the program is intact and smaller than 3 MB")
    func intact() throws {
        let collection = try #require(ProfileCollection.embedded)
        #expect(collection.isIntact)
        #expect(collection.bytes.count < 3_000_000)
        #expect(collection.kernelCount == 217)
        #expect(collection.layoutOnlyCount == 24)
    }

    @Test("a version finds the first kernel that begins with it, those with identity first")
    func versions() {
        #expect(BuiltInProfiles.profile(version: "10.0.14393.6343")?.identity != nil)
        #expect(BuiltInProfiles.profile(version: "6.1.7601.17514")?.identity != nil)
        #expect(BuiltInProfiles.profile(version: "10.0.17763")?.version == "10.0.17763.379")
        let without = BuiltInProfiles.profile(version: "10.0.22631")
        #expect(without?.version == "10.0.22631.2428")
        #expect(without?.identity == nil)
        #expect(without?.symbolNames == [])
        #expect(without?.function(containing: 0x1000) == nil)
        #expect(BuiltInProfiles.profile(version: "10.0.1") != nil)
        #expect(BuiltInProfiles.profile(version: "5.1") == nil)
    }

    @Test("an unknown GUID or another age has no profile")
    func unknown() throws {
        let known = try #require(BuiltInProfiles.summaries.first?.identity)
        #expect(BuiltInProfiles.profile(matching: known) != nil)
        let other = PDBIdentity(name: known.name, guid: known.guid, age: known.age + 1)
        #expect(BuiltInProfiles.profile(matching: other) == nil)
        let zero = GUID(data1: 0, data2: 0, data3: 0, data4: 0)
        #expect(BuiltInProfiles.profile(matching: PDBIdentity(name: "", guid: zero, age: 1)) == nil)
    }

    @Test(
        "layouts that kernels.md gives",
        arguments: [
            ("6.1.7601.17514", "_SEP_LOGON_SESSION_REFERENCES", 0x50, "ReferenceCount", 0x18),
            ("10.0.14393.4583", "_SEP_LOGON_SESSION_REFERENCES", 0xC0, "TokenList", 0xB0),
            ("10.0.26100", "_SEP_LOGON_SESSION_REFERENCES", 0xC8, "TokenList", 0xB8),
            ("10.0.14393.4583", "_TOKEN", 0x490, "SessionObject", 0x480),
            ("10.0.17763.5933", "_TOKEN", 0x498, "DiagnosticInfo", 0x478),
            ("10.0.20348.2529", "_SEP_TOKEN_DIAG_TRACK_ENTRY", 0x120, "CreateTrace", 0x28),
            ("10.0.22000.2538", "_ETHREAD", 0x8F0, "ClientSecurity", 0x4F8),
        ])
    func layouts(version: String, structure: String, byteCount: Int, field: String, offset: Int) throws {
        let layout = try #require(BuiltInProfiles.profile(version: version)?.structure(named: structure))
        #expect(layout.byteCount == byteCount)
        #expect(layout[field]?.offset == offset)
    }

    @Test("what a kernel lacks is nil")
    func absent() throws {
        let profile = try #require(BuiltInProfiles.profile(version: "6.1.7601.17514"))
        #expect(profile.structure(named: "_SEP_TOKEN_DIAG_TRACK_ENTRY") == nil)
        #expect(profile.structure(named: "") == nil)
        #expect(profile.enumeration(named: "_TOKEN") == nil)
        #expect(profile.symbol(named: "SeTokenLeakTracking") == nil)
        #expect(profile.symbol(named: "SepLogonSessions")?.extent == 8)
        #expect(profile.function(named: "NoSuchFunction") == nil)
        #expect(profile.invalidPTEMask == nil)
        #expect(profile.structure(named: "_HANDLE_TABLE_ENTRY")?["Unlocked"] == nil)
    }

    @Test("handle table entries have the bits that kernels.md gives")
    func bits() throws {
        let profile = try #require(BuiltInProfiles.profile(version: "10.0.19041.3570"))
        let entry = try #require(profile.structure(named: "_HANDLE_TABLE_ENTRY"))
        #expect(entry["ObjectPointerBits"]?.bitField == BitField(position: 20, width: 44))
        #expect(entry["GrantedAccessBits"]?.bitField == BitField(position: 0, width: 25))
        #expect(entry["GrantedAccessBits"]?.offset == 8)
    }
}
