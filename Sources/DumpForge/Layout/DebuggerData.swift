import KernelProfiles

/// The kernel debugger's data block (`formats.md` §3).
struct DebuggerData {
    /// Offset in the block and the variable whose address stands there.
    static let variables: [(offset: Int, name: String)] = [
        (0x48, "PsLoadedModuleList"), (0x50, "PsActiveProcessHead"), (0x58, "PspCidTable"),
        (0x68, "ExpPagedPoolDescriptor"), (0x70, "ExpNumberOfPagedPools"), (0x78, "KeTimeIncrement"),
        (0x80, "KeBugCheckCallbackListHead"), (0x88, "KiBugCheckData"), (0x98, "ObpRootDirectoryObject"),
        (0xA0, "ObpTypeObjectType"), (0xC0, "MmPfnDatabase"), (0xE8, "MmLowestPhysicalPage"),
        (0xF0, "MmHighestPhysicalPage"), (0xF8, "MmNumberOfPhysicalPages"), (0x1C8, "MmHighestUserAddress"),
        (0x1D0, "MmSystemRangeStart"), (0x1D8, "MmUserProbeAddress"), (0x208, "NtBuildLab"),
        (0x218, "KiProcessorBlock"), (0x220, "MmUnloadedDrivers"), (0x228, "MmLastUnloadedDriver"),
        (0x268, "CmNtCSDVersion"), (0x270, "MmPhysicalMemoryBlock"), (0x2D8, "KeLoaderBlock"),
    ]

    /// The block's size in a build.
    static func byteCount(build: Int) -> Int {
        build < 9200 ? 0x340 : build < 10240 ? 0x360 : build < 15063 ? 0x368 : 0x380
    }

    /// Encodes one word; the reading side undoes it by rotation, byte swap and two masks.
    static func encode(_ plain: UInt64, never: UInt64, always: UInt64, flagAddress: UInt64) -> UInt64 {
        let mixed = (plain ^ always).byteSwapped ^ flagAddress
        let shift = never & 0x3F
        let rotated = shift == 0 ? mixed : mixed >> shift | mixed << (64 - shift)
        return rotated ^ never
    }
}

extension MachineLayout {
    /// Writes the debugger's data block, plain or encoded, and the version block that leads to it.
    mutating func writeDebuggerData() {
        guard let block = symbol("KdDebuggerDataBlock") else { return }
        let size = DebuggerData.byteCount(build: profile.build)
        let list = symbol("KdpDebuggerDataListHead") ?? block
        var bytes = [UInt8](repeating: 0, count: size)
        func put(_ value: UInt64, _ offset: Int, _ count: Int = 8) {
            if offset + count <= size { bytes.put(value, byteCount: count, at: offset) }
        }
        put(list, 0)
        put(list, 8)
        put(0x4742_444B, 0x10, 4)
        put(UInt64(size), 0x14, 4)
        put(plan.kernelBase, 0x18)
        put(0x1000, 0x138)
        for (offset, name) in DebuggerData.variables { put(symbol(name) ?? 0, offset) }
        for (offset, value) in debuggerOffsets() { put(UInt64(value), offset, 2) }
        plainDebuggerData = bytes
        let never = generator.next()
        let always = generator.next()
        setSymbol("KiWaitNever", never)
        setSymbol("KiWaitAlways", always)
        let flag = symbol("KdpDataBlockEncoded")
        setSymbol("KdpDataBlockEncoded", options.encodedDebuggerData ? 1 : 0, byteCount: 1)
        if options.encodedDebuggerData, let flag {
            for offset in stride(from: 0, to: size, by: 8) {
                let plain = (0..<8).reduce(UInt64(0)) { $0 | UInt64(bytes[offset + $1]) << UInt64(8 * $1) }
                put(DebuggerData.encode(plain, never: never, always: always, flagAddress: flag), offset)
            }
        }
        memory.store(bytes, at: block)
        setSymbol("KdpDebuggerDataListHead", block)
        writeVersionBlock(dataBlock: block, list: list)
    }

    private mutating func writeVersionBlock(dataBlock: UInt64, list: UInt64) {
        guard let address = symbol("KdVersionBlock") else { return }
        var bytes = [UInt8](repeating: 0, count: 0x28)
        bytes.put(0xF, byteCount: 2, at: 0)
        bytes.put(UInt64(profile.build), byteCount: 2, at: 2)
        bytes.put(6, byteCount: 1, at: 4)
        bytes.put(0x47, byteCount: 2, at: 6)
        bytes.put(0x8664, byteCount: 2, at: 8)
        bytes.put(plan.kernelBase, byteCount: 8, at: 0x10)
        bytes.put(symbol("PsLoadedModuleList") ?? 0, byteCount: 8, at: 0x18)
        bytes.put(list == dataBlock ? dataBlock : list, byteCount: 8, at: 0x20)
        memory.store(bytes, at: address)
    }

    /// Offsets and sizes of structures that the block gives.
    private func debuggerOffsets() -> [(Int, Int)] {
        func place(_ shape: StructureShape, _ path: String) -> Int { shape.place(path)?.offset ?? 0 }
        return [
            (0x29C, place(shapes.thread, "Tcb.KernelStack")), (0x2A0, place(shapes.thread, "Tcb.ApcState.Process")),
            (0x2A2, place(shapes.thread, "Tcb.State")), (0x2A8, shapes.process.byteCount),
            (0x2AA, place(shapes.process, "Peb")), (0x2AC, place(shapes.process, "InheritedFromUniqueProcessId")),
            (0x2AE, place(shapes.process, "Pcb.DirectoryTableBase")), (0x2B0, shapes.kpcr.byteCount - 0x180),
            (0x2B4, 8), (0x2BC, place(shapes.kpcr, "Prcb.ProcessorState.ContextFrame") - 0x180), (0x2BE, 0x24),
            (0x2C0, shapes.thread.byteCount), (0x2E0, shapes.kpcr.byteCount), (0x2E2, 0x18), (0x2E4, 0x20),
            (0x2E6, 0x180), (0x2F2, place(shapes.kpcr, "Prcb.ProcessorState.SpecialRegisters") - 0x180),
            (0x338, place(shapes.kpcr, "Prcb.Context") - 0x180),
        ]
    }
}
