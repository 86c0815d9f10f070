import AddressTranslation
import BinaryReading

/// The names that the kernel image exports, a tiny source of symbols in the dump itself (`formats.md` §4.3).
struct ExportTable {
    private let base: VirtualAddress
    private let memory: VirtualMemory
    private let functions: VirtualAddress
    private let names: VirtualAddress
    private let ordinals: VirtualAddress
    private let functionCount: UInt32
    private let nameCount: UInt32

    private static let largestHeaderOffset: UInt32 = 0x800
    private static let largestCount: UInt32 = 0x10000
    private static let longestName = 128

    /// Reads the export directory; nil where it is not in the dump.
    init?(of base: VirtualAddress, in memory: VirtualMemory) {
        guard let header = try? memory.load(UInt32.self, at: base + 0x3C), header < Self.largestHeaderOffset,
            let rva = try? memory.load(UInt32.self, at: base + Int(header) + 0x88), rva != 0
        else { return nil }
        let numbers = try? memory.withBytes(at: base + Int(rva) + 0x14, count: 20) { bytes in
            (0..<5).map { bytes.loadIfPresent(UInt32.self, at: 4 * $0) ?? 0 }
        }
        guard let numbers, numbers[0] <= Self.largestCount, numbers[1] <= Self.largestCount else { return nil }
        self.base = base
        self.memory = memory
        functionCount = numbers[0]
        nameCount = numbers[1]
        functions = base + Int(numbers[2])
        names = base + Int(numbers[3])
        ordinals = base + Int(numbers[4])
    }

    /// The RVA of a name; nil where it is not exported or a page on the way is not in the dump. The names are sorted.
    func rva(of name: String) -> UInt32? {
        let wanted = Array(name.utf8)
        var low = 0
        var high = Int(nameCount)
        while low < high {
            let middle = (low + high) / 2
            guard let found = self.name(at: middle) else { return nil }
            if found == wanted { return function(ofName: middle) }
            if wanted.lexicographicallyPrecedes(found) { high = middle } else { low = middle + 1 }
        }
        return nil
    }

    private func name(at index: Int) -> [UInt8]? {
        guard let rva = try? memory.load(UInt32.self, at: names + 4 * index) else { return nil }
        var name: [UInt8] = []
        while name.count < Self.longestName {
            guard let byte = try? memory.load(UInt8.self, at: base + (Int(rva) + name.count)) else { return nil }
            if byte == 0 { return name }
            name.append(byte)
        }
        return nil
    }

    private func function(ofName index: Int) -> UInt32? {
        guard let ordinal = try? memory.load(UInt16.self, at: ordinals + 2 * index), UInt32(ordinal) < functionCount,
            let rva = try? memory.load(UInt32.self, at: functions + 4 * Int(ordinal)), rva != 0
        else { return nil }
        return rva
    }
}
