import BinaryReading
import ProgramDatabases
import Testing

@Suite("Symbols")
struct SymbolTests {
    private static let names: [(name: String, section: UInt16, offset: UInt32)] = [
        ("KeFirst", 1, 0), ("KeSecond", 1, 0x40), ("AliasA", 1, 0x40), ("keSecond", 1, 0x80), ("Twice", 1, 0x100),
        ("Twice", 2, 0x10), ("Variable", 2, 0), ("Absolute", 0, 7), ("Beyond", 9, 7), ("?Decorated@@YAXXZ", 1, 0x200),
        ("Größe", 1, 0x300),
    ]

    private static func sample(_ change: (inout DatabaseBytes) -> Void = { _ in }) throws -> ProgramDatabase {
        var bytes = DatabaseBytes()
        bytes.publics = names
        change(&bytes)
        return try bytes.database()
    }

    /// Headers that are wrong in ways that only a look at every record shows.
    private static func spoil(_ change: @escaping (inout [UInt8]) -> Void) throws -> ProgramDatabase {
        try sample { $0.spoilPublics = change }
    }

    private func check(_ database: ProgramDatabase) {
        #expect(database.symbols(named: "KeSecond").map(\.rva) == [0x1040])
        #expect(database.symbols(named: "keSecond").map(\.rva) == [0x1080])
        #expect(database.symbols(named: "KESECOND").isEmpty)
        #expect(database.symbols(named: "Twice").map(\.rva) == [0x1100, 0x5010])
        #expect(database.symbols(named: "Absolute").map(\.rva) == [nil])
        #expect(database.symbols(named: "Beyond").map(\.rva) == [nil])
        #expect(database.symbols(named: "Größe").map(\.rva) == [0x1300])
        #expect(database.symbols(named: "").isEmpty)
        #expect(database.symbols(matching: NamePattern("Ke*")).map(\.name) == ["KeFirst", "KeSecond"])
        #expect(database.symbols(matching: NamePattern("ke*", foldingCase: true)).count == 3)
        #expect(Set(database.nearestSymbols(to: 0x107F).map(\.name)) == ["KeSecond", "AliasA"])
        #expect(database.nearestSymbols(to: 0x1000).map(\.name) == ["KeFirst"])
        #expect(database.nearestSymbols(to: 0xFFF).isEmpty)
        #expect(database.symbolAddress(after: 0x1040) == 0x1080)
        #expect(database.addressCount == 9)
    }

    @Test("by the file's hash table") func hashed() throws {
        let database = try Self.sample()
        check(database)
        #expect(database.symbolProblems.isEmpty)
        #expect(database.symbolCounts.publics == 11)
    }

    @Test("one by one where the hash table is damaged") func damagedHash() throws {
        // Signature; first record; first bucket; number of record bytes.
        let header = 28
        let buckets = header + 16 + 11 * 8 + 516
        for (offset, value) in [(header, 1), (header + 16, 0x7FFF_FFFF), (buckets, 5), (header + 8, 0x7FFF_FFF0)] {
            let database = try Self.spoil { stream in
                stream.replaceSubrange(offset..<(offset + 4), with: [UInt8].words(UInt32(value)))
            }
            check(database)
            #expect(database.symbolProblems.count == 1)
        }
    }

    @Test("code by the flags of its section") func code() throws {
        let database = try Self.sample { $0.sections[0].name = ".text" }
        #expect(database.symbols(named: "KeFirst").map(\.isCode) == [true])
        // The record's own flags say function, as those of the builder all do.
        #expect(database.symbols(named: "Variable").map(\.isCode) == [true])
    }

