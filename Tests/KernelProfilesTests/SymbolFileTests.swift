import BinaryReading
import Foundation
import Testing

@testable import KernelProfiles

@Suite("Symbol files")
struct SymbolFileTests {
    private static let small = """
        {"metadata": {"format": "6.2.0", "windows": {
            "pdb": {"GUID": "00112233445566778899AABBCCDDEEFF", "age": 3, "database": "ntkrnlmp.pdb", "machine_type": 34404},
            "pe": {"major": 10, "minor": 0, "revision": 26100, "build": 1742}}},
         "base_types": {
            "pointer": {"kind": "int", "size": 8, "signed": false, "endian": "little"},
            "void": {"kind": "void", "size": 0, "signed": false, "endian": "little"},
            "wchar": {"kind": "int", "size": 2, "signed": true, "endian": "little"},
            "unsigned long": {"kind": "int", "size": 4, "signed": false, "endian": "little"}},
         "enums": {"_KIND": {"size": 4, "base": "unsigned long", "constants": {"Second": 2, "First": 1, "Last": -1}}},
         "user_types": {
            "_MI_SYSTEM_INFORMATION": {"kind": "struct", "size": 512, "fields": {
                "Hardware": {"offset": 192, "type": {"kind": "struct", "name": "_MI_HARDWARE_STATE"}}}},
            "_MI_HARDWARE_STATE": {"kind": "struct", "size": 256, "fields": {
                "InvalidPteMask": {"offset": 128, "type": {"kind": "base", "name": "unsigned long"}}}},
            "_EXAMPLE": {"fields": {
                "High": {"type": {"type": {"name": "unsigned long", "kind": "base"}, "bit_length": 3, "bit_position": 4,
                    "kind": "bitfield"}, "offset": 8},
                "Low": {"type": {"kind": "bitfield", "bit_position": 0, "bit_length": 4,
                    "type": {"kind": "base", "name": "unsigned long"}}, "offset": 8},
                "Next": {"offset": 0, "type": {"kind": "pointer", "subtype": {"kind": "struct", "name": "_EXAMPLE"}}},
                "Names": {"offset": 16, "type": {"kind": "array", "count": 4, "subtype": {"kind": "base", "name": "wchar"}}},
                "Kind": {"offset": 12, "type": {"kind": "enum", "name": "_KIND"}}}, "size": 24, "kind": "struct"}},
         "symbols": {"Beta": {"address": 4096}, "Alpha": {"address": 4096}, "MiState": {"address": 8192,
            "type": {"kind": "struct", "name": "_MI_SYSTEM_INFORMATION"}}, "Far": {"address": 4352}, "Last": {"address": 65536}}}
        """

    private static func profile(_ text: String = small, build: Int? = nil) throws(SymbolFileError) -> KernelProfile {
        try KernelProfile(symbolFile: Array(text.utf8), path: "small.json", build: build)
    }

    @Test("identity, version and mask")
    func identity() throws {
        let profile = try Self.profile(build: 1)
        #expect(profile.identity?.storeKey == "00112233445566778899AABBCCDDEEFF3")
        #expect(profile.identity?.name == "ntkrnlmp.pdb")
        #expect(profile.version == "10.0.26100.1742")
        #expect(profile.build == 26100)
        #expect(profile.source == .symbolFile(path: "small.json"))
        #expect(profile.invalidPTEMask == .insideMiState(offset: 320))
    }

    @Test("a file without a version takes the build that the caller knows")
    func build() throws {
        let text = Self.small.replacing("\"pe\"", with: "\"other\"")
        #expect(try Self.profile(text, build: 19041).build == 19041)
        #expect(try Self.profile(text).build == 0)
        #expect(try Self.profile(text).version == "?")
    }

