import BinaryReading
import FileMapping
import KernelProfiles

/// A cache entry as a profile: nothing is decoded that no question needs.
///
/// The checksum guards against damage, not against malice, so every read is checked nevertheless.
final class CachedProfile: ProfileStorage {
    private let file: MappedFile
    private let structureCount: Int
    private let enumerationCount: Int
    private let symbolCount: Int
    private let symbolsStart: Int
    private let namesStart: Int
    private let recordsStart: Int
    private let textsStart: Int
    let invalidPTEMask: KernelProfile.InvalidPTEMaskLocation?

    /// Opens an entry; nil where it is of another version, of another PDB, or damaged.
    init?(_ file: MappedFile, guid: GUID, age: UInt32) {
        self.file = file
        guard let head = try? file.copyBytes(at: 0, count: 8), head == CacheEntryFormat.magic,
            file.loadIfPresent(UInt32.self, at: 8) == CacheEntryFormat.version,
            let sum = file.loadIfPresent(UInt64.self, at: 16),
            file.withBytes({ CacheEntryFormat.checksum($0, from: CacheEntryFormat.checkedStart) }) == sum,
            let theirs = try? file.withBytes({ (all) throws(OutOfBounds) in try GUID(all, at: 24) }), theirs == guid,
            file.loadIfPresent(UInt32.self, at: 40) == age,
            let counts = Self.words(file, at: 44, count: 6)
        else { return nil }
        switch counts[0] {
        case 1: invalidPTEMask = .variable(rva: counts[1])
        case 2: invalidPTEMask = .insideMiState(offset: counts[1])
        default: invalidPTEMask = nil
        }
        (structureCount, enumerationCount, symbolCount) = (Int(counts[2]), Int(counts[3]), Int(counts[4]))
        symbolsStart =
            CacheEntryFormat.tablesStart + (structureCount + enumerationCount) * CacheEntryFormat.typeByteCount
        namesStart = symbolsStart + symbolCount * CacheEntryFormat.symbolByteCount
        recordsStart = namesStart + symbolCount * 4
        textsStart = recordsStart + Int(counts[5])
        guard textsStart <= file.byteCount else { return nil }
    }

    private static func words(_ file: MappedFile, at offset: Int, count: Int) -> [UInt32]? {
        let words = (0..<count).compactMap { file.loadIfPresent(UInt32.self, at: offset + 4 * $0) }
        return words.count == count ? words : nil
    }

    // MARK: Texts

