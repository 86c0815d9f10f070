import BinaryReading

/// How a cached profile lies in its file; all numbers little-endian.
///
///     0   magic                8 bytes
///     8   version              u32, then u32 zero
///     16  checksum             u64, of every byte from 24 on
///     24  GUID, age            16 bytes, u32
///     44  mask location        u32 kind (0 none, 1 variable, 2 inside MiState), u32 place
///     52  counts               u32 structures, u32 enumerations, u32 symbols, u32 bytes of records
///     68  names of types       u32 text, u32 length, u32 record each: structures, then enumerations, sorted by their bytes
///         symbols              u32 RVA, u32 text, u32 length (bit 31: code), u32 size + 1 each, by RVA, then in the file's order
///         symbols by name      u32 place each, sorted by the bytes of their names, then by place
///         records, texts
enum CacheEntryFormat {
    static let magic = Array("LGNLKPDB".utf8)
    /// Raised whenever the form or the meaning of an entry changes.
    static let version: UInt32 = 1
    static let checkedStart = 24
    static let tablesStart = 68
    static let typeByteCount = 12
    static let symbolByteCount = 16
    static let codeFlag: UInt32 = 0x8000_0000

    /// How a member's type is written.
    enum TypeCode: UInt8 {
        case unknown, unsignedInteger, signedInteger, float, wideCharacter, void, pointer, array, structure, union
        case enumeration, bits, function
    }

    /// A sum over words of eight bytes; a rest is padded with zeros.
    static func checksum(_ bytes: RawSpan, from start: Int) -> UInt64 {
        var sum: UInt64 = 0x9E37_79B9_7F4A_7C15
        var position = start
        while let word = bytes.loadIfPresent(UInt64.self, at: position) {
            sum = (sum ^ word) &* 0xD6E8_FEB8_6659_FD93
            sum ^= sum >> 32
            position += 8
        }
        while let byte = bytes.loadIfPresent(UInt8.self, at: position) {
            sum = (sum ^ UInt64(byte)) &* 0xD6E8_FEB8_6659_FD93
            sum ^= sum >> 32
            position += 1
        }
        return sum
    }
}
