/// The smallest program database that says whose it is: the superblock, a directory of four streams, the info stream and the header of DBI
/// (MSF 7.00; `formats.md` and the PDB reference).
public struct SmallProgramDatabase {
    /// GUID in the order of symbol servers, 32 hex digits.
    public var guid = "1806D020A6E46538D7AC3325FAC114D8"
    /// Age in the header of DBI.
    public var age: UInt32 = 1

    /// Makes one of this GUID and age.
    public init(guid: String? = nil, age: UInt32 = 1) {
        if let guid { self.guid = guid }
        self.age = age
    }

    /// Its key in a store.
    public var key: String { guid + String(age, radix: 16, uppercase: true) }

    private static let blockSize = 512

    /// The file.
    public var bytes: [UInt8] {
        let info = Self.words(20_000_404, 1, age) + guidBytes + Self.words(0, 0, 0, 0, 0)
        let types =
            Self.words(20_040_203, 56, 0x1000, 0x1000, 0) + [0xFF, 0xFF, 0xFF, 0xFF]
            + Self.words(4, 0, 0, 0, 0, 0, 0, 0)
        let symbols =
            Self.words(UInt32.max, 19_990_903, age) + [UInt8](repeating: 0xFF, count: 2)
            + [UInt8](repeating: 0, count: 2)
            + [0xFF, 0xFF, 0, 0, 0xFF, 0xFF, 0, 0] + Self.words(0, 0, 0, 0, 0, 0, 0, 0) + [0, 0, 0x64, 0x86]
            + Self.words(0)
        let streams = [[], info, types, symbols]
        // Blocks: superblock, two free maps, block map, directory, then a block for each stream.
        let directory =
            Self.words(UInt32(streams.count)) + streams.flatMap { Self.words(UInt32($0.count)) } + Self.words(5, 6, 7)
        let superblock =
            Array("Microsoft C/C++ MSF 7.00\r\n\u{1A}DS".utf8) + [0, 0, 0]
            + Self.words(UInt32(Self.blockSize), 1, 8, UInt32(directory.count), 0, 3)
        let freeMap = [UInt8](repeating: 0, count: Self.blockSize)
        let blocks = [superblock, freeMap, freeMap, Self.words(4), directory, info, types, symbols]
        return blocks.flatMap { $0 + [UInt8](repeating: 0, count: Self.blockSize - $0.count) }
    }

    private var guidBytes: [UInt8] {
        let digits = Array(guid)
        let bytes = stride(from: 0, to: 32, by: 2).map { UInt8(String(digits[$0...($0 + 1)]), radix: 16) ?? 0 }
        return [3, 2, 1, 0, 5, 4, 7, 6, 8, 9, 10, 11, 12, 13, 14, 15].map { bytes[$0] }
    }

    private static func words(_ values: UInt32...) -> [UInt8] {
        values.flatMap { value in (0..<4).map { UInt8(truncatingIfNeeded: value >> (8 * UInt32($0))) } }
    }
}
