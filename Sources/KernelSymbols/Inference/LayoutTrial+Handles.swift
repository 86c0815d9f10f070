import AddressTranslation
import BinaryReading

extension LayoutTrial {
    private static var entriesLookedAt: Int { 8 }
    private static var entryByteCount: Int { 16 }

    /// Handle tables must name their process, be in one ring, and lead to objects of known types.
    mutating func checkHandleTables() {
        for process in processes {
            guard let table = probe.pointer("_EPROCESS.ObjectTable", of: process), table.isKernel,
                let number = probe.word("_EPROCESS.UniqueProcessId", of: process),
                let owner = probe.doubleWord("_HANDLE_TABLE.UniqueProcessId", of: table)
            else { continue }
            tally.count(UInt64(owner) == number, "handle tables name their process")
            checkEntries(of: table)
        }
        guard let system = probe.pointer("_EPROCESS.ObjectTable", of: systemProcess), system.isKernel else { return }
        checkRing(of: system)
    }

    private mutating func checkRing(of table: VirtualAddress) {
        let links = layout.offset("_HANDLE_TABLE.HandleTableList")
        let ring = probe.ring(from: table + links, limit: 65_536)
        guard let head = ring.nodes.first(where: { ground.place.contains($0) }) else { return }
        tally.count(ring.closes, "the ring of handle tables closes")
        note("HandleTableListHead", at: head, "the node in the image of the ring of handle tables")
    }

    /// The first entries of the first page.
    private mutating func checkEntries(of table: VirtualAddress) {
        guard let code = probe.word("_HANDLE_TABLE.TableCode", of: table) else { return }
        guard code & 7 <= 2 else { return tally.count(false, "handles lead to objects") }
        var page = VirtualAddress(code & ~7)
        for _ in 0..<(code & 7) {
            guard let first = try? memory.loadAddress(at: page) else { return }
            page = first
        }
        for index in 1...Self.entriesLookedAt {
            guard let word = try? memory.load(UInt64.self, at: page + index * Self.entryByteCount),
                let object = object(of: word)
            else { continue }
            tally.count(
                typeIndex(of: object).map { types.objects.indices.contains($0) && $0 > 1 }, "handles lead to objects")
        }
    }

    /// The object of an entry's first word; nil where the entry is free (`formats.md` §7.4).
    private func object(of word: UInt64) -> VirtualAddress? {
        let header: UInt64
        if let bits = layout.field("_HANDLE_TABLE_ENTRY.ObjectPointerBits")?.bits {
            let unused = UInt64(max(0, 60 - bits.width))
            header = UInt64(bitPattern: Int64(bitPattern: bits.extract(from: word) << (4 + unused)) >> Int64(unused))
        } else {
            header = word & ~7
        }
        let address = VirtualAddress(header)
        return address.isKernel ? address + layout.offset("_OBJECT_HEADER.Body") : nil
    }
}
