public import BinaryReading
import FileMapping

/// A loaded driver, as a triage dump lists it.
public struct TriageDriver: Hashable, Sendable {
    /// Its file's name; nil where it cannot be read.
    public let name: String?
    /// Where it was loaded.
    public let base: VirtualAddress
    /// Bytes of its image.
    public let byteCount: UInt32
    /// The image's check sum.
    public let checkSum: UInt32
    /// The image's time stamp, part of its identity.
    public let timeDateStamp: UInt32

    /// Entry sizes that are known, where the distance to the string pool does not tell (formats.md §2.6).
    private static let knownStrides = [0x90, 0x98, 0xA8]
    /// Far more drivers than any system has loaded; a damaged count must not make a list as long as the file.
    private static let largestCount = 4096
    /// An entry reaches at least to its time stamp.
    private static let smallestStride = 0x8C

    /// Reads the list. The size of an entry differs between versions: it is taken from the distance to the string pool
    /// behind the list, and held against what the entries then say.
    static func list(_ parts: TriageParts, header: DumpHeader) -> [TriageDriver] {
        let start = Int(parts.field(0x30))
        let claimed = Swift.min(Int(parts.field(0x34)), largestCount)
        guard start > 0, claimed > 0, start < parts.file.byteCount else { return [] }
        let distance = Int(parts.field(0x38)) - start
        let derived = distance > 0 ? distance / claimed : 0
        let readings = ([derived & ~7] + knownStrides).filter { $0 >= smallestStride && $0 <= 0x200 }.map { stride in
            let count = Swift.min(claimed, (parts.file.byteCount - start) / stride)
            return (0..<count).compactMap { TriageDriver(in: parts.file, at: start + $0 * stride) }
        }
        // The first of equals: the derived size, then the one of current systems.
        var best: (drivers: [TriageDriver], score: Int) = ([], 0)
        for drivers in readings {
            let score = plausibility(of: drivers, header: header)
            if score > best.score { best = (drivers, score) }
        }
        return best.drivers
    }

    /// How many entries look like drivers; an entry 0 that holds the kernel's variables outweighs some.
    private static func plausibility(of drivers: [TriageDriver], header: DumpHeader) -> Int {
        let good = drivers.count { $0.base.isKernel && $0.base.pageOffset == 0 && $0.byteCount > 0 && $0.name != nil }
        let variables = [header.loadedModuleList, header.debuggerDataBlock].compactMap { $0 }
        let holdsKernel = drivers.first.map { kernel in variables.contains { kernel.contains($0) } } ?? false
        return good * 2 + (holdsKernel ? 1 : 0)
    }

    /// Reads an entry: a name's offset and a copy of `_KLDR_DATA_TABLE_ENTRY`.
    private init?(in file: MappedFile, at offset: Int) {
        guard let nameOffset: UInt32 = file.loadIfPresent(at: offset),
            let base: UInt64 = file.loadIfPresent(at: offset + 0x38),
            let byteCount: UInt32 = file.loadIfPresent(at: offset + 0x48),
            let checkSum: UInt32 = file.loadIfPresent(at: offset + 0x80),
            let timeDateStamp: UInt32 = file.loadIfPresent(at: offset + 0x88)
        else { return nil }
        name = Self.name(in: file, at: Int(nameOffset))
        self.base = VirtualAddress(base)
        self.byteCount = byteCount
        self.checkSum = checkSum
        self.timeDateStamp = timeDateStamp
    }

    /// Whether an address lies in the driver's image.
    public func contains(_ address: VirtualAddress) -> Bool {
        address.distance(from: base).map { $0 < UInt64(byteCount) } ?? false
    }

    /// An entry of the string pool: a number of UTF-16 units, then the units.
    static func name(in file: MappedFile, at offset: Int) -> String? {
        guard offset > 0, let count: UInt32 = file.loadIfPresent(at: offset), (1...512).contains(count) else {
            return nil
        }
        return TriageText.text(in: file, at: offset + 4, unitCount: Int(count))
    }
}

/// A driver that had been unloaded, as a triage dump lists it.
public struct TriageUnloadedDriver: Hashable, Sendable {
    /// Its file's name, at most twelve characters of it; nil where it cannot be read.
    public let name: String?
    /// Where it started.
    public let start: VirtualAddress
    /// Where it ended.
    public let end: VirtualAddress

    private static let entryByteCount = 56

    /// Reads the list: a count, then a counted string whose text follows it, and two addresses each.
    static func list(in file: MappedFile, at offset: Int) -> [TriageUnloadedDriver] {
        guard offset > 0, let claimed: UInt64 = file.loadIfPresent(at: offset) else { return [] }
        let room = (file.byteCount - offset - 8) / entryByteCount
        return (0..<Swift.min(Int(clamping: claimed), room)).compactMap { index in
            let position = offset + 8 + index * entryByteCount
            guard let length: UInt16 = file.loadIfPresent(at: position),
                let start: UInt64 = file.loadIfPresent(at: position + 40),
                let end: UInt64 = file.loadIfPresent(at: position + 48)
            else { return nil }
            let name = TriageText.text(in: file, at: position + 16, unitCount: Swift.min(Int(length) / 2, 12))
            return TriageUnloadedDriver(name: name, start: VirtualAddress(start), end: VirtualAddress(end))
        }
    }
}

enum TriageText {
    /// UTF-16 text; nil where it is empty, cut, or holds control characters.
    static func text(in file: MappedFile, at offset: Int, unitCount: Int) -> String? {
        let units = (0..<unitCount).compactMap { file.loadIfPresent(UInt16.self, at: offset + 2 * $0) }
        guard units.count == unitCount else { return nil }
        let used = units.prefix { $0 != 0 }
        guard !used.isEmpty, used.allSatisfy({ $0 >= 0x20 }) else { return nil }
        return String(decoding: used, as: UTF16.self)
    }
}
