import BinaryReading
import KernelProfiles

extension MachineLayout {
    private static let driverNames = [
        "hal.dll", "ntosext.sys", "PSHED.dll", "msrpc.sys", "ksecdd.sys", "clfs.sys", "fltmgr.sys", "ntfs.sys",
        "ndis.sys",
        "netio.sys", "tcpip.sys", "fwpkclnt.sys", "volmgr.sys", "partmgr.sys", "disk.sys", "classpnp.sys",
        "storport.sys",
        "mup.sys", "rdbss.sys", "mrxsmb.sys", "mrxsmb20.sys", "srv2.sys", "srvnet.sys", "http.sys", "afd.sys",
        "npfs.sys",
        "msfs.sys", "win32k.sys", "win32kbase.sys", "win32kfull.sys", "rdpdr.sys", "termdd.sys", "cdd.dll",
        "condrv.sys",
    ]

    /// Gives the kernel's modules their places and writes their images.
    mutating func placeModules() {
        addresses.modules.append(
            ModulePlace(name: "ntoskrnl.exe", base: plan.kernelBase, byteCount: imageByteCount))
        var base = plan.driverBase
        for name in Self.driverNames {
            let size = UInt32(generator.within(8...400)) << 12
            addresses.modules.append(ModulePlace(name: name, base: base, byteCount: size))
            writeDriver(name, at: base, byteCount: size)
            base += (UInt64(size) + 0xFFFF) & ~0xFFFF
        }
    }

    private mutating func writeDriver(_ name: String, at base: UInt64, byteCount: UInt32) {
        let guid = GUID(
            data1: UInt32(truncatingIfNeeded: generator.next()), data2: UInt16(truncatingIfNeeded: generator.next()),
            data3: UInt16(truncatingIfNeeded: generator.next()), data4: generator.next())
        let stem = name.split(separator: ".").first.map(String.init) ?? name
        let code = ModuleCode.drivers[name]
        let executable = PortableExecutable(
            byteCount: byteCount, timeDateStamp: UInt32(truncatingIfNeeded: generator.next() >> 33),
            identity: PDBIdentity(name: stem + ".pdb", guid: guid, age: 1), exports: code?.exports ?? [],
            functions: code?.table ?? [], fileName: name)
        memory.store(executable.page, at: base)
    }

    /// Writes the list of loaded modules, and what is known of unloaded drivers.
    mutating func writeModules() {
        writeLoaderEntries()
        writeUnloadedDrivers()
    }

    /// Drivers by file name, those that were unloaded included.
    var driversByName: [String: ModulePlace] {
        var drivers: [String: ModulePlace] = [:]
        for module in addresses.modules.dropFirst() { drivers[module.name] = module }
        for module in unloadedDrivers { drivers[module.name] = module }
        return drivers
    }

    private var unloadedDrivers: [ModulePlace] {
        ["dump_storport.sys", "dump_stornvme.sys", "WdFilter.sys"].enumerated().map { slot, name in
            ModulePlace(
                name: name, base: plan.driverBase + 0x1000_0000 + UInt64(slot) << 20, byteCount: 0x1_F000)
        }
    }

    private mutating func writeLoaderEntries() {
        guard let head = symbol("PsLoadedModuleList") else { return }
        let entries = addresses.modules.map { _ in takeNonPaged(shapes.loaderEntry.byteCount, PoolTag.driver) }
        addresses.loaderEntries = entries
        let ring = [head] + entries
        memory.store(ring[1], at: head)
        memory.store(ring[ring.count - 1], at: head + 8)
        for (position, module) in addresses.modules.enumerated() {
            let folder = position == 0 || module.name.hasSuffix(".dll") ? "" : #"drivers\"#
            let base = placeText(module.name, tag: PoolTag.driver)
            let full = placeText(#"\SystemRoot\system32\"# + folder + module.name, tag: PoolTag.driver)
            var image = shapes.loaderEntry.blank()
            image.setLinks(
                "InLoadOrderLinks", forward: ring[(position + 2) % ring.count], backward: ring[position])
            image.set("DllBase", module.base)
            image.set("EntryPoint", module.base + 0x1000)
            image.set("SizeOfImage", UInt64(module.byteCount))
            image.setString("FullDllName", byteCount: full.byteCount, buffer: full.address)
            image.setString("BaseDllName", byteCount: base.byteCount, buffer: base.address)
            image.set("LoadCount", 1)
            memory.store(image.bytes, at: entries[position])
        }
    }

    /// The table of fifty unloaded drivers, of which some slots are in use (`formats.md` §7.3).
    private mutating func writeUnloadedDrivers() {
        let table = takeNonPaged(50 * 0x28, PoolTag.unloadedDrivers)
        let drivers = unloadedDrivers
        for (slot, driver) in drivers.enumerated() {
            let text = placeText(driver.name, tag: PoolTag.unloadedDrivers)
            let entry = table + UInt64(slot) * 0x28
            memory.store(UInt64(text.byteCount) | UInt64(text.byteCount) << 16, at: entry)
            memory.store(text.address, at: entry + 8)
            memory.store(driver.base, at: entry + 0x10)
            memory.store(driver.base + UInt64(driver.byteCount), at: entry + 0x18)
            memory.store(model.bootTime + UInt64(slot + 1) * 600_000_000, at: entry + 0x20)
        }
        setSymbol("MmUnloadedDrivers", table)
        setSymbol("MmLastUnloadedDriver", UInt64(drivers.count), byteCount: 4)
    }
}
