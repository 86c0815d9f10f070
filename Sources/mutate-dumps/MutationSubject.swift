import AddressTranslation
import BinaryReading
import FileMapping
import KernelObjects
import KernelProfiles
import KernelSymbols
import MemoryImages

/// A sound dump, and where in it lies what an analysis reads: a mutation anywhere else would show little.
struct MutationSubject {
    /// A kind of place.
    enum Region: Int, CaseIterable {
        /// Fields of the dump's header and of its page list.
        case header
        /// Entries of page tables.
        case pageTable
        /// Kernel variables, the kernel's image header, list heads.
        case kernelVariable
        /// Objects: processes, threads, tokens, logon sessions, handle tables, modules.
        case object
        /// The whole file.
        case anywhere

        /// How often it is chosen.
        var weight: Int {
            switch self {
            case .header: 20
            case .pageTable: 15
            case .kernelVariable: 15
            case .object: 45
            case .anywhere: 5
            }
        }
    }

    /// The dump.
    let bytes: [UInt8]
    /// Addresses that a wild pointer may point to, and physical pages of tables.
    let pointers: [UInt64]
    private let words: [[Int]]

    /// Finds the places in a dump.
    ///
    /// - Throws: Where the dump is not sound.
    init(bytes: [UInt8]) throws {
        let dump = try CrashDump(file: MappedFile(bytes: bytes))
        let kernel = try Kernel(in: dump)
        let places = KernelPlaces(kernel, try Snapshot(reading: kernel))
        self.bytes = bytes
        pointers = places.addresses
        let pagesStart = places.firstPageOffset
        let header = Array(stride(from: 0, to: 0x1100, by: 8)) + Array(stride(from: 0x2000, to: pagesStart, by: 8))
        words = [header, places.pageTableWords, places.variableWords, places.objectWords, []]
    }

    /// The file offset of some word of a region.
    func word(in region: Region, _ chance: inout ChanceSequence) -> Int {
        chance.pick(words[region.rawValue]) ?? chance.below(bytes.count / 8) * 8
    }
}

/// Where things lie in the file of a dump.
private struct KernelPlaces {
    let kernel: Kernel
    private(set) var pageTableWords: [Int] = []
    private(set) var variableWords: [Int] = []
    private(set) var objectWords: [Int] = []
    private(set) var addresses: [UInt64] = []
    private var tables: Set<UInt64> = []

    init(_ kernel: Kernel, _ snapshot: Snapshot) {
        self.kernel = kernel
        let space = kernel.addressSpace
        addTable(space.directoryTableBase, levels: space.levels.rawValue)
        addVariables()
        addObjects(snapshot)
    }

    /// Where the first page starts: before it are header and page list.
    var firstPageOffset: Int {
        switch kernel.dump.layout {
        case .runs: 0x2000
        case .bitmap(let bitmap): bitmap.firstPageOffset
        case .ranges(let ranges): ranges.firstPageOffset
        }
    }

    /// Entries in use of a table and of the tables below it.
    private mutating func addTable(_ table: PhysicalAddress, levels: Int) {
        guard levels > 0, tables.insert(table.rawValue).inserted,
            let start = kernel.dump.physicalMemory.fileOffset(of: table.page)
        else { return }
        addresses.append(table.rawValue | 0x63)
        for index in 0..<512 {
            let offset = start + 8 * index
            guard let value = kernel.dump.physicalMemory.loadIfPresent(UInt64.self, atFileOffset: offset), value != 0
            else { continue }
            pageTableWords.append(offset)
            // Present, and no large page.
            guard value & 0x81 == 1 else { continue }
            addTable(PhysicalAddress(value & 0x000F_FFFF_FFFF_F000), levels: levels - 1)
        }
    }

    private mutating func addVariables() {
        let profile = kernel.profile
        for name in profile.symbolNames {
            guard let address = kernel.address(of: name) else { continue }
            addresses.append(address.rawValue)
            let size = min(Int(profile.symbol(named: name)?.extent ?? 8), 0x380)
            variableWords += words(at: address, byteCount: size)
        }
        variableWords += words(at: kernel.base, byteCount: 0x400)
    }

    private mutating func addObjects(_ snapshot: Snapshot) {
        for session in snapshot.logonSessions { addObject(session.address, "_SEP_LOGON_SESSION_REFERENCES") }
        for token in snapshot.tokens { addObject(token.address, "_TOKEN", before: 0x50, after: 0x400) }
        for process in snapshot.processes {
            addObject(process.address, "_EPROCESS", before: 0x50)
            guard let table = process.handleTable else { continue }
            addObject(table, "_HANDLE_TABLE")
            addTarget(of: table + 8, byteCount: 0x200)
        }
        for thread in snapshot.threads { addObject(thread.address, "_ETHREAD", before: 0x50) }
        for session in snapshot.logonSessions { addTarget(of: session.address + 8, byteCount: 0x40) }
        if let head = kernel.address(of: "PsLoadedModuleList") { addModules(head, count: snapshot.modules.count) }
    }

    private mutating func addModules(_ head: VirtualAddress, count: Int) {
        let memory = VirtualMemory(kernel.addressSpace)
        var entry = head
        for _ in 0..<count {
            guard let next = try? memory.loadAddress(at: entry), next != head else { return }
            entry = next
            addObject(entry, "_KLDR_DATA_TABLE_ENTRY")
        }
    }

    private mutating func addObject(
        _ address: VirtualAddress, _ structure: String, before: Int = 0, after: Int = 0
    ) {
        addresses.append(address.rawValue)
        let size = kernel.profile.structure(named: structure)?.byteCount ?? 0x100
        objectWords += words(at: address - before, byteCount: before + min(size, 0xC00) + after)
    }

    /// What a pointer leads to, its low bits removed.
    private mutating func addTarget(of pointer: VirtualAddress, byteCount: Int) {
        guard let target = try? VirtualMemory(kernel.addressSpace).loadAddress(at: pointer), target.isKernel else {
            return
        }
        objectWords += words(at: VirtualAddress(target.rawValue & ~7), byteCount: byteCount)
    }

    /// File offsets of the words of a stretch of virtual memory, those that are in the dump.
    private func words(at address: VirtualAddress, byteCount: Int) -> [Int] {
        var offsets: [Int] = []
        for offset in stride(from: 0, to: byteCount, by: 8) {
            let word = address + offset
            guard case .file(let page, _)? = try? kernel.addressSpace.translate(word) else { continue }
            offsets.append(page + word.pageOffset)
        }
        return offsets
    }
}
