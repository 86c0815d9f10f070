import BinaryReading
import Testing

@testable import KernelProfiles

@Suite("Damaged collections")
struct DamagedCollectionTests {
    /// Asks for everything that the product asks for; what comes does not matter, that it comes back does.
    private static func use(_ bytes: [UInt8], seed: UInt64) {
        guard let collection = ProfileCollection(CollectionBytes(copying: bytes)) else { return }
        var generator = SeededGenerator(seed: seed)
        _ = collection.profile(version: "10.0.2")
        _ = collection.profile(guid: GUID(data1: 1, data2: 2, data3: 3, data4: 4), age: 1)
        let kernels = Swift.min(collection.kernelCount, 1_000)
        guard kernels > 0 else { return }
        for index in [kernels - 1, Int.random(in: 0..<kernels, using: &generator)] {
            guard let profile = collection.profile(at: index) else { continue }
            for name in ["_TOKEN", "_EPROCESS", "_SEP_LOGON_SESSION_REFERENCES"] { _ = profile.structure(named: name) }
            _ = profile.enumeration(named: "_TOKEN_TYPE")
            _ = profile.symbol(named: "SepLogonSessions")
            _ = profile.symbolNames
            let function = profile.function(named: "SepCreateTokenEx")
            _ = profile.function(containing: function?.rva ?? 0x100000)
        }
    }

    @Test("truncations are no collection")
    func truncations() throws {
        let bytes = try #require(ProfileCollection.embedded).bytes.copy
        for length in [0, 1, 8, 23, 24, 100, 128, 200, bytes.count / 2, bytes.count - 1] {
            #expect(ProfileCollection(CollectionBytes(copying: Array(bytes.prefix(length)))) == nil)
        }
    }

    @Test("truncations with a size that fits are met where they hurt")
    func shortened() throws {
        let bytes = try #require(ProfileCollection.embedded).bytes.copy
        for length in [128, 1_000, 100_000, 200_000, 300_000, 900_000, bytes.count - 1] {
            var part = Array(bytes.prefix(length))
            for place in 0..<4 { part[12 + place] = UInt8(truncatingIfNeeded: length >> (8 * place)) }
            // Sections that reach past the end are cut to it.
            for entry in stride(from: 24, to: 24 + 13 * 8, by: 8) {
                let start = Self.word(part, entry)
                let size = Self.word(part, entry + 4)
                Self.setWord(&part, entry, Swift.min(start, length))
                Self.setWord(&part, entry + 4, Swift.min(size, length - Swift.min(start, length)))
            }
            Self.use(part, seed: UInt64(length))
        }
    }

    private static func word(_ bytes: [UInt8], _ place: Int) -> Int {
        (0..<4).reduce(0) { $0 | Int(bytes[place + $1]) << (8 * $1) }
    }

    private static func setWord(_ bytes: inout [UInt8], _ place: Int, _ value: Int) {
        for index in 0..<4 { bytes[place + index] = UInt8(truncatingIfNeeded: value >> (8 * index)) }
    }

    @Test("mutations never trap", arguments: 0..<24)
    func mutations(seed: UInt64) throws {
        var bytes = try #require(ProfileCollection.embedded).bytes.copy
        var generator = SeededGenerator(seed: seed)
        // One in three hits the table and the small lists, where one byte does most.
        let region = [128, 300_000, bytes.count][Int(seed % 3)]
        for _ in 0..<(1 << Int(seed % 8)) {
            let place = Int.random(in: 24..<region, using: &generator)
            bytes[place] = UInt8.random(in: 0...255, using: &generator)
        }
        Self.use(bytes, seed: seed)
    }

    @Test("a mutation is seen by the checksum")
    func checksum() throws {
        var bytes = try #require(ProfileCollection.embedded).bytes.copy
        bytes[bytes.count / 2] ^= 1
        #expect(ProfileCollection(CollectionBytes(copying: bytes))?.isIntact == false)
    }
}
