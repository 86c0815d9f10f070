import BinaryReading
import FileMapping
import ProgramDatabases
import Testing

@Suite("Containers and identity")
struct ContainerTests {
    private static func sample(_ change: (inout DatabaseBytes) -> Void = { _ in }) -> DatabaseBytes {
        var bytes = DatabaseBytes()
        bytes.types = [TypeRecordBytes.aggregate("_A", size: 8, fields: 0)]
        bytes.publics = [("Start", 1, 0x10)]
        change(&bytes)
        return bytes
    }

    @Test("every block size from 512 to 65536", arguments: [512, 1024, 2048, 4096, 8192, 16384, 32768, 65536])
    func blockSizes(size: Int) throws {
        let database = try Self.sample { $0.blockSize = size }.database()
        #expect(database.information.blockByteCount == size)
        #expect(database.information.guid.symbolServerText == DatabaseBytes.guidText)
        #expect(try database.types(named: "_A").count == 1)
        #expect(database.symbols(named: "Start").map(\.rva) == [0x1010])
    }

    @Test("blocks in reverse order") func scattered() throws {
        var bytes = Self.sample { $0.isScattered = true }
        for number in 0..<200 { bytes.publics.append(("Name\(number)", 1, UInt32(number * 16 + 32))) }
        let database = try bytes.database()
        for number in 0..<200 {
            #expect(database.symbols(named: "Name\(number)").map(\.rva) == [UInt32(0x1020 + number * 16)])
        }
    }

    @Test("more directory blocks than one block map holds") func manyMaps() throws {
        // 20,000 further streams need 160 KB of directory: 313 blocks of 512 bytes, which need three blocks of map.
        let sample = Self.sample()
        let streams = sample.streams + [[UInt8]?](repeating: [], count: 20_000)
        let packed = DatabaseBytes.container(streams, blockSize: 512)
        // The builder writes one map from block 3 on: give the file three map blocks by moving everything behind it.
        var bytes = packed
        bytes.insert(contentsOf: [UInt8](repeating: 0, count: 1024), at: 4 * 512)
        var map: [UInt8] = []
        let directoryBlocks = (4 + streams.reduce(0) { $0 + 4 + 4 * ((($1?.count ?? 0) + 511) / 512) } + 511) / 512
        for index in 0..<directoryBlocks { map.put(UInt32(6 + index)) }
        bytes.replaceSubrange((3 * 512)..<(3 * 512 + map.count), with: map)
        bytes.replaceSubrange(52..<64, with: [UInt8].words(3, 4, 5))
        // Block numbers of the streams move by two.
        var position = 6 * 512 + 4 + 4 * streams.count
        for stream in streams {
            for _ in 0..<(((stream?.count ?? 0) + 511) / 512) {
                let number = bytes[position..<(position + 4)].reversed().reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
                bytes.replaceSubrange(position..<(position + 4), with: [UInt8].words(number + 2))
                position += 4
            }
        }
        let database = try ProgramDatabase(MappedFile(bytes: bytes))
        #expect(database.information.streamCount == streams.count)
        #expect(database.symbols(named: "Start").map(\.rva) == [0x1010])
    }

    @Test("the linker's age counts, the file's where the linker gave none") func ages() throws {
        let edited = try Self.sample { ($0.infoAge, $0.debugAge) = (3, 2) }.database()
        #expect(edited.information.age == 2 && edited.information.fileAge == 3)
        #expect(edited.identity(name: "a.pdb").storeKey == DatabaseBytes.guidText + "2")
        let none = try Self.sample { ($0.infoAge, $0.debugAge) = (26, 0) }.database()
        #expect(none.identity(name: "a.pdb").storeKey == DatabaseBytes.guidText + "1A")
    }

    @Test(
        "foreign files are named",
        arguments: [
            ("Microsoft C/C++ program database 2.00\r\n\u{1A}JG\0\0", ForeignFormat.oldProgramDatabase),
            ("BSJB\u{1}\0\u{1}\0", .portable), ("MSCF\0\0\0\0", .cabinet), ("MZ\u{90}\0", .executable),
            ("<!DOCTYPE html><html>", .webPage), ("\n<HTML><body>", .webPage), (" {\"metadata\": 1}", .json),
            ("Microsoft MSFZ Container\r\n", .compressedContainer), ("hello", .unknown),
        ])
    func foreign(start: String, format: ForeignFormat) {
        #expect {
            try ProgramDatabase(MappedFile(bytes: Array(start.utf8)))
        } throws: { error in
            (error as? ProgramDatabaseError)?.reason == .foreign(format)
                && (error as? ProgramDatabaseError)?.advice.isEmpty == false
        }
    }

    @Test(
        "a superblock that cannot be",
        arguments: [
            (32, 0), (32, 1000), (32, 256), (32, 0x8000_0000), (44, 0), (44, 0xFFFF_FFF0), (52, 0), (52, 0xFFFF),
        ])
    func superblocks(offset: Int, value: UInt32) {
        var bytes = Self.sample().bytes
        bytes.replaceSubrange(offset..<(offset + 4), with: [UInt8].words(value))
        #expect {
            try ProgramDatabase(MappedFile(bytes: bytes))
        } throws: { error in
            if case .damaged = (error as? ProgramDatabaseError)?.reason { true } else { false }
        }
    }

    @Test("a stream that does not exist is no error, a block outside the file is one for its stream alone")
    func streams()
        throws
    {
        var streams = Self.sample().streams
        streams[2] = nil
        let without = try ProgramDatabase(MappedFile(bytes: DatabaseBytes.container(streams, blockSize: 512)))
        #expect(try without.types(named: "_A").isEmpty)
        #expect(without.symbols(named: "Start").count == 1)
        var bytes = Self.sample().bytes
        // The directory is block 4; stream 1 has its block number first: behind count and sizes.
        let first = 4 * 512 + 4 + 4 * 12
        bytes.replaceSubrange((first + 4)..<(first + 8), with: [UInt8].words(0x00FF_FFFF))
        let damaged = try ProgramDatabase(MappedFile(bytes: bytes))
        #expect(throws: ProgramDatabaseError.self) { try damaged.types(named: "_A") }
        #expect(damaged.symbols(named: "Start").count == 1)
    }
}
