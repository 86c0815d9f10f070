import BinaryReading
import KernelProfiles

/// One entry of a handle table before it is encoded.
private struct TableEntry {
    let index: Int
    /// What the entry points to: an object's header, or a body in the table of ids.
    let pointer: UInt64
    let access: UInt32
    let credit: UInt64
}

extension MachineLayout {
    private static let entriesPerPage = 256

    /// Writes each process' handle table, the list of tables, and the table of process and thread ids.
    mutating func writeHandleTables() {
        var listed: [UInt64] = []
        for number in model.processes.indices {
            let process = model.processes[number]
            guard process.exited == nil else {
                addresses.handlePages.append([])
                continue
            }
            let entries = process.handles.map { handle in
                TableEntry(
                    index: Int((handle.value & 0x7FFF_FFFF) / 4), pointer: headerAddress(of: handle.object),
                    access: handle.access, credit: handle.credit)
            }
            let pages = writeTable(entries, at: addresses.handleTables[number], process: number)
            addresses.handlePages.append(pages)
            for page in process.lostHandlePages.sorted() where page < pages.count {
                memory.setMapping(.pagedOut, at: pages[page])
                addresses.losses.append(.init(what: "handle table page", address: pages[page], why: "paged out"))
            }
            listed.append(addresses.handleTables[number])
        }
        linkTables(listed)
        setSymbol("ObpKernelHandleTable", addresses.handleTables[0])
        writeIDTable()
    }

    private func headerAddress(of object: ObjectReference) -> UInt64 {
        let body =
            switch object {
            case .token(let number): addresses.tokens[number]
            case .process(let number): addresses.processes[number]
            case .thread(let number): addresses.threads[number]
            case .other(let number): addresses.others[number]
            }
        return body - UInt64(Self.headerByteCount)
    }

    private mutating func linkTables(_ tables: [UInt64]) {
        guard let place = shapes.handleTable.place("HandleTableList"), let head = symbol("HandleTableListHead") else {
            return
        }
        let ring = [head] + tables.map { $0 + UInt64(place.offset) }
        for (position, link) in ring.enumerated() {
            memory.store(ring[(position + 1) % ring.count], at: link)
            memory.store(ring[(position + ring.count - 1) % ring.count], at: link + 8)
        }
    }

    private mutating func writeIDTable() {
        var entries: [TableEntry] = []
        for (number, process) in model.processes.enumerated() {
            entries.append(
                TableEntry(index: Int(process.id / 4), pointer: addresses.processes[number], access: 0, credit: 0))
        }
        for (number, thread) in model.threads.enumerated() {
            entries.append(
                TableEntry(index: Int(thread.id / 4), pointer: addresses.threads[number], access: 0, credit: 0))
        }
        let table = takePaged(shapes.handleTable.byteCount, PoolTag.handleTable)
        _ = writeTable(entries, at: table, process: nil)
        setSymbol("PspCidTable", table)
    }

    /// Writes a table's entries into pages, the pages of pointers above them, and the table; returns the entries' pages.
    private mutating func writeTable(_ entries: [TableEntry], at table: UInt64, process: Int?) -> [UInt64] {
        let highest = entries.reduce(0) { max($0, $1.index) }
        let pageCount = highest / Self.entriesPerPage + 1
        var pages: [UInt64] = []
        for _ in 0..<pageCount {
            pages.append(paged.allocatePages(4096, tag: PoolTag.handleTable, memory: &memory))
        }
        for entry in entries {
            let address = pages[entry.index / Self.entriesPerPage] + UInt64(entry.index % Self.entriesPerPage) * 16
            memory.store(encode(entry), at: address)
        }
        let top = writePointerPages(pages)
        var image = shapes.handleTable.blank()
        image.set("TableCode", top.address | UInt64(top.level))
        image.set("QuotaProcess", process.map { $0 == 0 ? 0 : addresses.processes[$0] } ?? 0)
        image.set("UniqueProcessId", process.map { UInt64(model.processes[$0].id) } ?? 0)
        image.set("HandleCount", UInt64(entries.count))
        image.set("NextHandleNeedingPool", UInt64(pageCount * 0x400))
        memory.store(image.bytes, at: table)
        return pages
    }

    private mutating func writePointerPages(_ pages: [UInt64]) -> (address: UInt64, level: Int) {
        guard pages.count > 1 else { return (pages[0], 0) }
        var current = pages
        var level = 0
        while current.count > 1 {
            level += 1
            var above: [UInt64] = []
            for start in stride(from: 0, to: current.count, by: 512) {
                let page = paged.allocatePages(4096, tag: PoolTag.handleTable, memory: &memory)
                for (position, pointer) in current[start..<min(start + 512, current.count)].enumerated() {
                    memory.store(pointer, at: page + UInt64(position) * 8)
                }
                above.append(page)
            }
            current = above
        }
        return (current[0], level)
    }

    /// The sixteen bytes of an entry by this kernel's bit fields (`formats.md` §7.4).
    private func encode(_ entry: TableEntry) -> [UInt8] {
        var image = shapes.handleEntry.blank()
        if shapes.handleEntry.place("ObjectPointerBits") != nil {
            image.set("ObjectPointerBits", entry.pointer >> 4)
            image.set("RefCnt", entry.credit)
            image.set("Unlocked", 1)
            image.set("GrantedAccessBits", UInt64(entry.access))
        } else {
            image.set("Object", entry.pointer | 1)
            image.set("GrantedAccess", UInt64(entry.access))
        }
        return image.bytes
    }
}
