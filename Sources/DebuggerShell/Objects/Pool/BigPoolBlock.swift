import AddressTranslation
import BinaryReading
import KernelProfiles
import KernelSymbols

/// An allocation of whole pages, which has no header of its own but an entry in the kernel's table (`formats.md` §6.3).
struct BigPoolBlock: Hashable {
    /// Where it begins.
    let start: VirtualAddress
    /// Bytes.
    let byteCount: UInt64
    /// The four letters.
    let tag: UInt32
    /// Whether it lies in paged pool; nil where the symbols do not tell.
    let isPaged: Bool?

    private static let entryLimit: UInt64 = 1 << 26

    /// The allocation that an address lies in; nil where the table lists none or cannot be read.
    static func containing(
        _ address: VirtualAddress, in session: ShellSession, _ output: CommandOutput
    ) throws(CommandError) -> BigPoolBlock? {
        guard let layout = session.types.structure("_POOL_TRACKER_BIG_PAGES"), let start = layout["Va"]?.offset,
            let key = layout["Key"]?.offset, let size = layout["NumberOfBytes"]?.offset,
            (0x10...0x100).contains(layout.byteCount), [start, key, size].allSatisfy({ (0...0xF8).contains($0) }),
            let table = session.kernel.address(of: "PoolBigPageTable").flatMap(session.pointer), table.isKernel,
            let count = session.kernel.address(of: "PoolBigPageTableSize").flatMap(session.pointer)?.rawValue
        else { return nil }
        var index: UInt64 = 0
        while index < min(count, entryLimit) {
            try output.checkInterruption()
            let entry = table + Int(index) * layout.byteCount
            index += 1
            guard let va = try? session.memory.loadAddress(at: entry + start) else {
                // The rest of the page is missing too.
                index += UInt64((0x1000 - entry.pageOffset) / layout.byteCount)
                continue
            }
            // Bit 0 marks a free entry.
            guard va.rawValue & 1 == 0, va.isKernel, va.pageStart <= address,
                let byteCount = try? session.memory.load(UInt64.self, at: entry + size),
                let distance = address.distance(from: va.pageStart), distance < byteCount,
                let tag = try? session.memory.load(UInt32.self, at: entry + key)
            else { continue }
            let type = StructureRecord("_POOL_TRACKER_BIG_PAGES", at: entry, in: session)?.number("PoolType")
            return BigPoolBlock(start: va.pageStart, byteCount: byteCount, tag: tag, isPaged: type.map { $0 & 1 == 1 })
        }
        return nil
    }
}
