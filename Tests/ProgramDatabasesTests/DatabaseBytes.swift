import FileMapping
import ProgramDatabases

/// Numbers and texts appended as a PDB has them.
extension [UInt8] {
    mutating func put(_ number: UInt16) { for shift in [0, 8] { append(UInt8(truncatingIfNeeded: number >> shift)) } }
    mutating func put(_ number: UInt32) {
        for shift in stride(from: 0, to: 32, by: 8) { append(UInt8(truncatingIfNeeded: number >> shift)) }
    }
    mutating func put(_ text: String) { self += Array(text.utf8) + [0] }
    mutating func pad(to unit: Int, with byte: UInt8 = 0) { while count % unit != 0 { append(byte) } }

    static func words(_ numbers: UInt32...) -> [UInt8] {
        var bytes: [UInt8] = []
        for number in numbers { bytes.put(number) }
        return bytes
    }
}

/// A PDB laid out in memory: streams, then the container around them.
struct DatabaseBytes {
    static let guid: [UInt8] = [
        0x78, 0x56, 0x34, 0x12, 0xBC, 0x9A, 0xF0, 0xDE, 1, 2, 3, 4, 5, 6, 7, 8,
    ]
    static let guidText = "123456789ABCDEF00102030405060708"

    var blockSize = 512
    /// Whether blocks lie in reverse order.
    var isScattered = false
    var infoAge: UInt32 = 1
    var debugAge: UInt32 = 1
    /// Type records without their lengths: leaf and body.
    var types: [[UInt8]] = []
    /// Names with section and offset.
    var publics: [(name: String, section: UInt16, offset: UInt32)] = []
    /// Sections: name, RVA.
    var sections: [(name: String, rva: UInt32)] = [(".text", 0x1000), (".data", 0x5000)]
    /// Sections before the image was rearranged, and where its parts went.
    var originalSections: [(name: String, rva: UInt32)] = []
    var mapFromSource: [(UInt32, UInt32)] = []
    var mapToSource: [(UInt32, UInt32)] = []
    /// Records of the only module's own stream; none where there is none.
    var moduleRecords: [UInt8] = []
    /// Changes the publics stream after it was made.
    var spoilPublics: (inout [UInt8]) -> Void = { _ in }

    func database() throws(ProgramDatabaseError) -> ProgramDatabase { try ProgramDatabase(MappedFile(bytes: bytes)) }

    // MARK: Streams

    private var infoStream: [UInt8] {
        .words(20_000_404, 0x1234, infoAge) + Self.guid + .words(0, 0, 0, 0, 0, 0, 20_140_508)
    }

    private var typeStream: [UInt8] {
        var records: [UInt8] = []
        for type in types {
            var record = type
            while (record.count + 2) % 4 != 0 { record.append(0xF0 | UInt8(4 - (record.count + 2) % 4)) }
            records.put(UInt16(record.count))
            records += record
        }
        var header: [UInt8] = .words(20_040_203, 56, 0x1000, 0x1000 + UInt32(types.count), UInt32(records.count))
        header.put(UInt16(0xFFFF))
        header.put(UInt16(0xFFFF))
        header += .words(4, 0x3FFFF, 0, 0, 0, 0, 0, 0)
        return header + records
    }

    private var symbolRecords: (bytes: [UInt8], offsets: [UInt32]) {
        var bytes: [UInt8] = []
        var offsets: [UInt32] = []
        for symbol in publics {
            offsets.append(UInt32(bytes.count))
            bytes += Self.publicRecord(symbol.name, symbol.section, symbol.offset)
        }
        return (bytes, offsets)
    }

    private static func publicRecord(_ name: String, _ section: UInt16, _ offset: UInt32) -> [UInt8] {
        record(0x110E, .words(2, offset), section, name)
    }

    /// A symbol record: kind, fixed part, section, name.
    static func record(_ kind: UInt16, _ fixed: [UInt8], _ section: UInt16, flags: [UInt8] = [], _ name: String)
        -> [UInt8]
    {
        var body: [UInt8] = []
        body.put(kind)
        body += fixed
        body.put(section)
        body += flags
        body.put(name)
        while (body.count + 2) % 4 != 0 { body.append(0) }
        var record: [UInt8] = []
        record.put(UInt16(body.count))
        return record + body
    }

