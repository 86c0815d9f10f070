import BinaryReading
import KernelProfiles

/// What a page is for; decides which dumps hold it.
enum PageClass: UInt8 {
    case kernel, user
    /// In no dump: the page was paged out, or is lost.
    case lost
}

/// The machine's physical memory, ready to be written.
struct MachineMemory {
    let arena: PageArena
    let physical: PhysicalLayout
    let classes: [PageClass]
    /// Physical address of the System process' top page table.
    let directoryTableBase: UInt64
}

/// A process' user half: a PEB, its parameters, the loader's data, the system library's first pages, the shared page.
private struct UserHalf {
    /// A page that is mapped.
    struct Page {
        let slot: Int
        let address: UInt64
        let isWritable: Bool
    }

    let tree: PageTableTree
    var pages: [Page] = []
}

extension MachineLayout {
    private static let sharedUserAddress: UInt64 = 0x7FFE_0000

    /// Builds page tables, gives every page its frame, and fills in what depends on that.
    mutating func finish() throws(ForgeError) -> MachineMemory {
        let descriptor = takeNonPaged(16 + 16 * max(3, options.physicalRuns), PoolTag.memoryBlock)
        setSymbol("MmPhysicalMemoryBlock", descriptor)
        chooseMappings()
        let largeGroups = completeLargeImage()
        let firstTable = memory.pageCount
        var kernel = PageTableTree(levels: options.pageTableLevels, memory: &memory)
        growKernel(&kernel)
        var classes: [Int: PageClass] = [:]
        let library = addSystemLibrary(classes: &classes)
        let users = model.processes.indices.map { makeUserHalf($0, library: library, classes: &classes) }
        let physical = PhysicalLayout(
            slotCount: memory.pageCount, largeGroups: largeGroups, anchors: anchors(from: firstTable),
            runCount: max(3, options.physicalRuns), generator: &generator)
        let entries = PageTableEntries(invalidMask: invalidMask)
        kernel.link(memory: &memory, physical: physical, entries: entries)
        mapKernel(kernel, physical: physical, entries: entries, classes: &classes)
        for (number, user) in users.enumerated() {
            mapUser(user, number: number, kernel: kernel, physical: physical, entries: entries)
        }
        let base = physical.address(ofSlot: kernel.root)
        try writePhysicalFacts(descriptor: descriptor, physical: physical, directoryTableBase: base)
        var list = [PageClass](repeating: .kernel, count: memory.pageCount)
        for (slot, kind) in classes { list[slot] = kind }
        return MachineMemory(arena: memory.arena, physical: physical, classes: list, directoryTableBase: base)
    }

    /// Pages that a reader needs before it knows all of memory: page tables, the kernel's image, nonpaged pool.
    private func anchors(from firstTable: Int) -> [Int] {
        guard options.physicalRuns > 42 else { return [] }
        let regions = memory.regions.filter { $0.kind != .pagedPool }
        let regional = regions.flatMap { $0.slots.filter { $0 >= 0 }.map { Int($0) } }
        return Array(firstTable..<memory.pageCount) + regional
    }

    /// Puts some pages of paged pool on the standby list and some behind prototype entries.
    private mutating func chooseMappings() {
        guard let region = memory.regions.firstIndex(where: { $0.kind == .pagedPool }) else { return }
        let prototypes = system.allocatePages(4096, tag: PoolTag.prototype, memory: &memory)
        var used = 0
        for page in memory.regions[region].slots.indices where memory.regions[region].mappings[page] == nil {
            if generator.chance(percent: options.transitionPercentage) {
                memory.regions[region].mappings[page] = .transition
            } else if used < 512, generator.below(1000) < options.prototypePermille {
                memory.regions[region].mappings[page] = .prototype(
                    address: prototypes + UInt64(used) * 8, inTransition: generator.chance(percent: 40))
                used += 1
            }
        }
    }

    /// Makes the pages of a large-page image complete; returns the slots of each 2 MiB.
    private mutating func completeLargeImage() -> [[Int]] {
        guard largeImage else { return [] }
        let pageCount = (Int(imageByteCount) + 0x1F_FFFF) / 0x20_0000 * 512
        var groups: [[Int]] = []
        for start in stride(from: 0, to: pageCount, by: 512) {
            var group: [Int] = []
            for page in start..<(start + 512) {
                let address = plan.kernelBase + UInt64(page) << 12
                memory.touch(address)
                if let slot = memory.existingSlot(at: address) { group.append(slot) }
            }
            groups.append(group)
        }
        return groups
    }

    private mutating func growKernel(_ tree: inout PageTableTree) {
        for index in memory.regions.indices {
            let region = memory.regions[index]
            for page in region.slots.indices where region.slots[page] >= 0 {
                tree.grow(to: region.base + UInt64(page) << 12, lowest: region.isLarge ? 2 : 1, memory: &memory)
            }
        }
    }