    private func text(start: UInt32, count: UInt32) -> String? {
        guard let bytes = try? file.copyBytes(at: textsStart + Int(start), count: Int(count)) else { return nil }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// A name in a table: where it begins and how long it is stand at a position.
    private func name(at position: Int) -> String? {
        guard let start = file.loadIfPresent(UInt32.self, at: position),
            let count = file.loadIfPresent(UInt32.self, at: position + 4)
        else { return nil }
        return text(start: start, count: count & ~CacheEntryFormat.codeFlag)
    }

    // MARK: Types

    private func typePosition(_ place: Int) -> Int {
        CacheEntryFormat.tablesStart + place * CacheEntryFormat.typeByteCount
    }

    private func names(_ places: Range<Int>) -> [String] {
        places.compactMap { name(at: typePosition($0)) }.filter { !ProgramDatabaseProfile.isUnnamed($0) }
    }

    var structureNames: [String] { names(0..<structureCount) }
    var enumerationNames: [String] { names(structureCount..<(structureCount + enumerationCount)) }

    /// The record of a type, found by halving.
    private func record(of wanted: String, in places: Range<Int>) -> CacheEntryCursor? {
        var low = places.lowerBound
        var high = places.upperBound
        while low < high {
            let middle = (low + high) / 2
            guard let found = name(at: typePosition(middle)) else { return nil }
            if found == wanted {
                guard let record = file.loadIfPresent(UInt32.self, at: typePosition(middle) + 8) else { return nil }
                return CacheEntryCursor(file, at: recordsStart + Int(record), texts: textsStart)
            }
            if wanted.utf8.lexicographicallyPrecedes(found.utf8) { high = middle } else { low = middle + 1 }
        }
        return nil
    }

    func structure(named name: String) -> StructureLayout? {
        guard var cursor = record(of: name, in: 0..<structureCount) else { return nil }
        return cursor.structure(named: name)
    }

    func enumeration(named name: String) -> EnumerationLayout? {
        let places = structureCount..<(structureCount + enumerationCount)
        guard var cursor = record(of: name, in: places) else { return nil }
        return cursor.enumeration(named: name)
    }

    // MARK: Symbols

    private struct Entry {
        let rva: UInt32
        let isCode: Bool
        let byteCount: UInt32?
    }

    private func entry(_ place: Int) -> Entry? {
        let position = symbolsStart + place * CacheEntryFormat.symbolByteCount
        guard place < symbolCount, let rva = file.loadIfPresent(UInt32.self, at: position),
            let flags = file.loadIfPresent(UInt32.self, at: position + 8),
            let size = file.loadIfPresent(UInt32.self, at: position + 12)
        else { return nil }
        return Entry(
            rva: rva, isCode: flags & CacheEntryFormat.codeFlag != 0, byteCount: size == 0 ? nil : size - 1)
    }

    private func symbolName(_ place: Int) -> String? {
        name(at: symbolsStart + place * CacheEntryFormat.symbolByteCount + 4)
    }

    /// The first place whose address is above a limit.
    private func firstPlace(above rva: UInt32) -> Int {
        var low = 0
        var high = symbolCount
        while low < high {
            let middle = (low + high) / 2
            if let entry = entry(middle), entry.rva <= rva { low = middle + 1 } else { high = middle }
        }
        return low
    }

    /// Places of the symbols of a name, ascending.
    private func places(of name: String) -> [Int] {
        func place(_ index: Int) -> Int? { file.loadIfPresent(UInt32.self, at: namesStart + 4 * index).map { Int($0) } }
        var low = 0
        var high = symbolCount
        while low < high {
            let middle = (low + high) / 2
            guard let found = place(middle).flatMap(symbolName) else { return [] }
            if found.utf8.lexicographicallyPrecedes(name.utf8) { low = middle + 1 } else { high = middle }
        }
        var places: [Int] = []
        while low < symbolCount, let next = place(low), symbolName(next) == name {
            places.append(next)
            low += 1
        }
        return places
    }

    var symbolNames: [String] {
        let names = (0..<symbolCount).filter { entry($0)?.isCode == false }.compactMap(symbolName)
        return Set(names).sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    }

    func symbol(named name: String) -> KernelProfile.Symbol? {
        guard let entry = places(of: name).first.flatMap(entry) else { return nil }
        return KernelProfile.Symbol(rva: entry.rva, extent: next(after: entry.rva).map { $0 &- entry.rva })
    }

    private func next(after rva: UInt32) -> UInt32? { entry(firstPlace(above: rva))?.rva }

    private func function(_ place: Int) -> KernelProfile.Function? {
        guard let entry = entry(place), entry.isCode, let name = symbolName(place) else { return nil }
        return ProgramDatabaseProfile.function(
            named: name, rva: entry.rva, byteCount: entry.byteCount, next: next(after: entry.rva))
    }

    var functions: [KernelProfile.Function] { (0..<symbolCount).compactMap(function) }

    func function(named name: String) -> KernelProfile.Function? { places(of: name).lazy.compactMap(function).first }

    func function(containing rva: UInt32) -> KernelProfile.Function? {
        var place = firstPlace(above: rva) - 1
        guard let start = entry(place)?.rva else { return nil }
        var candidates: [KernelProfile.Function] = []
        while place >= 0, entry(place)?.rva == start {
            if let function = function(place) { candidates.append(function) }
            place -= 1
        }
        guard let chosen = candidates.min(by: { ProgramDatabaseProfile.isPreferred($0.name, to: $1.name) }) else {
            return nil
        }
        return rva &- start < chosen.extent ? chosen : nil
    }
}
