import BinaryReading

/// A number in a record: small ones are their own two bytes, others follow a two-byte kind (`pdb/README.md` §1).
struct NumericLeaf {
    /// The value's low 64 bits; zero for reals and texts, which no size, offset or enumerator is.
    let bits: UInt64
    /// Position behind the number.
    let end: Int

    /// Reads a number; nil where it is cut off or of unknown kind.
    init?(_ bytes: RawSpan, at offset: Int, limit: Int) {
        guard offset >= 0, offset <= limit - 2, let kind = bytes.loadIfPresent(UInt16.self, at: offset) else {
            return nil
        }
        guard kind >= 0x8000 else {
            self.init(bits: UInt64(kind), end: offset + 2)
            return
        }
        guard let byteCount = Self.byteCount(of: kind, bytes, at: offset + 2), offset + 2 <= limit - byteCount else {
            return nil
        }
        let bits: UInt64? =
            switch kind {
            case 0x8000: bytes.loadIfPresent(Int8.self, at: offset + 2).map { UInt64(bitPattern: Int64($0)) }
            case 0x8001: bytes.loadIfPresent(Int16.self, at: offset + 2).map { UInt64(bitPattern: Int64($0)) }
            case 0x8002: bytes.loadIfPresent(UInt16.self, at: offset + 2).map { UInt64($0) }
            case 0x8003: bytes.loadIfPresent(Int32.self, at: offset + 2).map { UInt64(bitPattern: Int64($0)) }
            case 0x8004: bytes.loadIfPresent(UInt32.self, at: offset + 2).map { UInt64($0) }
            case 0x8009, 0x800A, 0x8017, 0x8018: bytes.loadIfPresent(UInt64.self, at: offset + 2)
            default: 0
            }
        guard let bits else { return nil }
        self.init(bits: bits, end: offset + 2 + byteCount)
    }

    private init(bits: UInt64, end: Int) {
        self.bits = bits
        self.end = end
    }

    private static func byteCount(of kind: UInt16, _ bytes: RawSpan, at offset: Int) -> Int? {
        switch kind {
        case 0x8000: 1
        case 0x8001, 0x8002: 2
        case 0x8003, 0x8004, 0x8005: 4
        case 0x800B: 6
        case 0x8006, 0x8009, 0x800A, 0x800C, 0x801A: 8
        case 0x8007: 10
        case 0x8008, 0x800D, 0x8017, 0x8018, 0x8019: 16
        case 0x800E: 20
        case 0x800F: 32
        case 0x8010: bytes.loadIfPresent(UInt16.self, at: offset).map { 2 + Int($0) }
        default: nil
        }
    }
}