    private mutating func mapKernel(
        _ tree: PageTableTree, physical: PhysicalLayout, entries: PageTableEntries, classes: inout [Int: PageClass]
    ) {
        for region in memory.regions {
            for page in region.slots.indices where region.slots[page] >= 0 {
                let address = region.base + UInt64(page) << 12
                let slot = Int(region.slots[page])
                let frame = UInt64(physical.frames[slot])
                if region.isLarge {
                    if page % 512 == 0 { tree.map(address, to: entries.large(frame: frame), level: 2, memory: &memory) }
                    continue
                }
                let plain = entries.kernel(frame: frame, isExecutable: false)
                switch region.mappings[page] {
                case nil, .valid: tree.map(address, to: plain, memory: &memory)
                case .transition: tree.map(address, to: entries.transition(frame: frame), memory: &memory)
                case .prototype(let prototype, let inTransition):
                    tree.map(address, to: entries.prototype(address: prototype), memory: &memory)
                    memory.store(inTransition ? entries.transition(frame: frame) : plain, at: prototype)
                case .pagedOut:
                    tree.map(address, to: entries.pagedOut(page: UInt64(0x1000 + page)), memory: &memory)
                    classes[slot] = .lost
                case .notInDump:
                    // A frame behind the last one that the dump knows.
                    let outside = physical.frameLimit + 0x100 + UInt64(page)
                    tree.map(address, to: entries.kernel(frame: outside, isExecutable: false), memory: &memory)
                    classes[slot] = .lost
                }
            }
        }
        memory.storeLoose(
            entries.table(frame: UInt64(physical.frames[tree.root]), isUser: false) | 0x8000_0000_0000_0000,
            slot: tree.root, offset: plan.selfMapIndex * 8)
    }

    // MARK: - User halves

    /// The first two pages of the system library, which all processes share.
    private mutating func addSystemLibrary(classes: inout [Int: PageClass]) -> [UserHalf.Page] {
        guard let library = addresses.userModules.first else { return [] }
        let guid = GUID(
            data1: UInt32(truncatingIfNeeded: generator.next()), data2: 1, data3: 2, data4: generator.next())
        let image = PortableExecutable(
            byteCount: UInt32(truncatingIfNeeded: library.byteCount), timeDateStamp: 0x5C00_0000,
            identity: PDBIdentity(name: "ntdll.pdb", guid: guid, age: 1), exports: ModuleCode.systemLibrary.exports,
            functions: ModuleCode.systemLibrary.table, fileName: library.name)
        return [image.page, ModuleCode.systemLibraryCode].enumerated().map { number, bytes in
            let slot = memory.addLoosePage()
            classes[slot] = .user
            memory.storeLoose(bytes, slot: slot, offset: 0)
            return UserHalf.Page(slot: slot, address: library.base + UInt64(number) << 12, isWritable: false)
        }
    }

    private mutating func makeUserHalf(_ number: Int, library: [UserHalf.Page], classes: inout [Int: PageClass])
        -> UserHalf?
    {
        let process = model.processes[number]
        guard number > 0 else { return nil }
        var tree = PageTableTree(levels: options.pageTableLevels, memory: &memory)
        tree.grow(to: Self.sharedUserAddress, lowest: 1, memory: &memory)
        guard process.folder != nil, process.exited == nil else { return UserHalf(tree: tree) }
        let high: UInt64 = profile.build < 10240 ? 0x7FF_FFFD_0000 : 0x20_0000_0000
        let pebAddress = high + UInt64(generator.below(0x4000)) << 13
        let parametersAddress = pebAddress &- 0x10_0000
        let loaderAddress = parametersAddress + 0x1000
        var pages = library
        for address in [pebAddress, parametersAddress, loaderAddress] {
            let slot = memory.addLoosePage()
            classes[slot] = .user
            pages.append(UserHalf.Page(slot: slot, address: address, isWritable: true))
        }
        for page in pages { tree.grow(to: page.address, lowest: 1, memory: &memory) }
        let own = pages.suffix(3).map(\.slot)
        writePEB(
            of: process, slot: own[0], parametersSlot: own[1], parametersAddress: parametersAddress,
            loaderAddress: loaderAddress)
        memory.storeLoose(loaderPage(of: number, at: loaderAddress), slot: own[2], offset: 0)
        if let place = shapes.process.place("Peb") {
            memory.store(pebAddress, at: addresses.processes[number] + UInt64(place.offset))
        }
        return UserHalf(tree: tree, pages: pages)
    }

