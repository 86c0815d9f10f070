import AddressTranslation
import BinaryReading

/// The memory of one structure: read at once where it can be, else piece by piece.
struct MemoryWindow {
    let address: VirtualAddress
    private let bytes: [UInt8]
    private let memory: VirtualMemory

    /// Structures above this size are read field by field.
    private static let wholeLimit = 0x10000

    init(at address: VirtualAddress, byteCount: Int, in memory: VirtualMemory) {
        self.address = address
        self.memory = memory
        bytes = byteCount <= Self.wholeLimit ? (try? memory.copyBytes(at: address, count: byteCount)) ?? [] : []
    }

    /// Whether the first byte can be read.
    var isReadable: Bool { !bytes.isEmpty || (try? memory.load(UInt8.self, at: address)) != nil }

    /// An integer of 1 to 8 bytes; nil where it cannot be read.
    func integer(at offset: Int, byteCount: Int) -> UInt64? {
        guard (1...8).contains(byteCount) else { return nil }
        if offset >= 0, offset <= bytes.count - byteCount {
            var value: UInt64 = 0
            for index in stride(from: byteCount - 1, through: 0, by: -1) {
                value = value << 8 | UInt64(bytes[offset + index])
            }
            return value
        }
        let place = address + offset
        return switch byteCount {
        case 8: try? memory.load(UInt64.self, at: place)
        case 4: (try? memory.load(UInt32.self, at: place)).map(UInt64.init)
        case 2: (try? memory.load(UInt16.self, at: place)).map(UInt64.init)
        case 1: (try? memory.load(UInt8.self, at: place)).map(UInt64.init)
        default: nil
        }
    }

    /// A pointer; nil where it cannot be read.
    func pointer(at offset: Int) -> VirtualAddress? { integer(at: offset, byteCount: 8).map(VirtualAddress.init) }

    /// Some bytes; nil where one of them cannot be read.
    func bytes(at offset: Int, count: Int) -> [UInt8]? {
        if offset >= 0, count >= 0, offset <= bytes.count - count { return Array(bytes[offset..<(offset + count)]) }
        return try? memory.copyBytes(at: address + offset, count: count)
    }
}
