import KernelProfiles

extension MachineLayout {
    /// Writes the page that every process shares (`formats.md` §4.4).
    mutating func writeSharedData() {
        let base = AddressPlan.sharedData
        memory.touch(base)
        let uptime = model.now - model.bootTime
        writeTime(uptime, at: base + 0x08)
        writeTime(model.now, at: base + 0x14)
        writeTime(0, at: base + 0x20)
        let fields: [(UInt64, UInt64, Int)] = [
            (0x004, 0x0FA0_0000, 4), (0x02C, 0x8664, 2), (0x02E, 0x8664, 2), (0x264, 3, 4), (0x268, 1, 1),
            (0x26C, profile.build >= 10240 ? 10 : 6, 4), (0x270, UInt64(minorVersion), 4), (0x2D0, 0x10, 4),
            (0x320, uptime / 156_250, 8), (0x3C0, UInt64(options.processors), 4),
        ]
        for (offset, value, count) in fields { memory.store(value, byteCount: count, at: base + offset) }
        if profile.build >= 10240 {
            memory.store(UInt64(profile.build), byteCount: 4, at: base + 0x260)
            memory.store(7, byteCount: 4, at: base + 0x2C4)
        }
        memory.store(utf16Bytes(#"C:\Windows"#), at: base + 0x30)
        addresses.sharedDataSlot = memory.existingSlot(at: base) ?? 0
    }

    private mutating func writeTime(_ time: UInt64, at address: UInt64) {
        memory.store(time & 0xFFFF_FFFF, byteCount: 4, at: address)
        memory.store(time >> 32, byteCount: 4, at: address + 4)
        memory.store(time >> 32, byteCount: 4, at: address + 8)
    }

    /// Writes each processor's control region (`formats.md` §4.5).
    mutating func writeProcessors() throws(ForgeError) {
        let block = try requiredSymbol("KiProcessorBlock")
        let prcb = UInt64(try shapes.kpcr.offset("Prcb"))
        for number in 0..<options.processors {
            let address = system.allocatePages(shapes.kpcr.byteCount, tag: PoolTag.driver, memory: &memory)
            addresses.processorControlRegions.append(address)
            let context = system.allocatePages(0x4D0, tag: PoolTag.driver, memory: &memory)
            memory.store(contextBytes(processor: number), at: context)
            var image = shapes.kpcr.blank()
            image.set("Self", address)
            image.set("CurrentPrcb", address + prcb)
            image.set("MajorVersion", 1)
            image.set("MinorVersion", 1)
            if profile.build < 9200 { image.set("KdVersionBlock", symbol("KdVersionBlock") ?? 0) }
            image.set("Prcb.Number", UInt64(number))
            image.set("Prcb.CurrentThread", currentThread(of: number))
            image.set("Prcb.Context", context)
            let registers = shapes.kpcr.place("Prcb.ProcessorState")?.offset ?? 0
            if let special = shapes.specialRegisters {
                for (name, value) in specialRegisters(processor: number, kpcr: address) {
                    if let place = special.place(name) { image.put(value, byteCount: 8, at: registers + place.offset) }
                }
            }
            memory.store(image.bytes, at: address)
            memory.store(address + prcb, at: block + UInt64(number) * 8)
        }
    }

    private func currentThread(of processor: Int) -> UInt64 {
        let threads = model.processes[0].threads
        return addresses.threads[threads[processor % threads.count]]
    }

    private func specialRegisters(processor: Int, kpcr: UInt64) -> [(String, UInt64)] {
        [
            ("Cr0", 0x8005_0033), ("Cr4", options.pageTableLevels == 5 ? 0x1706F8 : 0x1706F8 & ~0x1000),
            ("MsrGsBase", kpcr), ("MsrLStar", functionAddress("KiSystemCall64")),
        ]
    }

    /// Where a processor's stack is; its pages are in no dump.
    func stackPointer(processor: Int) -> UInt64 { plan.systemBase + 0x4000_0000 + UInt64(processor) << 16 }

    /// A processor's CONTEXT record (`formats.md` §1.5).
    func contextBytes(processor: Int) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: 0x4D0)
        let stack = stackPointer(processor: processor)
        let fields: [(Int, UInt64, Int)] = [
            (0x30, 0x10_005F, 4), (0x34, 0x1F80, 4), (0x38, 0x10, 2), (0x3A, 0x2B, 2), (0x3C, 0x2B, 2), (0x3E, 0x53, 2),
            (0x40, 0x2B, 2), (0x42, 0x18, 2), (0x44, 0x246, 4), (0x98, stack, 8), (0xA0, stack + 0x100, 8),
            (0xF8, functionAddress(processor == 0 ? "KeBugCheckEx" : "KiIdleLoop"), 8), (0x118, 0x1F80, 4),
        ]
        for (offset, value, count) in fields { bytes.put(value, byteCount: count, at: offset) }
        return bytes
    }

    /// Writes the table of large pool allocations (`formats.md` §6.3).
    mutating func writePoolTables() {
        let allocations = paged.bigAllocations + nonPaged.bigAllocations
        let stride = profile.build >= 20348 ? 0x20 : 0x18
        var capacity = 1024
        while capacity < allocations.count * 2 { capacity *= 2 }
        let table = system.allocatePages(capacity * stride, tag: PoolTag.bigPages, memory: &memory)
        for (slot, allocation) in allocations.enumerated() {
            let entry = table + UInt64(slot * stride)
            memory.store(allocation.address, at: entry)
            let type: UInt64 = allocation.isPaged ? 1 : 0
            memory.store(UInt64(allocation.tag), byteCount: 4, at: entry + 8)
            memory.store(profile.build < 14393 ? type : type << 8, byteCount: 4, at: entry + 12)
            memory.store(UInt64(allocation.byteCount), at: entry + 16)
        }
        for slot in allocations.count..<capacity { memory.store(1, at: table + UInt64(slot * stride)) }
        setSymbol("PoolBigPageTable", table)
        setSymbol("PoolBigPageTableSize", UInt64(capacity))
    }
}
