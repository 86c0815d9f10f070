import AddressTranslation
import BinaryReading
import KernelSymbols

/// The table of an image's functions that unwinding needs (`.pdata`): where each begins and ends.
///
/// Functions that call nothing and keep nothing have no entry; no return address lies in them.
struct RuntimeFunctions {
    /// An entry: a function, or a part of one.
    struct Entry: Hashable {
        let begin: UInt32
        /// The first byte after it.
        let end: UInt32
        fileprivate let unwindInformation: UInt32
    }

    /// What the table says of an address.
    enum Answer: Hashable {
        case function(Entry)
        case noFunction
        case unreadable
    }

    private let base: VirtualAddress
    private let table: VirtualAddress
    private let count: Int
    private let memory: VirtualMemory

    private static let entryByteCount = 12
    /// More parts than any function is cut into.
    private static let chainLimit = 32
    /// `UNW_FLAG_CHAININFO` in the upper five bits of the first byte.
    private static let chainFlag: UInt8 = 0x20

    /// nil where the image has no table or one that cannot lie in it.
    init?(of image: PortableExecutable, in memory: VirtualMemory) {
        guard let directory = image.exceptions, directory.rva < image.imageByteCount,
            directory.byteCount <= image.imageByteCount - directory.rva
        else { return nil }
        base = image.base
        table = image.base + Int(directory.rva)
        count = Int(directory.byteCount) / Self.entryByteCount
        self.memory = memory
    }

    /// The entry whose range holds an RVA.
    func answer(at rva: UInt32) -> Answer {
        var low = 0
        var high = count
        while low < high {
            let middle = (low + high) / 2
            guard let begin = try? memory.load(UInt32.self, at: table + Self.entryByteCount * middle) else {
                return .unreadable
            }
            if begin <= rva { low = middle + 1 } else { high = middle }
        }
        guard low > 0 else { return .noFunction }
        guard let entry = entry(at: table + Self.entryByteCount * (low - 1)) else { return .unreadable }
        return entry.begin <= rva && rva < entry.end ? .function(entry) : .noFunction
    }

    /// Whether the function that holds an RVA ends before another, as far as the table can be read.
    func endsFunction(at rva: UInt32, before other: UInt32) -> Bool {
        guard case .function(let entry) = answer(at: rva) else { return false }
        return entry.end <= other
    }

    /// Where the function begins of which an entry is a part; nil where the chain cannot be read to its end.
    func functionBegin(of entry: Entry) -> UInt32? {
        var current = entry
        for _ in 0..<Self.chainLimit {
            // The lowest bit says that another entry stands in the place of unwind information.
            if current.unwindInformation & 1 != 0 {
                guard let next = self.entry(at: base + Int(current.unwindInformation & ~1)) else { return nil }
                current = next
                continue
            }
            let information = base + Int(current.unwindInformation)
            guard let flags = try? memory.load(UInt8.self, at: information),
                let codes = try? memory.load(UInt8.self, at: information + 2)
            else { return nil }
            guard flags & Self.chainFlag != 0 else { return current.begin }
            guard let next = self.entry(at: information + 4 + 2 * ((Int(codes) + 1) & ~1)) else { return nil }
            current = next
        }
        return nil
    }

    private func entry(at address: VirtualAddress) -> Entry? {
        try? memory.withBytes(at: address, count: Self.entryByteCount) { bytes in
            Entry(begin: bytes.value(at: 0), end: bytes.value(at: 4), unwindInformation: bytes.value(at: 8))
        }
    }
}