    /// `hashStringV1`, written from its description and not from the reader.
    static func hash(_ name: String) -> UInt32 {
        var rest = Array(name.utf8)[...]
        var hash: UInt32 = 0
        while rest.count >= 4 {
            hash ^=
                UInt32(rest.removeFirst()) | UInt32(rest.removeFirst()) << 8 | UInt32(rest.removeFirst()) << 16
                | UInt32(rest.removeFirst()) << 24
        }
        if rest.count >= 2 { hash ^= UInt32(rest.removeFirst()) | UInt32(rest.removeFirst()) << 8 }
        if let last = rest.first { hash ^= UInt32(last) }
        hash |= 0x2020_2020
        hash ^= hash >> 11
        return hash ^ (hash >> 16)
    }

    private var publicsStream: [UInt8] {
        let offsets = symbolRecords.offsets
        let order = publics.indices.sorted { Self.hash(publics[$0].name) % 4096 < Self.hash(publics[$1].name) % 4096 }
        var records: [UInt8] = []
        var bitMap = [UInt8](repeating: 0, count: 516)
        var buckets: [UInt8] = []
        for (place, index) in order.enumerated() {
            let bucket = Int(Self.hash(publics[index].name) % 4096)
            if bitMap[bucket / 8] & (1 << (bucket % 8)) == 0 {
                bitMap[bucket / 8] |= 1 << (bucket % 8)
                buckets.put(UInt32(place * 12))
            }
            records += .words(offsets[index] + 1, 1)
        }
        let table: [UInt8] =
            .words(0xFFFF_FFFF, 0xF12F_091A, UInt32(records.count), UInt32(bitMap.count + buckets.count)) + records
            + bitMap + buckets
        var stream = .words(UInt32(table.count), 0, 0, 0, 0, 0, 0) + table
        spoilPublics(&stream)
        return stream
    }

    private static func headers(_ sections: [(name: String, rva: UInt32)]) -> [UInt8] {
        sections.flatMap { section in
            var header = Array(section.name.utf8.prefix(8))
            header.pad(to: 8)
            let code: UInt32 = section.name == ".data" ? 0xC000_0040 : 0x6000_0020
            return header + .words(0x1000, section.rva, 0, 0, 0, 0, 0, code)
        }
    }

    /// Streams 5 to 11: publics, records, sections, original sections, OMAP from the source, the module, OMAP to the source.
    private var debugStream: [UInt8] {
        var module: [UInt8] = [UInt8](repeating: 0, count: 34)
        module.put(UInt16(moduleRecords.isEmpty ? 0xFFFF : 10))
        module += .words(UInt32(moduleRecords.isEmpty ? 0 : moduleRecords.count + 4), 0, 0, 0, 0, 0, 0)
        module = Array(module.prefix(64))
        module.put("one.obj")
        module.put("one.obj")
        module.pad(to: 4)
        var optional: [UInt8] = []
        let isMoved = !mapFromSource.isEmpty
        for number in [
            0xFFFF, 0xFFFF, 0xFFFF, mapToSource.isEmpty ? 0xFFFF : 11, isMoved ? 9 : 0xFFFF, 7, 0xFFFF, 0xFFFF, 0xFFFF,
            0xFFFF,
        ] {
            optional.put(UInt16(number))
        }
        optional.put(UInt16(isMoved ? 8 : 0xFFFF))
        var header: [UInt8] = .words(0xFFFF_FFFF, 19_990_903, debugAge)
        for number: UInt16 in [0xFFFF, 0, 5, 0, 6, 0] { header.put(number) }
        header += .words(UInt32(module.count), 0, 0, 0, 0, 0, UInt32(optional.count), 0)
        header.put(UInt16(0))
        header.put(UInt16(0x8664))
        header.put(UInt32(0))
        return header + module + optional
    }

    /// All streams; nil is a stream that does not exist.
    var streams: [[UInt8]?] {
        [
            [], infoStream, typeStream, debugStream, nil, publicsStream, symbolRecords.bytes, Self.headers(sections),
            Self.headers(originalSections), mapFromSource.flatMap { [UInt8].words($0.0, $0.1) },
            moduleRecords.isEmpty ? [] : .words(4) + moduleRecords,
            mapToSource.flatMap { [UInt8].words($0.0, $0.1) },
        ]
    }

    // MARK: Container

    /// The whole file.
    var bytes: [UInt8] { Self.container(streams, blockSize: blockSize, isScattered: isScattered) }