    private mutating func writePEB(
        of process: ModelProcess, slot: Int, parametersSlot: Int, parametersAddress: UInt64, loaderAddress: UInt64
    ) {
        var image = shapes.peb.blank()
        image.set("ImageBaseAddress", 0x7FF6_CD64_0000)
        image.set("Ldr", loaderAddress)
        image.set("ProcessParameters", parametersAddress)
        image.set("SessionId", process.terminal.map { UInt64(model.terminalSessions[$0].id) } ?? 0)
        image.set("OSBuildNumber", UInt64(profile.build))
        memory.storeLoose(image.bytes, slot: slot, offset: 0)
        let path = #"C:"# + (process.folder ?? "") + #"\"# + process.image
        let command = hostCommand(of: process, path: path) ?? path
        var parameters = shapes.parameters.blank()
        let pathBytes = utf16Bytes(path)
        let commandBytes = utf16Bytes(command)
        let start = (shapes.parameters.byteCount + 15) & ~15
        let commandStart = start + pathBytes.count + 2
        parameters.setString(
            "ImagePathName", byteCount: pathBytes.count, buffer: parametersAddress + UInt64(start))
        parameters.setString(
            "CommandLine", byteCount: commandBytes.count, buffer: parametersAddress + UInt64(commandStart))
        parameters.set("Flags", 1)
        memory.storeLoose(parameters.bytes, slot: parametersSlot, offset: 0)
        memory.storeLoose(pathBytes, slot: parametersSlot, offset: start)
        memory.storeLoose(commandBytes, slot: parametersSlot, offset: commandStart)
    }

    /// The command line of a service host: its group, and its service where it has one of its own.
    private func hostCommand(of process: ModelProcess, path: String) -> String? {
        guard let group = process.serviceGroup else { return nil }
        let options = " -k " + group + (profile.build >= 15063 ? " -p" : "")
        guard process.services.count == 1, let service = process.services.first else { return path + options }
        return path + options + " -s " + service
    }

    private mutating func mapUser(
        _ user: UserHalf?, number: Int, kernel: PageTableTree, physical: PhysicalLayout, entries: PageTableEntries
    ) {
        let root = user?.tree.root ?? kernel.root
        if let user {
            user.tree.link(memory: &memory, physical: physical, entries: entries)
            for index in 256..<512 {
                let entry = memory.loadLoose(slot: kernel.root, offset: index * 8)
                memory.storeLoose(entry, slot: root, offset: index * 8)
            }
            memory.storeLoose(
                entries.table(frame: UInt64(physical.frames[root]), isUser: false) | 0x8000_0000_0000_0000, slot: root,
                offset: plan.selfMapIndex * 8)
            let shared = UInt64(physical.frames[addresses.sharedDataSlot])
            user.tree.map(
                Self.sharedUserAddress, to: entries.user(frame: shared, isWritable: false), memory: &memory)
            for page in user.pages {
                let frame = UInt64(physical.frames[page.slot])
                user.tree.map(
                    page.address, to: entries.user(frame: frame, isWritable: page.isWritable), memory: &memory)
            }
        }
        if let place = shapes.process.place("Pcb.DirectoryTableBase") {
            memory.store(
                physical.address(ofSlot: root), at: addresses.processes[number] + UInt64(place.offset))
        }
    }

    // MARK: - What depends on frames

    private mutating func writePhysicalFacts(
        descriptor: UInt64, physical: PhysicalLayout, directoryTableBase: UInt64
    ) throws(ForgeError) {
        memory.store(UInt64(physical.runs.count), byteCount: 4, at: descriptor)
        memory.store(UInt64(physical.pageCount), at: descriptor + 8)
        for (index, run) in physical.runs.enumerated() {
            memory.store(run.base, at: descriptor + 16 + UInt64(index) * 16)
            memory.store(UInt64(run.count), at: descriptor + 24 + UInt64(index) * 16)
        }
        memory.store(UInt64(physical.pageCount), byteCount: 4, at: AddressPlan.sharedData + 0x2E8)
        setSymbol("MmHighestPhysicalPage", physical.frameLimit - 1)
        setSymbol("MmLowestPhysicalPage", physical.runs[0].base)
        setSymbol("MmNumberOfPhysicalPages", UInt64(physical.pageCount))
        let state = shapes.kpcr.place("Prcb.ProcessorState")?.offset ?? 0
        let directory = shapes.specialRegisters?.place("Cr3")?.offset ?? 0x10
        for region in addresses.processorControlRegions {
            memory.store(directoryTableBase, at: region + UInt64(state + directory))
            if let place = shapes.kpcr.place("Prcb.KernelDirectoryTableBase") {
                memory.store(directoryTableBase, at: region + UInt64(place.offset))
            }
        }
    }
}
