import BinaryReading
import Testing

@Suite("Texts of values")
struct TextTests {
    @Test("hex text")
    func hex() {
        #expect(UInt64(0x3E7).hexText == "0x3e7")
        #expect(UInt32(0).hexText == "0x0")
        #expect(UInt64.max.hexText == "0xffffffffffffffff")
        #expect(UInt16(0xAB).paddedHexDigits(4) == "00ab")
        #expect(UInt32(0x12345).paddedHexDigits(2) == "12345")
    }

    @Test(
        "numbers from hex text",
        arguments: [
            ("0x3e7", 0x3E7), ("3E7", 0x3E7), ("0X3e7", 0x3E7), ("fffff803`1ac01234", 0xFFFF_F803_1AC0_1234),
            ("0xffffffffffffffff", UInt64.max), ("", nil), ("0x", nil), ("-1", nil), ("+1", nil), ("xyz", nil),
            ("10000000000000000", nil), ("0x0x1", nil), ("１", nil),
        ] as [(String, UInt64?)])
    func hexNumbers(text: String, number: UInt64?) {
        #expect(UInt64(hexText: text) == number)
    }

    @Test(
        "times",
        arguments: [
            (116_444_736_000_000_000, "1970-01-01T00:00:00Z", "1970-01-01 00:00 UTC"),
            (133_590_319_350_000_000, "2024-05-01T10:12:15Z", "2024-05-01 10:12 UTC"),
            (133_626_547_350_361_014, "2024-06-12T08:32:15.0361014Z", "2024-06-12 08:32 UTC"),
            (125_963_424_000_000_000, "2000-03-01T00:00:00Z", "2000-03-01 00:00 UTC"),
            (125_963_423_990_000_000, "2000-02-29T23:59:59Z", "2000-02-29 23:59 UTC"),
            (0, "1601-01-01T00:00:00Z", "1601-01-01 00:00 UTC"),
            (9_434_880_000_000_000, "1630-11-25T00:00:00Z", "1630-11-25 00:00 UTC"),
        ] as [(UInt64, String, String)])
    func times(units: UInt64, text: String, minute: String) {
        let time = FileTime(units)
        #expect(time.description == text)
        #expect(time.minuteText == minute)
    }

    @Test("the largest time has a text too")
    func largestTime() {
        #expect(FileTime(.max).description.hasPrefix("60056-05-28"))
    }

    @Test("which times can be times")
    func plausible() {
        #expect(FileTime(133_590_319_350_000_000).isPlausible)
        for units: UInt64 in [0, .max, 0x4547_4150_4547_4150, 1] { #expect(!FileTime(units).isPlausible) }
    }

    @Test("a GUID in a file, in a symbol store, and in text")
    func guid() throws {
        let bytes: [UInt8] = [
            0x0E, 0x83, 0xBC, 0xDB, 0x9A, 0x3E, 0xFD, 0x48, 0xA2, 0x5A, 0x21, 0x44, 0xC1, 0x46, 0x93, 0x0E,
        ]
        let guid = try GUID(bytes.span.bytes, at: 0)
        #expect(guid.symbolServerText == "DBBC830E3E9A48FDA25A2144C146930E")
        #expect(GUID(symbolServerText: "DBBC830E3E9A48FDA25A2144C146930E") == guid)
        #expect(GUID(symbolServerText: "{dbbc830e-3e9a-48fd-a25a-2144c146930e}") == guid)
        for text in ["", "DBBC830E", "DBBC830E3E9A48FDA25A2144C146930E1", "GBBC830E3E9A48FDA25A2144C146930E"] {
            #expect(GUID(symbolServerText: text) == nil)
        }
        #expect(throws: OutOfBounds.self) { try GUID(bytes.span.bytes, at: 1) }
        #expect(throws: OutOfBounds.self) { try GUID(bytes.span.bytes, at: -1) }
        let pdb = PDBIdentity(name: "ntkrnlmp.pdb", guid: guid, age: 0x1A)
        #expect(pdb.storeKey == "DBBC830E3E9A48FDA25A2144C146930E1A")
        #expect(pdb.description == "ntkrnlmp.pdb DBBC830E3E9A48FDA25A2144C146930E1A")
    }

    @Test("a GUID at the far end of the offsets is an error, not a trap", arguments: [Int.max, Int.max - 3, Int.min])
    func guidFarAway(offset: Int) {
        let bytes: [UInt8] = Array(repeating: 0, count: 16)
        #expect(throws: OutOfBounds.self) { try GUID(bytes.span.bytes, at: offset) }
    }
}
