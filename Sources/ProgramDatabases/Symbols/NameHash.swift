import BinaryReading

/// The hash of names in symbol tables (`hashStringV1`, `pdb/README.md` §1): the same for ASCII letters of either case.
func symbolNameHash(_ name: RawSpan) -> UInt32 {
    var hash: UInt32 = 0
    var position = 0
    while let word = name.loadIfPresent(UInt32.self, at: position) {
        hash ^= word
        position += 4
    }
    if let half = name.loadIfPresent(UInt16.self, at: position) {
        hash ^= UInt32(half)
        position += 2
    }
    if let byte = name.loadIfPresent(UInt8.self, at: position) { hash ^= UInt32(byte) }
    hash |= 0x2020_2020
    hash ^= hash >> 11
    return hash ^ hash >> 16
}

/// Names found by their hash: hash in the upper, a place in the lower half, sorted. The names themselves are compared by who asks.
struct NameIndex: Sendable {
    private var entries: [UInt64] = []

    init() {}

    /// Adds a name. Call ``finish()`` after the last.
    mutating func add(_ name: RawSpan, place: UInt32) { entries.append(UInt64(Self.hash(name)) << 32 | UInt64(place)) }

    /// Puts the names in order.
    mutating func finish() { entries.sort() }

    /// Places of names that may be the given one, ascending; no more than `limit`.
    func places(of name: RawSpan, limit: Int = .max) -> [UInt32] {
        let first = UInt64(Self.hash(name)) << 32
        var low = 0
        var high = entries.count
        while low < high {
            let middle = (low + high) / 2
            if entries[middle] < first { low = middle + 1 } else { high = middle }
        }
        return entries[low...].prefix(limit).prefix { $0 >> 32 == first >> 32 }.map { UInt32(truncatingIfNeeded: $0) }
    }

    /// FNV-1a over words of eight bytes: better spread than the file's own hash.
    private static func hash(_ name: RawSpan) -> UInt32 {
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        var position = 0
        while let word = name.loadIfPresent(UInt64.self, at: position) {
            hash = (hash ^ word) &* 0x0000_0100_0000_01B3
            hash ^= hash >> 29
            position += 8
        }
        while let byte = name.loadIfPresent(UInt8.self, at: position) {
            hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01B3
            position += 1
        }
        return UInt32(truncatingIfNeeded: hash ^ hash >> 32)
    }
}
