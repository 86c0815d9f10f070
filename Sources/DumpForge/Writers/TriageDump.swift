import KernelProfiles

/// A small memory dump: copies of a few kernel structures and a map from virtual addresses to the file (`formats.md` §2.6).
struct TriageDump {
    private static let start = 0x2000
    private static let headerByteCount = 0x80
    private static let driverStride = 0x90

    private let layout: MachineLayout
    private var bytes: [UInt8]

    /// Which parts the file has: context, exception, processor, process, thread, stack, drivers, debugger data, blocks.
    static let fields: UInt64 = 0x01 | 0x02 | 0x04 | 0x08 | 0x10 | 0x20 | 0x40 | 0x400 | 0x800

    init(layout: MachineLayout) {
        self.layout = layout
        bytes = [UInt8](repeating: 0, count: Self.headerByteCount)
    }

    /// Everything behind the common header.
    static func bytes(of layout: MachineLayout) -> [UInt8] {
        var dump = TriageDump(layout: layout)
        dump.fill()
        return dump.bytes
    }

    private var position: Int { Self.start + bytes.count }

    private mutating func set(_ value: Int, at offset: Int) { bytes.put(UInt64(value), byteCount: 4, at: offset) }

    /// Adds a part and returns where in the file it is.
    private mutating func add(_ part: [UInt8]) -> Int {
        while bytes.count % 8 != 0 { bytes.append(0) }
        defer { bytes += part }
        return position
    }

    private func copy(_ address: UInt64, _ count: Int) -> [UInt8] { layout.memory.bytes(at: address, count: count) }

    private mutating func fill() {
        set(layout.profile.build >= 10240 ? 0 : 1, at: 0x00)
        set(0x348, at: 0x0C)
        set(0xF00, at: 0x10)
        addUnloadedDrivers()
        addProcessor()
        addStack()
        addDrivers()
        addDebuggerData()
        addBlocks()
        let end = add(Array("TRGD".utf8))
        set(end, at: 0x08)
        set(position, at: 0x04)
    }

    private mutating func addUnloadedDrivers() {
        guard let variable = layout.symbol("MmUnloadedDrivers") else { return }
        let table = layout.memory.load(at: variable)
        var part: [UInt8] = []
        var count = 0
        for slot in 0..<50 {
            let entry = table + UInt64(slot * 0x28)
            let length = Int(layout.memory.load(byteCount: 2, at: entry))
            guard length > 0 else { continue }
            count += 1
            part += copy(entry, 16)
            let name = copy(layout.memory.load(at: entry + 8), min(length, 24))
            part += name + [UInt8](repeating: 0, count: 24 - name.count)
            part += copy(entry + 0x10, 16)
        }
        var all: [UInt8] = []
        all.append(UInt64(count), byteCount: 8)
        set(add(all + part), at: 0x18)
    }

    private mutating func addProcessor() {
        let prcb = layout.addresses.processorControlRegions[0] + 0x180
        let thread = layout.memory.load(at: prcb + 8)
        set(add(copy(prcb, layout.shapes.kpcr.byteCount - 0x180)), at: 0x1C)
        set(add(copy(layout.addresses.processes[0], layout.shapes.process.byteCount)), at: 0x20)
        set(add(copy(thread, layout.shapes.thread.byteCount)), at: 0x24)
    }

    /// A stack with the return addresses of a bug check.
    private mutating func addStack() {
        var stack: [UInt8] = []
        for name in ["KeBugCheckEx", "KiBugCheckDispatch", "KiIdleLoop"] {
            stack.append(layout.functionAddress(name) + 5, byteCount: 8)
            stack += [UInt8](repeating: 0, count: 0x38)
        }
        set(add(stack), at: 0x28)
        set(stack.count, at: 0x2C)
        bytes.put(layout.stackPointer(processor: 0), byteCount: 8, at: 0x48)
    }

    private mutating func addDrivers() {
        let modules = layout.addresses.modules
        let list = add([UInt8](repeating: 0, count: modules.count * Self.driverStride))
        set(list, at: 0x30)
        set(modules.count, at: 0x34)
        let pool = position
        for (number, module) in modules.enumerated() {
            var record: [UInt8] = []
            record.append(UInt64(module.name.utf16.count), byteCount: 4)
            record += utf16Bytes(module.name) + [0, 0]
            let entry = list - Self.start + number * Self.driverStride
            let place = add(record)
            set(place, at: entry)
            let copied = copy(layout.addresses.loaderEntries[number], Self.driverStride - 8)
            bytes.replaceSubrange((entry + 8)..<(entry + Self.driverStride), with: copied)
        }
        set(pool, at: 0x38)
        set(position - pool, at: 0x3C)
    }

    private mutating func addDebuggerData() {
        guard let block = layout.symbol("KdDebuggerDataBlock") else { return }
        let size = DebuggerData.byteCount(build: layout.profile.build)
        // The copy in the file is plain, whatever the one in memory is.
        let plain = layout.plainDebuggerData.isEmpty ? copy(block, size) : layout.plainDebuggerData
        set(add(plain), at: 0x70)
        set(size, at: 0x74)
    }

    /// The map: virtual address, place in the file, size.
    private mutating func addBlocks() {
        var map: [(address: UInt64, place: Int, count: Int)] = []
        for (address, count) in [(AddressPlan.sharedData, 0x3D0), (layout.plan.kernelBase, 0x1000)] {
            map.append((address, add(copy(address, count)), count))
        }
        for name in ["PsLoadedModuleList", "PsActiveProcessHead"] {
            if let address = layout.symbol(name) { map.append((address, add(copy(address, 16)), 16)) }
        }
        var part: [UInt8] = []
        for block in map {
            part.append(block.address, byteCount: 8)
            part.append(UInt64(block.place), byteCount: 4)
            part.append(UInt64(block.count), byteCount: 4)
        }
        set(add(part), at: 0x78)
        set(map.count, at: 0x7C)
    }
}