    @Test("types")
    func types() throws {
        let profile = try Self.profile()
        let example = try #require(profile.structure(named: "_EXAMPLE"))
        let word = FieldType.integer(byteCount: 4, isSigned: false)
        #expect(example.byteCount == 24)
        #expect(
            example.fields == [
                FieldLayout(name: "Next", offset: 0, byteCount: 8, type: .pointer(to: "_EXAMPLE")),
                FieldLayout(
                    name: "Low", offset: 8, byteCount: 4, type: .bits(BitField(position: 0, width: 4), of: word)),
                FieldLayout(
                    name: "High", offset: 8, byteCount: 4, type: .bits(BitField(position: 4, width: 3), of: word)),
                FieldLayout(name: "Kind", offset: 12, byteCount: 4, type: .enumeration("_KIND")),
                FieldLayout(name: "Names", offset: 16, byteCount: 8, type: .array(count: 4, of: .wideCharacter)),
            ])
        let kind = try #require(profile.enumeration(named: "_KIND"))
        #expect(kind.members.map(\.name) == ["Second", "First", "Last"])
        #expect(kind.members.map(\.value) == [2, 1, -1])
        #expect(profile.structure(named: "_NONE") == nil)
    }

    @Test("a symbol reaches to the next address; the first of the file names a shared start")
    func symbols() throws {
        let profile = try Self.profile()
        #expect(profile.symbol(named: "Alpha") == KernelProfile.Symbol(rva: 4096, extent: 256))
        #expect(profile.symbol(named: "Last") == KernelProfile.Symbol(rva: 65536, extent: nil))
        #expect(profile.function(containing: 4351)?.name == "Beta")
        #expect(profile.function(named: "Alpha")?.extent == 256)
        #expect(profile.function(containing: 8191)?.name == "Far")
        // MiState has a type: no function, and nothing else holds its bytes.
        #expect(profile.function(containing: 8192) == nil)
        #expect(profile.function(containing: 65536 + 0xFFF)?.name == "Last")
        #expect(profile.function(containing: 65536 + 0x1000) == nil)
        #expect(profile.symbolNames == ["Alpha", "Beta", "Far", "Last", "MiState"])
    }

    @Test("other systems and other texts are refused by name")
    func refused() {
        #expect(throws: SymbolFileError.wrongSystem(path: "small.json", found: "it says linux")) {
            try Self.profile(Self.small.replacing("\"windows\"", with: "\"linux\""))
        }
        #expect(throws: SymbolFileError.wrongSystem(path: "small.json", found: "its pointers have 4 bytes")) {
            try Self.profile(Self.small.replacing("\"size\": 8,", with: "\"size\": 4,"))
        }
        for text in ["", "[]", "{}", "{\"symbols\": {}}", "hello", String(repeating: "[", count: 100_000)] {
            #expect(throws: SymbolFileError.self) { try Self.profile(text) }
        }
    }

    @Test("every truncation is refused")
    func truncations() {
        let bytes = Array(Self.small.utf8)
        for length in 0..<bytes.count {
            #expect(throws: SymbolFileError.self) {
                try KernelProfile(symbolFile: Array(bytes.prefix(length)), path: "part")
            }
        }
    }

    @Test("mutations never trap", arguments: 0..<20)
    func mutations(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        for _ in 0..<100 {
            var bytes = Array(Self.small.utf8)
            for _ in 0..<Int.random(in: 1...8, using: &generator) {
                let place = bytes.indices.randomElement(using: &generator) ?? 0
                bytes[place] = Array("{}[]\",:0919-\\u".utf8).randomElement(using: &generator) ?? 0
            }
            guard let profile = try? KernelProfile(symbolFile: bytes, path: "mutated") else { continue }
            for name in profile.structureNames { _ = profile.structure(named: name) }
            for name in profile.symbolNames { _ = profile.symbol(named: name) }
            for rva in stride(from: UInt32(0), to: 70_000, by: 777) { _ = profile.function(containing: rva) }
        }
    }

    @Test("types that nest too deeply and sizes that overflow have no layout")
    func hostileTypes() throws {
        var type = "{\"kind\": \"base\", \"name\": \"unsigned long\"}"
        for _ in 0..<20 { type = "{\"kind\": \"array\", \"count\": 2147483647, \"subtype\": \(type)}" }
        let text = Self.small.replacing("{\"kind\": \"enum\", \"name\": \"_KIND\"}", with: type)
        #expect(try Self.profile(text).structure(named: "_EXAMPLE") == nil)
        for _ in 0..<100 { type = "{\"kind\": \"pointer\", \"subtype\": \(type)}" }
        let deep = Self.small.replacing("{\"kind\": \"enum\", \"name\": \"_KIND\"}", with: type)
        #expect(throws: SymbolFileError.self) { try Self.profile(deep) }
    }
}
