/// The pages that a dump holds, in ascending order of their frames.
struct PageSelection {
    private let memory: MachineMemory
    private let kinds: Set<PageClass>
    private let includesFree: Bool
    private static let zeroPage = [UInt8](repeating: 0, count: 4096)

    init(_ memory: MachineMemory, type: ForgedDumpType) {
        self.memory = memory
        kinds = type.hasUserPages ? [.kernel, .user] : [.kernel]
        includesFree = type == .full || type == .rangeFull
    }

    private func holds(_ slot: Int32) -> Bool {
        guard slot >= 0, kinds.contains(memory.classes[Int(slot)]) else { return includesFree }
        return true
    }

    /// The pages as ranges of neighbouring frames.
    var ranges: [PhysicalRun] {
        var ranges: [PhysicalRun] = []
        var position = 0
        for run in memory.physical.runs {
            var start = 0
            var count = 0
            for index in 0..<run.count {
                if holds(memory.physical.slots[position + index]) {
                    if count == 0 { start = index }
                    count += 1
                } else if count > 0 {
                    ranges.append(PhysicalRun(base: run.base + UInt64(start), count: count))
                    count = 0
                }
            }
            if count > 0 { ranges.append(PhysicalRun(base: run.base + UInt64(start), count: count)) }
            position += run.count
        }
        return ranges
    }

    /// Writes the contents of all pages.
    func write<Output: DumpOutput>(to output: inout Output) throws(ForgeError) {
        for slot in memory.physical.slots where holds(slot) { try output.write(contents(of: slot)) }
    }

    /// Writes all of physical memory from frame 1 to a size that is much larger than what is used: the rest is a hole.
    func writeSparse<Output: DumpOutput>(to output: inout Output, pageCount: UInt64) throws(ForgeError) {
        var frame: UInt64 = 1
        var position = 0
        for run in memory.physical.runs {
            for index in 0..<run.count {
                let slot = memory.physical.slots[position + index]
                guard slot >= 0, memory.classes[Int(slot)] != .lost else { continue }
                let own = run.base + UInt64(index)
                try output.skip((own - frame) << 12)
                try output.write(contents(of: slot))
                frame = own + 1
            }
            position += run.count
        }
        try output.skip((pageCount + 1 - frame) << 12)
    }

    private func contents(of slot: Int32) -> ArraySlice<UInt8> {
        guard slot >= 0, memory.classes[Int(slot)] != .lost else { return Self.zeroPage[...] }
        return memory.arena.page(Int(slot))
    }
}
