import KernelProfiles

/// An image that user processes map.
struct UserModulePlace: Hashable {
    /// File name.
    let name: String
    /// Path of the folder on its volume.
    let folder: String
    let base: UInt64
    let byteCount: UInt64
    /// Its `_SUBSECTION`; 0 where the kernel's layouts lack what it takes.
    let subsection: UInt64
    /// Whether all processes that map it have it at this base.
    let isShared: Bool
}

extension MachineLayout {
    private static let sharedLibraries: [(name: String, pages: Int)] = [
        ("ntdll.dll", 0x1F0), ("kernel32.dll", 0xB2), ("KernelBase.dll", 0x2C3), ("advapi32.dll", 0xA3),
        ("sechost.dll", 0x9C), ("rpcrt4.dll", 0x123),
    ]

    /// Gives the images of user processes their places, with what the kernel knows of their files.
    mutating func placeUserModules() {
        let isOld = profile.build < 9200
        var base: UInt64 = (isOld ? 0x7FE_F000_0000 : 0x7FF8_1B00_0000) + UInt64(generator.below(0x100)) << 16
        for (name, pages) in Self.sharedLibraries {
            let size = UInt64(pages) << 12
            addUserModule(name, folder: #"\Windows\System32"#, base: base, byteCount: size, isShared: true)
            base += (size + 0x3_FFFF) & ~0xFFFF
        }
        var programs: [String: Int] = [:]
        var next: UInt64 = isOld ? 0x1_3F00_0000 : 0x7FF6_0100_0000
        addresses.userModulesOfProcess = Array(repeating: [], count: model.processes.count)
        for (number, process) in model.processes.enumerated() {
            guard let folder = process.folder, process.exited == nil else { continue }
            let path = folder + #"\"# + process.image
            if programs[path] == nil {
                programs[path] = addresses.userModules.count
                let size = UInt64(generator.within(6...60)) << 12
                addUserModule(process.image, folder: folder, base: next, byteCount: size, isShared: false)
                next += (size + 0x1F_FFFF) & ~0xFFFF
            }
            guard let program = programs[path] else { continue }
            addresses.userModulesOfProcess[number] = [program] + Array(Self.sharedLibraries.indices)
        }
    }

    private mutating func addUserModule(
        _ name: String, folder: String, base: UInt64, byteCount: UInt64, isShared: Bool
    ) {
        let subsection = placeSubsection(path: folder + #"\"# + name)
        addresses.userModules.append(
            UserModulePlace(
                name: name, folder: folder, base: base, byteCount: byteCount, subsection: subsection,
                isShared: isShared))
    }

    /// The file object, the control area and the subsection of an image's file.
    private mutating func placeSubsection(path: String) -> UInt64 {
        guard let shapes = shapes.userImages else { return 0 }
        let text = utf16Bytes(path)
        let buffer = takePaged(text.count, PoolTag.tag("IoNm"))
        memory.store(text, at: buffer)
        var file = shapes.file.blank()
        file.set("Type", 5)
        file.set("Size", UInt64(shapes.file.byteCount))
        file.setString("FileName", byteCount: text.count, buffer: buffer)
        let fileAddress = takeNonPaged(shapes.file.byteCount, PoolTag.tag("FObj"))
        memory.store(file.bytes, at: fileAddress)
        var area = shapes.controlArea.blank()
        area.set("FilePointer.Value", fileAddress | UInt64(generator.below(8)))
        area.set("u.Flags.Image", 1)
        area.set("u.Flags.File", 1)
        let areaAddress = takeNonPaged(shapes.controlArea.byteCount, PoolTag.tag("MmCi"))
        memory.store(area.bytes, at: areaAddress)
        var subsection = shapes.subsection.blank()
        subsection.set("ControlArea", areaAddress)
        let address = takeNonPaged(shapes.subsection.byteCount, PoolTag.tag("MmCi"))
        memory.store(subsection.bytes, at: address)
        return address
    }

    /// The images that a creator's frames may lie in, the system library first. Of a process that is gone the shared ones are known; the
    /// kernel's own processes have none.
    func callers(in process: Int) -> [(number: Int, place: UserModulePlace)] {
        guard model.processes[process].folder != nil else { return [] }
        let own = addresses.userModulesOfProcess[process]
        let numbers = own.isEmpty ? Array(Self.sharedLibraries.indices) : Array(own.dropFirst()) + own.prefix(1)
        return numbers.map { ($0, addresses.userModules[$0]) }
    }

    // MARK: - Descriptors

    /// Writes the descriptors of what a process maps as a balanced tree; returns the topmost, or 0.
    mutating func placeDescriptors(of process: Int) -> UInt64 {
        guard let shapes = shapes.userImages else { return 0 }
        var ranges = addresses.userModulesOfProcess[process].map {
            number -> (first: UInt64, last: UInt64, module: Int?) in
            let module = addresses.userModules[number]
            return (module.base >> 12, (module.base + module.byteCount) >> 12 - 1, number)
        }
        guard !ranges.isEmpty else { return 0 }
        // Heaps and stacks: private memory, whose descriptors are the short ones.
        for number in 0..<4 { ranges.append((0x100 + UInt64(number) * 0x100, 0x10F + UInt64(number) * 0x100, nil)) }
        ranges.sort { $0.first < $1.first }
        let places = ranges.map { range in
            range.module == nil
                ? takeNonPaged(shapes.shortDescriptor.byteCount, PoolTag.tag("VadS"))
                : takeNonPaged(shapes.descriptor.byteCount, PoolTag.tag("Vad "))
        }
        func link(_ low: Int, _ high: Int, parent: UInt64) -> UInt64 {
            guard low < high else { return 0 }
            let middle = (low + high) / 2
            let left = link(low, middle, parent: places[middle])
            let right = link(middle + 1, high, parent: places[middle])
            var image = (ranges[middle].module == nil ? shapes.shortDescriptor : shapes.descriptor).blank()
            let core = ranges[middle].module != nil && image.shape.place("Core.StartingVpn") != nil ? "Core." : ""
            for node in ["", "VadNode."] {
                image.set(core + node + "LeftChild", left)
                image.set(core + node + "RightChild", right)
                image.set(core + node + "u1.Parent", parent)
            }
            image.set(core + "VadNode.Left", left)
            image.set(core + "VadNode.Right", right)
            image.set(core + "VadNode.ParentValue", parent)
            for (name, page) in [("StartingVpn", ranges[middle].first), ("EndingVpn", ranges[middle].last)] {
                image.set(core + name, page)
                image.set(core + name + "High", page >> 32)
            }
            for flags in ["u.VadFlags.", "u.", "VadFlags."] {
                if let module = ranges[middle].module {
                    image.set(core + flags + "VadType", 2)
                    image.set("Subsection", addresses.userModules[module].subsection)
                } else {
                    image.set(core + flags + "PrivateMemory", 1)
                }
            }
            memory.store(image.bytes, at: places[middle])
            return places[middle]
        }
        return link(0, places.count, parent: 0)
    }

    // MARK: - The loader's list

    /// The page with the loader's data of a process, which will lie at an address.
    func loaderPage(of process: Int, at address: UInt64) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: 4096)
        guard let shapes = shapes.userImages else { return bytes }
        let modules = addresses.userModulesOfProcess[process].map { addresses.userModules[$0] }
        let stride = 0xA0
        let start = (shapes.loaderData.byteCount + 15) & ~15
        var text = start + modules.count * stride
        let head = address + UInt64(shapes.loaderData.place("InLoadOrderModuleList")?.offset ?? 0x10)
        let ring = [head] + modules.indices.map { address + UInt64(start + $0 * stride) }
        var data = shapes.loaderData.blank()
        data.set("Initialized", 1)
        data.setLinks("InLoadOrderModuleList", forward: ring[1 % ring.count], backward: ring[ring.count - 1])
        bytes.replaceSubrange(0..<data.bytes.count, with: data.bytes)
        for (position, module) in modules.enumerated() {
            let path = utf16Bytes("C:" + module.folder + #"\"# + module.name)
            let name = utf16Bytes(module.name)
            guard text + path.count + 2 <= bytes.count else { break }
            bytes.replaceSubrange(text..<(text + path.count), with: path)
            var entry = shapes.loaderEntry.blank()
            entry.setLinks(
                "InLoadOrderLinks", forward: ring[(position + 2) % ring.count], backward: ring[position])
            entry.set("DllBase", module.base)
            entry.set("SizeOfImage", module.byteCount)
            entry.setString("FullDllName", byteCount: path.count, buffer: address + UInt64(text))
            entry.setString(
                "BaseDllName", byteCount: name.count, buffer: address + UInt64(text + path.count - name.count))
            // The members that follow are the loader's own business.
            bytes.replaceSubrange(
                (start + position * stride)..<(start + (position + 1) * stride), with: entry.bytes.prefix(stride))
            text += path.count + 2
        }
        return bytes
    }
}
