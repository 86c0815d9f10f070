import AddressTranslation
import BinaryReading
import FileMapping
import MemoryImages

/// Physical memory that a test writes word by word, with page tables at addresses of its choice.
struct PageTables {
    private(set) var bytes: [UInt8]
    let pageCount: Int
    var levels: PagingLevels = .four
    var invalidEntries = InvalidEntryFormat.unknownKernel
    /// The root table lies in page 1.
    let root: UInt64 = 0x1000
    private var nextTable: UInt64 = 0x2000

    init(pageCount: Int, levels: PagingLevels = .four) {
        self.pageCount = pageCount
        self.levels = levels
        bytes = Array(repeating: 0, count: pageCount * pageByteCount)
    }

    mutating func write(_ value: UInt64, at physical: UInt64) {
        for index in 0..<8 { bytes[Int(physical) + index] = UInt8(truncatingIfNeeded: value >> (8 * UInt64(index))) }
    }

    func word(at physical: UInt64) -> UInt64 {
        (0..<8).reduce(0) { $0 | UInt64(bytes[Int(physical) + $1]) << (8 * UInt64($1)) }
    }

    /// Puts an entry of a level in place for an address and makes the tables above it.
    mutating func map(_ address: UInt64, entry: UInt64, level: Int = 1) {
        var table = root
        var current = levels.rawValue
        while current > level {
            let slot = table + 8 * ((address >> UInt64(12 + 9 * (current - 1))) & 0x1FF)
            if word(at: slot) & 1 == 0 {
                write(nextTable | 0x63, at: slot)
                nextTable += 0x1000
            }
            table = word(at: slot) & 0x000F_FFFF_FFFF_F000
            current -= 1
        }
        write(entry, at: table + 8 * ((address >> UInt64(12 + 9 * (level - 1))) & 0x1FF))
    }

    /// The memory as an address space; `runs` leaves holes.
    func addressSpace(runs: [PhysicalRun]? = nil, root: UInt64? = nil) -> AddressSpace {
        AddressSpace(
            physicalMemory: PhysicalMemory(
                file: MappedFile(bytes: bytes),
                runs: runs ?? [PhysicalRun(firstPage: PageFrameNumber(0), pageCount: UInt64(pageCount))],
                firstPageOffset: 0),
            directoryTableBase: root ?? self.root, levels: levels, invalidEntries: invalidEntries)
    }
}

/// The reason of the error that a translation ends in; nil where it ends well.
func failure(_ space: AddressSpace, _ address: UInt64) -> TranslationError? {
    do throws(TranslationError) {
        _ = try space.translate(VirtualAddress(address))
        return nil
    } catch { return error }
}

/// The page that an address translates to; nil where it does not.
func page(_ space: AddressSpace, _ address: UInt64) -> UInt64? {
    guard case .file(_, let page)? = try? space.translate(VirtualAddress(address)) else { return nil }
    return page.rawValue
}
