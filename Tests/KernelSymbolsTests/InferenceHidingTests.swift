import BinaryReading
import KernelProfiles
import Testing

@testable import KernelSymbols

@Suite("Hidden profiles")
struct InferenceHidingTests {
    private static let guid = GUID(data1: 0x1806_D020, data2: 0xA6E4, data3: 0x6538, data4: 0xD7AC_3325_FAC1_14D8)
    private static let identity = PDBIdentity(name: "ntkrnlmp.pdb", guid: guid, age: 1)

    private func hides(_ text: String, _ version: String, isIdentified: Bool = true) -> Bool {
        HiddenProfiles(text: text).hides(
            isIdentified ? Self.identity : nil, version: version, build: 17763, dumpBuild: 17763)
    }

    @Test("by GUID and age, by version, by the beginning of a version, by the dump's build") func names() {
        for name in [
            Self.identity.storeKey, Self.identity.storeKey.lowercased(), "10.0.17763.5933", "10.0.17763", "10.0",
            "build", "6.1,10.0.17763",
        ] {
            #expect(hides(name, "10.0.17763.5933"), "\(name)")
        }
        for name in ["", "10.0.17763.593", "10.0.1776", "1806D020", "layouts:10.0.17763", "10.0.17763.5933.1"] {
            #expect(!hides(name, "10.0.17763.5933"), "\(name)")
        }
        #expect(!HiddenProfiles().hides(Self.identity, version: "10.0.17763.5933", build: 17763, dumpBuild: 17763))
        #expect(
            !HiddenProfiles(text: "build").hides(
                Self.identity, version: "10.0.17763.5933", build: 17763, dumpBuild: 19041))
    }

    @Test("layouts known by version alone stay visible unless they are named as such") func layouts() {
        for name in ["10.0.17763.107", "10.0.17763", "build"] {
            #expect(!hides(name, "10.0.17763.107", isIdentified: false), "\(name)")
        }
        #expect(hides("layouts:10.0.17763", "10.0.17763.107", isIdentified: false))
    }
}