    @Test("a rearranged image: through the map, from the original sections; removed code has no address") func omap()
        throws
    {
        let database = try Self.sample { bytes in
            bytes.originalSections = [(".text", 0x1000), (".data", 0x2000)]
            bytes.mapFromSource = [(0x1000, 0x8000), (0x1040, 0), (0x1080, 0x7000), (0x2000, 0x5000)]
            bytes.mapToSource = [(0x7000, 0x1080), (0x8000, 0x1000), (0x8040, 0)]
        }
        #expect(database.isRearranged)
        #expect(database.originalRVA(of: 0x7010) == 0x1090)
        #expect(database.originalRVA(of: 0x8008) == 0x1008)
        #expect(database.originalRVA(of: 0x8050) == nil)
        #expect(database.originalRVA(of: 0x6FFF) == nil)
        #expect(database.symbols(named: "KeFirst").map(\.rva) == [0x8000])
        #expect(database.symbols(named: "KeSecond").map(\.rva) == [nil])
        #expect(database.symbols(named: "Twice").map(\.rva) == [0x5010, 0x7080])
        #expect(database.nearestSymbols(to: 0x8010).map(\.name) == ["KeFirst"])
    }

    @Test("a map that is not sorted is put in order and named") func unsortedMap() throws {
        let database = try Self.sample { bytes in
            bytes.originalSections = [(".text", 0x1000), (".data", 0x2000)]
            bytes.mapFromSource = [(0x1080, 0x7000), (0x1000, 0x8000)]
        }
        #expect(database.symbols(named: "KeFirst").map(\.rva) == [0x8000])
        #expect(database.symbolProblems.contains { $0.contains("OMAP") })
    }

    @Test("functions and variables of modules, with sizes; unknown records are passed over") func modules() throws {
        let database = try Self.sample { bytes in
            let function = DatabaseBytes.record(
                0x1110, .words(0, 0, 0, 0x33, 0, 0, 0x1000, 0x500), 1, flags: [0], "Private")
            let unknown = DatabaseBytes.record(0x1234, .words(1, 2, 3), 1, "Unknown")
            let local = DatabaseBytes.record(0x110C, .words(0x74, 0x20), 2, "hits")
            let other = DatabaseBytes.record(0x110C, .words(0x74, 0x24), 2, "hits")
            bytes.moduleRecords = function + unknown + local + other
        }
        #expect(database.symbols(named: "Private").map(\.byteCount) == [0x33])
        #expect(database.symbols(named: "Private").map(\.rva) == [0x1500])
        #expect(database.symbols(named: "hits").map(\.rva) == [0x5020, 0x5024])
        #expect(database.symbols(named: "Unknown").isEmpty)
        #expect(database.nearestSymbols(to: 0x1501).map(\.name) == ["Private"])
        #expect(database.moduleCounts == (1, 1))
        check(try Self.sample())
    }

    @Test("a record without length ends a walk, and is named") func emptyRecord() throws {
        let database = try Self.sample { $0.moduleRecords = [UInt8](repeating: 0, count: 64) }
        #expect(database.symbols(named: "KeFirst").count == 1)
        #expect(database.symbolProblems.contains { $0.contains("no usable length") })
    }

    @Test("without sections no symbol has an address") func noSections() throws {
        let database = try Self.sample { $0.sections = [] }
        #expect(!database.hasAddresses)
        #expect(database.symbols(named: "KeFirst").map(\.rva) == [nil])
        #expect(database.nearestSymbols(to: 0x2000).isEmpty)
    }
}

@Suite("Patterns over names")
struct NamePatternTests {
    @Test(
        "what fits",
        arguments: [
            ("*", "", true), ("", "", true), ("", "a", false), ("abc", "abc", true), ("abc", "ABC", false),
            ("a*", "a", true), ("a*c", "abbc", true), ("a*c", "abcd", false), ("*b*", "abc", true), ("?", "é", true),
            ("??", "é", false), ("a?c", "abc", true), ("a?c", "ac", false),
            ("*a*a*a*b", "aaaaaaaaaaaaaaaaaaaaaaaa", false),
            ("a**b", "axb", true), ("[a]", "a", false), ("x*y?", "xyyz", true),
        ])
    func matches(pattern: String, name: String, fits: Bool) {
        #expect(NamePattern(pattern).matches(name) == fits)
    }

    @Test("ASCII letters of either case") func folding() {
        #expect(NamePattern("sep*TOKEN", foldingCase: true).matches("SepDuplicateToken"))
        #expect(!NamePattern("É", foldingCase: true).matches("é"))
    }
}
