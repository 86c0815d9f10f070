import BinaryReading
import KernelProfiles
import ProgramDatabases

/// Writes what a profile needs of a PDB as the bytes of a cache entry.
struct CacheEntryWriter {
    private var texts: [UInt8] = []
    private var textPlaces: [String: (start: UInt32, count: UInt32)] = [:]
    private var records: [UInt8] = []
    private var typeTable: [UInt8] = []

    /// The bytes of an entry.
    static func entry(of profile: ProgramDatabaseProfile) -> [UInt8] {
        var writer = CacheEntryWriter()
        let unnamed = profile.unnamedNames
        let structures = writer.addTypes(profile.structureNames + unnamed) { name in
            profile.structure(named: name).map { layout in { $0.writeStructure(layout) } }
        }
        let enumerations = writer.addTypes(profile.enumerationNames + unnamed) { name in
            profile.enumeration(named: name).map { layout in { $0.writeEnumeration(layout) } }
        }
        let symbols = profile.database.symbolsByAddress
        let symbolTable = writer.symbolTable(symbols)
        var entry = CacheEntryFormat.magic
        entry.append(CacheEntryFormat.version)
        entry.append(UInt32(0))
        entry.append(UInt64(0))
        let information = profile.database.information
        entry.append(information.guid.data1)
        entry.append(information.guid.data2)
        entry.append(information.guid.data3)
        entry.append(information.guid.data4.byteSwapped)
        entry.append(information.age)
        entry.append(mask: profile.invalidPTEMask)
        for count in [structures, enumerations, symbols.count, writer.records.count] {
            entry.append(UInt32(truncatingIfNeeded: count))
        }
        entry += writer.typeTable + symbolTable + writer.records + writer.texts
        let sum = unsafe entry.withUnsafeBytes {
            unsafe CacheEntryFormat.checksum($0.bytes, from: CacheEntryFormat.checkedStart)
        }
        var sumBytes: [UInt8] = []
        sumBytes.append(sum)
        entry.replaceSubrange(16..<24, with: sumBytes)
        return entry
    }

    /// Adds the types of those names that there are; returns how many.
    private mutating func addTypes(
        _ names: [String], _ record: (String) -> ((inout CacheEntryWriter) -> Void)?
    ) -> Int {
        var count = 0
        for name in names.sorted(by: { $0.utf8.lexicographicallyPrecedes($1.utf8) }) {
            guard let write = record(name) else { continue }
            typeTable.append(text: place(of: name))
            typeTable.append(UInt32(truncatingIfNeeded: records.count))
            write(&self)
            count += 1
        }
        return count
    }

    private mutating func writeStructure(_ layout: StructureLayout) {
        records.append(UInt8(layout.kind == .structure ? 0 : layout.kind == .union ? 1 : 2))
        records.append(UInt8(layout.isPartial ? 1 : 0))
        records.append(UInt64(clamping: layout.byteCount))
        records.append(UInt32(truncatingIfNeeded: layout.fields.count))
        for field in layout.fields {
            records.append(text: place(of: field.name))
            records.append(UInt64(clamping: field.offset))
            records.append(UInt64(clamping: field.byteCount))
            write(field.type)
        }
    }

    private mutating func writeEnumeration(_ layout: EnumerationLayout) {
        records.append(UInt64(clamping: layout.byteCount))
        records.append(UInt32(truncatingIfNeeded: layout.members.count))
        for member in layout.members {
            records.append(text: place(of: member.name))
            records.append(UInt64(bitPattern: member.value))
        }
    }

    private mutating func write(_ type: FieldType) {
        func code(_ code: CacheEntryFormat.TypeCode) { records.append(code.rawValue) }
        switch type {
        case .integer(let byteCount, let isSigned):
            code(isSigned ? .signedInteger : .unsignedInteger)
            records.append(UInt8(truncatingIfNeeded: byteCount))
        case .float(let byteCount):
            code(.float)
            records.append(UInt8(truncatingIfNeeded: byteCount))
        case .wideCharacter: code(.wideCharacter)
        case .void: code(.void)
        case .function: code(.function)
        case .array(let count, let element):
            code(.array)
            records.append(UInt64(clamping: count))
            write(element)
        case .bits(let field, let holder):
            code(.bits)
            records.append(UInt8(truncatingIfNeeded: field.position))
            records.append(UInt8(truncatingIfNeeded: field.width))
            write(holder)
        case .pointer(let name): write(name, as: .pointer)
        case .structure(let name): write(name, as: .structure)
        case .union(let name): write(name, as: .union)
        case .enumeration(let name): write(name, as: .enumeration)
        case .unknown(let name): write(name, as: .unknown)
        }
    }

    private mutating func write(_ name: String, as code: CacheEntryFormat.TypeCode) {
        records.append(code.rawValue)
        records.append(text: place(of: name))
    }

    private mutating func symbolTable(_ symbols: [DatabaseSymbol]) -> [UInt8] {
        var table: [UInt8] = []
        table.reserveCapacity(symbols.count * (CacheEntryFormat.symbolByteCount + 4))
        for symbol in symbols {
            let place = place(of: symbol.name)
            table.append(symbol.rva ?? 0)
            table.append(place.start)
            table.append(place.count | (symbol.isCode ? CacheEntryFormat.codeFlag : 0))
            table.append(symbol.byteCount.map { $0 == .max ? $0 : $0 + 1 } ?? 0)
        }
        let order = symbols.indices.sorted { left, right in
            let names = (symbols[left].name, symbols[right].name)
            if names.0 == names.1 { return left < right }
            return names.0.utf8.lexicographicallyPrecedes(names.1.utf8)
        }
        for place in order { table.append(UInt32(truncatingIfNeeded: place)) }
        return table
    }

    /// Where a text lies; each is kept once.
    private mutating func place(of text: String) -> (start: UInt32, count: UInt32) {
        if let place = textPlaces[text] { return place }
        let place = (start: UInt32(truncatingIfNeeded: texts.count), count: UInt32(truncatingIfNeeded: text.utf8.count))
        texts += text.utf8
        textPlaces[text] = place
        return place
    }
}

extension [UInt8] {
    fileprivate mutating func append(_ number: some FixedWidthInteger & UnsignedInteger) {
        for byte in 0..<(number.bitWidth / 8) { append(UInt8(truncatingIfNeeded: number >> (8 * byte))) }
    }

    fileprivate mutating func append(text place: (start: UInt32, count: UInt32)) {
        append(place.start)
        append(place.count)
    }

    fileprivate mutating func append(mask: KernelProfile.InvalidPTEMaskLocation?) {
        switch mask {
        case nil: for number in [UInt32(0), 0] { append(number) }
        case .variable(let rva): for number in [UInt32(1), rva] { append(number) }
        case .insideMiState(let offset): for number in [UInt32(2), offset] { append(number) }
        }
    }
}
