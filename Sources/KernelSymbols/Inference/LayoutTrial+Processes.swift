import AddressTranslation
import BinaryReading

extension LayoutTrial {
    /// Most processes of a list that are followed; more than any machine runs, and zombies besides.
    private static var processLimit: Int { 65_536 }

    /// What looks like a System process and is tried.
    private static var mostSystemProcesses: Int { 8 }

    /// Finds the System process and the list it is in: by the header, KDBG or an export, else by every pointer of the image.
    mutating func findProcesses() throws(LayoutRefusal) {
        let links = layout.offset("_EPROCESS.ActiveProcessLinks")
        let heads = [
            (ground.activeProcessHead, "from the dump's header"), (ground.debuggerData?.address(at: 0x50), "from KDBG"),
        ]
        for case (let head?, let how) in heads where ground.place.contains(head) {
            if take(probe.ring(from: head, limit: Self.processLimit), links: links) {
                note("PsActiveProcessHead", at: head, how)
                return checkProcesses()
            }
        }
        let exported = ground.export("PsInitialSystemProcess").flatMap { try? memory.loadAddress(at: $0) }
        let candidates = [exported].compactMap(\.self) + ground.pointers.distinct.lazy.map(\.value)
        for candidate in candidates.lazy.filter(probe.isSystemProcess).prefix(Self.mostSystemProcesses) {
            let ring = probe.ring(from: candidate + links, limit: Self.processLimit)
            // The head is the one node that is no process: it lies in the image.
            guard let head = ring.nodes.first(where: { ground.place.contains($0) }) else { continue }
            if take(probe.ring(from: head, limit: Self.processLimit), links: links) {
                note("PsActiveProcessHead", at: head, "the node in the image of the ring of the System process")
                return checkProcesses()
            }
        }
        throw LayoutRefusal("no list leads to a System process")
    }

    private mutating func take(_ ring: (nodes: [VirtualAddress], closes: Bool), links: Int) -> Bool {
        let found = ring.nodes.map { $0 - links }
        guard let system = found.first(where: probe.isSystemProcess) else { return false }
        systemProcess = system
        processes = [system] + found.filter { $0 != system }.prefix(Self.sampleCount - 1)
        if !ring.nodes.isEmpty { tally.count(ring.closes, "the ring of processes closes") }
        return true
    }

    private mutating func checkProcesses() {
        for process in processes {
            tally.count(isPlausible(process), "members of the list look like processes")
        }
    }

    private func isPlausible(_ process: VirtualAddress) -> Bool? {
        guard let number = probe.word("_EPROCESS.UniqueProcessId", of: process),
            let parent = probe.word("_EPROCESS.InheritedFromUniqueProcessId", of: process),
            let created = probe.word("_EPROCESS.CreateTime", of: process),
            let exited = probe.word("_EPROCESS.ExitTime", of: process),
            let root = probe.word("_KPROCESS.DirectoryTableBase", of: process),
            let hasName = probe.isImageName(at: process + layout.offset("_EPROCESS.ImageFileName"))
        else { return nil }
        return number % 4 == 0 && number >> 32 == 0 && parent >> 32 == 0 && FileTime(created).isPlausible
            && (exited == 0 || FileTime(exited).isPlausible) && root & 0x000F_FFFF_FFFF_F000 != 0 && hasName
            && probe.primaryToken(of: process) != nil
    }

    /// The first thread of each process must name it.
    mutating func checkThreads() {
        let identity = layout.offset("_ETHREAD.Cid") + layout.offset("_CLIENT_ID.UniqueProcess")
        for process in processes {
            guard let thread = firstThread(of: process),
                let number = probe.word("_EPROCESS.UniqueProcessId", of: process),
                let owner = try? memory.load(UInt64.self, at: thread + identity)
            else { continue }
            tally.count(owner == number, "a process's threads name it")
            tally.count(isOfType(types.thread, thread), "threads have the header of a thread")
        }
    }

    /// The first thread that a process lists.
    func firstThread(of process: VirtualAddress) -> VirtualAddress? {
        let head = process + layout.offset("_EPROCESS.ThreadListHead")
        guard let first = try? memory.loadAddress(at: head), first != head, first.isKernel else { return nil }
        return first - layout.offset("_ETHREAD.ThreadListEntry")
    }

    /// The module list: its first entry is the kernel itself.
    mutating func findModules() {
        let isKernels = layout.field("_KLDR_DATA_TABLE_ENTRY.DllBase") != nil
        let baseOffset = isKernels ? layout.offset("_KLDR_DATA_TABLE_ENTRY.DllBase") : 0x30
        func isHead(_ head: VirtualAddress) -> Bool {
            guard let first = try? memory.loadAddress(at: head), first.isKernel,
                (try? memory.loadAddress(at: first + 8)) == head
            else { return false }
            return (try? memory.loadAddress(at: first + baseOffset)) == ground.place.base
        }
        let known = [
            (ground.loadedModuleList, "from the dump's header"), (ground.debuggerData?.address(at: 0x48), "from KDBG"),
            (ground.export("PsLoadedModuleList"), "exported"),
        ]
        for case (let head?, let how) in known where isHead(head) { return note("PsLoadedModuleList", at: head, how) }
        for entry in ground.pointers.entries where isHead(ground.place.base + Int(entry.rva)) {
            return note(
                "PsLoadedModuleList", at: ground.place.base + Int(entry.rva), "the list whose first entry is the kernel"
            )
        }
    }
}
