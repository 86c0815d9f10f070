import FileMapping
import Foundation
import ProgramDatabases
import Testing

/// Asks a PDB everything; what it answers does not matter, that it ends does.
private func ask(_ bytes: [UInt8]) {
    guard let database = try? ProgramDatabase(MappedFile(bytes: bytes)) else { return }
    _ = database.sections
    _ = database.moduleCounts
    _ = try? database.itemRecordCount()
    _ = try? database.types(matching: NamePattern("*"))
    for index in (try? database.unnamedTypes()) ?? [] { _ = try? database.type(index) }
    for name in ["_S", "_LATER", "Kind"] { _ = try? database.types(named: name) }
    for name in ["KeFirst", "Twice", "Private", ""] { _ = database.symbols(named: name) }
    _ = database.symbols(matching: NamePattern("*e*"))
    for rva: UInt32 in [0, 0x1001, 0x5010, .max] {
        _ = database.nearestSymbols(to: rva)
        _ = database.symbolAddress(after: rva)
        _ = database.originalRVA(of: rva)
    }
    _ = database.symbolProblems
}

@Suite("Damaged databases")
struct HostileDatabaseTests {
    private typealias R = TypeRecordBytes

    /// A small PDB that has some of everything.
    private static let sample: [UInt8] = {
        var bytes = DatabaseBytes()
        bytes.types = [
            R.aggregate("_LATER", size: 0, fields: 0, properties: 0x80, uniqueName: ".?AU_LATER@@"),
            R.bitField(of: 0x22, width: 3, position: 4), R.array(of: 0x1000, byteCount: 48), R.pointer(to: 0x1002),
            R.fieldList([R.member("tail", type: 0x1000, offset: 40)]),
            R.fieldList([
                R.member("bits", type: 0x1001, offset: 0), R.member("array", type: 0x1002, offset: 8),
                R.member("pointer", type: 0x1003, offset: 56), R.continuation(0x1004),
            ]),
            R.aggregate("_S", size: 0x9000, fields: 0x1005),
            R.aggregate("_LATER", size: 24, fields: 0, uniqueName: ".?AU_LATER@@"),
            R.fieldList([R.enumerator("Zero", 0), R.enumerator("Many", 0x90000)]),
            R.enumeration("Kind", base: 0x74, fields: 0x1008),
            R.aggregate("<unnamed-tag>", size: 4, fields: 0x1004),
        ]
        bytes.publics = [
            ("KeFirst", 1, 0), ("KeSecond", 1, 0x40), ("Twice", 1, 0x100), ("Twice", 2, 0x10), ("Absolute", 0, 7),
        ]
        bytes.originalSections = [(".text", 0x1000), (".data", 0x2000)]
        bytes.mapFromSource = [(0x1000, 0x8000), (0x1040, 0), (0x1080, 0x7000), (0x2000, 0x5000)]
        bytes.moduleRecords =
            DatabaseBytes.record(0x1110, .words(0, 0, 0, 0x33, 0, 0, 0x1000, 0x500), 1, flags: [0], "Private")
            + DatabaseBytes.record(0x110C, .words(0x74, 0x20), 2, "hits")
        return bytes.bytes
    }()

    @Test("cut at every byte", .timeLimit(.minutes(15))) func cuts() {
        for length in 0..<Self.sample.count { ask(Array(Self.sample.prefix(length))) }
    }

    /// `LOGONLEAK_PDB_MUTATIONS` sets how many; some hundreds where it is not set.
    @Test("spoilt by chance", .timeLimit(.minutes(15))) func mutations() {
        let count = Int(ProcessInfo.processInfo.environment["LOGONLEAK_PDB_MUTATIONS"] ?? "") ?? 600
        let values: [UInt32] = [
            0, 1, 2, 3, 4, 0x7F, 0xFF, 0x1000, 0x1005, 0xFFFF, 0x7FFF_FFFF, 0x8000_0000, 0xFFFF_FFFF,
        ]
        for number in 0..<count {
            var chance = SplitMix(seed: UInt64(number))
            var bytes = Self.sample
            for _ in 0..<(1 + chance.next() % 6) {
                let position = Int(chance.next() % UInt64(bytes.count))
                switch chance.next() % 4 {
                case 0: bytes[position] ^= 1 << UInt8(chance.next() % 8)
                case 1: bytes[position] = UInt8(truncatingIfNeeded: chance.next())
                case 2:
                    let aligned = min(position & ~3, bytes.count - 4)
                    let value = values[Int(chance.next() % UInt64(values.count))]
                    bytes.replaceSubrange(aligned..<(aligned + 4), with: [UInt8].words(value))
                default:
                    let source = Int(chance.next() % UInt64(bytes.count - 16))
                    let target = min(position, bytes.count - 16)
                    bytes.replaceSubrange(target..<(target + 16), with: Array(bytes[source..<(source + 16)]))
                }
            }
            ask(bytes)
        }
    }

    /// The same chance on every system.
    private struct SplitMix {
        private var state: UInt64

        init(seed: UInt64) { state = seed &* 0xD1B5_4A32_D192_ED03 }

        mutating func next() -> UInt64 {
            state &+= 0x9E37_79B9_7F4A_7C15
            var value = state
            value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
            value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
            return value ^ (value >> 31)
        }
    }
}