    static func container(_ streams: [[UInt8]?], blockSize: Int, isScattered: Bool = false) -> [UInt8] {
        func blockCount(_ size: Int) -> Int { (size + blockSize - 1) / blockSize }
        let directorySize = 4 + streams.reduce(0) { $0 + 4 + 4 * blockCount($1?.count ?? 0) }
        let directoryBlocks = blockCount(directorySize)
        let dataBlocks = streams.reduce(0) { $0 + blockCount($1?.count ?? 0) }
        // Superblock, two free page maps, block map, directory, data.
        let firstData = 4 + directoryBlocks
        let total = firstData + dataBlocks
        var file = [UInt8](repeating: 0, count: total * blockSize)
        func write(_ bytes: some Collection<UInt8>, at offset: Int) {
            file.replaceSubrange(offset..<(offset + bytes.count), with: bytes)
        }
        var directory: [UInt8] = .words(UInt32(streams.count))
        for stream in streams { directory.put(stream.map { UInt32($0.count) } ?? 0xFFFF_FFFF) }
        var next = 0
        for stream in streams {
            for start in stride(from: 0, to: stream?.count ?? 0, by: blockSize) {
                let block = isScattered ? total - 1 - next : firstData + next
                directory.put(UInt32(block))
                write((stream ?? [])[start...].prefix(blockSize), at: block * blockSize)
                next += 1
            }
        }
        let head =
            Array("Microsoft C/C++ MSF 7.00\r\n\u{1A}DS\0\0\0".utf8)
            + .words(UInt32(blockSize), 1, UInt32(total), UInt32(directorySize), 0, 3)
        write(head, at: 0)
        var map: [UInt8] = []
        for index in 0..<directoryBlocks { map.put(UInt32(4 + index)) }
        write(map, at: 3 * blockSize)
        write(directory, at: 4 * blockSize)
        return file
    }
}

/// Type records as the compiler writes them: leaf and body.
enum TypeRecordBytes {
    static func numeric(_ value: UInt32) -> [UInt8] {
        var bytes: [UInt8] = []
        if value >= 0x8000 {
            bytes.put(UInt16(0x8004))
            bytes.put(value)
        } else {
            bytes.put(UInt16(value))
        }
        return bytes
    }

    /// A structure (0x1505), union (0x1506) or class (0x1504).
    static func aggregate(
        _ name: String, leaf: UInt16 = 0x1505, size: UInt32, fields: UInt32, properties: UInt16 = 0,
        uniqueName: String? = nil
    ) -> [UInt8] {
        var bytes: [UInt8] = []
        for number in [leaf, 0, properties | (uniqueName == nil ? 0 : 0x200)] { bytes.put(number) }
        bytes.put(fields)
        if leaf != 0x1506 { bytes += .words(0, 0) }
        bytes += numeric(size)
        bytes.put(name)
        if let uniqueName { bytes.put(uniqueName) }
        return bytes
    }

    static func enumeration(_ name: String, base: UInt32, fields: UInt32) -> [UInt8] {
        var bytes: [UInt8] = []
        for number: UInt16 in [0x1507, 0, 0] { bytes.put(number) }
        bytes += .words(base, fields)
        bytes.put(name)
        return bytes
    }

    static func fieldList(_ members: [[UInt8]]) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.put(UInt16(0x1203))
        for member in members {
            bytes += member
            // Members lie at multiples of four in their record, whose length is not among these bytes.
            while (bytes.count + 2) % 4 != 0 { bytes.append(0xF0 | UInt8(4 - (bytes.count + 2) % 4)) }
        }
        return bytes
    }

    static func member(_ name: String, type: UInt32, offset: UInt32) -> [UInt8] {
        var bytes: [UInt8] = []
        for number: UInt16 in [0x150D, 3] { bytes.put(number) }
        bytes.put(type)
        bytes += numeric(offset)
        bytes.put(name)
        return bytes
    }

    static func enumerator(_ name: String, _ value: UInt32) -> [UInt8] {
        var bytes: [UInt8] = []
        for number: UInt16 in [0x1502, 3] { bytes.put(number) }
        bytes += numeric(value)
        bytes.put(name)
        return bytes
    }

    /// A member list that goes on in another record.
    static func continuation(_ list: UInt32) -> [UInt8] {
        var bytes: [UInt8] = []
        for number: UInt16 in [0x1404, 0] { bytes.put(number) }
        bytes.put(list)
        return bytes
    }

    static func pointer(to type: UInt32, attributes: UInt32 = 0x1000C) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.put(UInt16(0x1002))
        return bytes + .words(type, attributes)
    }

    static func array(of type: UInt32, byteCount: UInt32) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.put(UInt16(0x1503))
        bytes += .words(type, 0x23)
        bytes += numeric(byteCount)
        bytes.put("")
        return bytes
    }

    static func bitField(of type: UInt32, width: UInt8, position: UInt8) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.put(UInt16(0x1205))
        bytes.put(type)
        return bytes + [width, position]
    }

    static func modifier(of type: UInt32) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.put(UInt16(0x1001))
        bytes.put(type)
        bytes.put(UInt16(1))
        return bytes
    }
}
