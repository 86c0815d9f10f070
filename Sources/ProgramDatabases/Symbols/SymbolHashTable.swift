import BinaryReading

/// The hash table over symbol records that publics and globals share (GSI, `pdb/README.md` §1).
struct SymbolHashTable: Sendable {
    private static let bucketCount = 4096
    /// 4,096 buckets and one more, a bit each.
    private static let bitMapByteCount = 516
    private static let recordByteCount = 8
    /// Buckets give places as if a hash record had twelve bytes.
    private static let placeUnit: UInt32 = 12

    /// Positions in the symbol record stream, in the table's order.
    let offsets: [UInt32]
    /// Where each bucket begins in `offsets`, and the end.
    private let starts: [UInt32]

    /// Why a table cannot be used.
    struct Damage: Error {
        let words: String
    }

    /// Reads and verifies a table that begins at `start`: every record must lie in the symbol record stream.
    init(_ bytes: StreamBytes, at start: Int, recordStreamByteCount: Int) throws(Damage) {
        guard let signature = bytes.load(UInt32.self, at: start), let version = bytes.load(UInt32.self, at: start + 4),
            let hashByteCount = bytes.load(UInt32.self, at: start + 8),
            let bucketByteCount = bytes.load(UInt32.self, at: start + 12)
        else { throw Damage(words: "its header is cut off") }
        guard signature == 0xFFFF_FFFF, version == 0xF12F_091A else {
            throw Damage(words: "its header is of an unknown form")
        }
        let first = start + 16
        guard Int(hashByteCount) <= bytes.count - first,
            Int(bucketByteCount) <= bytes.count - first - Int(hashByteCount)
        else { throw Damage(words: "it does not fit into its stream") }
        let count = Int(hashByteCount) / Self.recordByteCount
        offsets = try Self.readOffsets(bytes, at: first, count: count, limit: recordStreamByteCount)
        starts = try Self.readBuckets(
            bytes, at: first + Int(hashByteCount), byteCount: Int(bucketByteCount), recordCount: count)
    }

    private static func readOffsets(_ bytes: StreamBytes, at start: Int, count: Int, limit: Int) throws(Damage)
        -> [UInt32]
    {
        try bytes.withBytes { (all) throws(Damage) in
            var offsets: [UInt32] = []
            offsets.reserveCapacity(count)
            for index in 0..<count {
                guard let place = all.loadIfPresent(UInt32.self, at: start + recordByteCount * index), place > 0,
                    Int(place) + 3 <= limit
                else { throw Damage(words: "record \(index) points outside the symbol records") }
                offsets.append(place - 1)
            }
            return offsets
        }
    }

    private static func readBuckets(_ bytes: StreamBytes, at start: Int, byteCount: Int, recordCount: Int)
        throws(Damage) -> [UInt32]
    {
        let end = UInt32(truncatingIfNeeded: recordCount)
        guard recordCount > 0 else { return [UInt32](repeating: 0, count: bucketCount + 2) }
        guard byteCount >= bitMapByteCount else { throw Damage(words: "its buckets are cut off") }
        var starts = [UInt32](repeating: end, count: bucketCount + 2)
        var place = start + bitMapByteCount
        var last: UInt32 = 0
        // A bucket without records begins where the next one does.
        var firstUnset = 0
        for bucket in 0...bucketCount {
            guard let word = bytes.load(UInt32.self, at: start + bucket / 32 * 4), word >> UInt32(bucket % 32) & 1 == 1
            else { continue }
            guard place + 4 <= start + byteCount, let value = bytes.load(UInt32.self, at: place),
                value % placeUnit == 0, value / placeUnit >= last, value / placeUnit < end
            else { throw Damage(words: "bucket \(bucket) begins outside its records") }
            place += 4
            last = value / placeUnit
            for empty in firstUnset...bucket { starts[empty] = last }
            firstUnset = bucket + 1
        }
        return starts
    }

    /// Positions of the records that may have a name: those in its bucket.
    func candidates(for name: RawSpan) -> ArraySlice<UInt32> {
        let bucket = Int(symbolNameHash(name)) % Self.bucketCount
        let first = Int(starts[bucket])
        let end = Int(starts[bucket + 1])
        return first <= end && end <= offsets.count ? offsets[first..<end] : []
    }
}
