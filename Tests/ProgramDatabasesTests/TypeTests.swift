import BinaryReading
import ProgramDatabases
import Testing

/// Layouts by hand, from the record forms of `pdb/README.md` §1.
@Suite("Types")
struct TypeTests {
    private typealias R = TypeRecordBytes

    private static func aggregate(_ types: [[UInt8]], _ name: String) throws -> AggregateType {
        var bytes = DatabaseBytes()
        bytes.types = types
        let found = try bytes.database().types(named: name)
        guard case .aggregate(let type)? = found.first else { throw NotFound(name: name) }
        return type
    }

    private struct NotFound: Error {
        let name: String
    }

    @Test("members, bit fields, arrays of arrays, pointers") func members() throws {
        let type = try Self.aggregate(
            [
                R.bitField(of: 0x23, width: 43, position: 21),  // 1000
                R.array(of: 0x20, byteCount: 3), R.array(of: 0x1001, byteCount: 12),  // 1001, 1002
                R.pointer(to: 0x1002), R.modifier(of: 0x1003),  // 1003, 1004
                R.fieldList([
                    R.member("Bits", type: 0x1000, offset: 0), R.member("Grid", type: 0x1002, offset: 8),
                    R.member("Pointer", type: 0x1004, offset: 24), R.member("Void", type: 0x603, offset: 40_000),
                ]),  // 1005
                R.aggregate("_S", size: 40_008, fields: 0x1005),
            ], "_S")
        #expect(type.byteCount == 40_008 && type.keyword == "struct" && type.problem == nil)
        #expect(type.members.map(\.name) == ["Bits", "Grid", "Pointer", "Void"])
        #expect(type.members.map(\.offset) == [0, 8, 24, 40_000])
        #expect(type.members.map(\.byteCount) == [8, 12, 8, 8])
        #expect(
            type.members.map(\.typeText)
                == ["unsigned long long", "unsigned char[4][3]", "(unsigned char[4][3])*", "void*"])
        #expect(type.members[0].bitField == BitField(position: 21, width: 43))
    }

    @Test("a forward reference stands for its definition, by decorated name and by name") func forward() throws {
        let types = [
            R.aggregate("_LATER", size: 0, fields: 0, properties: 0x80, uniqueName: ".?AU_LATER@@"),  // 1000
            R.aggregate("_PLAIN", size: 0, fields: 0, properties: 0x80),  // 1001
            R.aggregate("_NEVER", size: 0, fields: 0, properties: 0x80),  // 1002
            R.pointer(to: 0x1002),  // 1003
            R.fieldList([
                R.member("a", type: 0x1000, offset: 0), R.member("b", type: 0x1001, offset: 24),
                R.member("c", type: 0x1003, offset: 32),
            ]),  // 1004
            R.aggregate("_USER", size: 40, fields: 0x1004),
            R.aggregate("_LATER", leaf: 0x1506, size: 99, fields: 0),
            R.aggregate("_LATER", size: 77, fields: 0, uniqueName: ".?AU_LATER@other@@"),
            R.aggregate("_LATER", leaf: 0x1504, size: 24, fields: 0, uniqueName: ".?AU_LATER@@"),
            R.aggregate("_PLAIN", size: 8, fields: 0),
        ]
        let type = try Self.aggregate(types, "_USER")
        #expect(type.members.map(\.byteCount) == [24, 8, 8])
        #expect(type.members[2].typeText == "struct _NEVER*")
        var bytes = DatabaseBytes()
        bytes.types = types
        let database = try bytes.database()
        #expect(try database.types(named: "_NEVER").isEmpty)
        #expect(try database.types(named: "_LATER").count == 3)
        #expect(try database.type(TypeIndex(0x1000))?.name == "_LATER")
    }

    @Test("a list of members goes on in another record; a circle ends with what was read") func continuation() throws {
        let sound = try Self.aggregate(
            [
                R.fieldList([R.member("second", type: 0x22, offset: 4)]),
                R.fieldList([R.member("first", type: 0x22, offset: 0), R.continuation(0x1000)]),
                R.aggregate("_S", size: 8, fields: 0x1001),
            ], "_S")
        #expect(sound.members.map(\.name) == ["first", "second"] && sound.problem == nil)
        let circle = try Self.aggregate(
            [
                R.fieldList([R.member("second", type: 0x22, offset: 4), R.continuation(0x1001)]),
                R.fieldList([R.member("first", type: 0x22, offset: 0), R.continuation(0x1000)]),
                R.aggregate("_S", size: 8, fields: 0x1001),
            ], "_S")
        #expect(circle.members.map(\.name) == ["first", "second"])
        #expect(circle.problem?.contains("into itself") == true)
    }

    @Test("types that refer to themselves end") func cycles() throws {
        let type = try Self.aggregate(
            [
                R.modifier(of: 0x1000), R.pointer(to: 0x1001), R.array(of: 0x1002, byteCount: 64),
                R.bitField(of: 0x1003, width: 1, position: 0),
                R.fieldList([
                    R.member("a", type: 0x1000, offset: 0), R.member("b", type: 0x1001, offset: 0),
                    R.member("c", type: 0x1002, offset: 0), R.member("d", type: 0x1003, offset: 0),
                    R.member("e", type: 0x9999, offset: 0),
                ]),
                R.aggregate("_S", size: 8, fields: 0x1004),
            ], "_S")
        #expect(type.members.count == 5)
        #expect(type.members[4].typeText == "?" && type.members[4].byteCount == 0)
    }

    @Test("enumerators modulo the size, with the sign of the integer") func enumerations() throws {
        var bytes = DatabaseBytes()
        bytes.types = [
            R.fieldList([R.enumerator("Minus", 0xFFFF_FFFF), R.enumerator("One", 1)]),
            R.enumeration("Signed", base: 0x74, fields: 0x1000), R.enumeration("Tiny", base: 0x10, fields: 0x1000),
            R.enumeration("Unsigned", base: 0x75, fields: 0x1000),
        ]
        let database = try bytes.database()
        func values(_ name: String) throws -> [UInt64] {
            guard case .enumeration(let type)? = try database.types(named: name).first else { return [] }
            return type.members.map(\.bits)
        }
        #expect(try values("Signed") == [.max, 1])
        #expect(try values("Tiny") == [.max, 1])
        #expect(try values("Unsigned") == [0xFFFF_FFFF, 1])
    }

    @Test("nameless types are found by number, not by name; equal layouts of one name count once") func names() throws {
        var bytes = DatabaseBytes()
        bytes.types = [
            R.fieldList([R.member("x", type: 0x22, offset: 0)]), R.aggregate("<unnamed-tag>", size: 4, fields: 0x1000),
            R.aggregate("__unnamed", size: 4, fields: 0x1000), R.aggregate("A::<unnamed-tag>", size: 4, fields: 0x1000),
            R.aggregate("_TWICE", size: 4, fields: 0x1000), R.aggregate("_TWICE", size: 4, fields: 0x1000),
            R.aggregate("_TWICE", size: 8, fields: 0x1000),
        ]
        let database = try bytes.database()
        #expect(try database.types(named: "<unnamed-tag>").isEmpty)
        #expect(try database.types(named: "__unnamed").isEmpty)
        #expect(try database.types(named: "A::<unnamed-tag>").count == 1)
        #expect(try database.type(TypeIndex(0x1001)) != nil)
        #expect(try database.types(named: "_TWICE").count == 2)
        #expect(try database.types(matching: NamePattern("_tw*")).isEmpty)
        #expect(try database.types(matching: NamePattern("_tw*", foldingCase: true)).count == 2)
        #expect(try database.unnamedTypes().map(\.rawValue) == [0x1001, 0x1002])
    }

    @Test("an unknown kind of member ends its list, with what was read") func unknownMember() throws {
        var unknown: [UInt8] = []
        unknown.put(UInt16(0x1777))
        unknown += .words(1, 2, 3)
        let type = try Self.aggregate(
            [
                R.fieldList([
                    R.member("known", type: 0x22, offset: 0), unknown, R.member("lost", type: 0x22, offset: 4),
                ]),
                R.aggregate("_S", size: 8, fields: 0x1000),
            ], "_S")
        #expect(type.members.map(\.name) == ["known"])
        #expect(type.problem?.contains("0x1777") == true)
    }
}
