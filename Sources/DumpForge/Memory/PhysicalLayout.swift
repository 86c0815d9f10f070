/// A run of physical pages.
struct PhysicalRun: Hashable {
    let base: UInt64
    let count: Int
}

/// Where each page of the machine lies in physical memory, and what lies in each page.
struct PhysicalLayout {
    /// Ascending, without overlap.
    let runs: [PhysicalRun]
    /// Page frame number of each slot.
    let frames: [UInt32]
    /// Slot of each page of the runs, in order; -1 for free pages.
    let slots: [Int32]

    /// The highest page frame number plus one.
    var frameLimit: UInt64 { runs.last.map { $0.base + UInt64($0.count) } ?? 0 }

    /// Number of pages in all runs.
    var pageCount: Int { slots.count }

    /// Spreads `slotCount` pages over physical memory.
    ///
    /// - Parameters:
    ///   - largeGroups: Slots of 2 MiB pages, 512 each; they lie together, aligned.
    ///   - anchors: Slots of pages without which nothing can be found; they lie in runs for which a header has room.
    ///   - runCount: Number of runs, 3 or more.
    init(
        slotCount: Int, largeGroups: [[Int]], anchors: [Int], runCount: Int, generator: inout ForgeGenerator
    ) {
        let runs = Self.makeRuns(slotCount: slotCount, largeGroupCount: largeGroups.count, runCount: runCount)
        var frames = [UInt32](repeating: 0, count: slotCount)
        var isTaken = [Bool](repeating: false, count: slotCount)
        for (number, group) in largeGroups.enumerated() {
            for (index, slot) in group.enumerated() {
                frames[slot] = UInt32(Self.largeStart + number * 512 + index)
                isTaken[slot] = true
            }
        }
        let reserved = UInt64(Self.largeStart)..<UInt64(Self.largeStart + largeGroups.count * 512)
        var shown = Self.frames(of: runs.prefix(Self.shownRunCount), except: reserved)
        generator.shuffle(&shown)
        for slot in anchors where !isTaken[slot] {
            guard let frame = shown.popLast() else { break }
            frames[slot] = frame
            isTaken[slot] = true
        }
        var free = shown + Self.frames(of: runs.dropFirst(Self.shownRunCount), except: reserved)
        generator.shuffle(&free)
        for slot in 0..<slotCount where !isTaken[slot] {
            guard let frame = free.popLast() else { break }
            frames[slot] = frame
        }
        self.runs = runs
        self.frames = frames
        slots = Self.invert(frames, runs: runs)
    }

    private static let largeStart = 0x200
    /// Runs for which a dump's header has room.
    private static let shownRunCount = 42

    private static func frames(of runs: ArraySlice<PhysicalRun>, except reserved: Range<UInt64>) -> [UInt32] {
        var frames: [UInt32] = []
        frames.reserveCapacity(runs.reduce(0) { $0 + $1.count })
        for run in runs {
            for frame in run.base..<(run.base + UInt64(run.count)) where !reserved.contains(frame) {
                frames.append(UInt32(frame))
            }
        }
        return frames
    }

    private static func makeRuns(slotCount: Int, largeGroupCount: Int, runCount: Int) -> [PhysicalRun] {
        let total = slotCount + slotCount / 25 + 64
        let low = PhysicalRun(base: 1, count: 0x9E)
        let firstCount = 0x100 + largeGroupCount * 512 + total / 2
        let first = PhysicalRun(base: 0x100, count: firstCount)
        let pieces = max(1, runCount - 2)
        let rest = max(pieces, total - total / 2)
        // Memory ends at a round address.
        let pieceCount = ((rest + pieces - 1) / pieces + 15) & ~15
        var runs = [low, first]
        var base = UInt64(max(0x10_0000, (0x100 + firstCount + 0x100 + 15) & ~15))
        for _ in 0..<pieces {
            runs.append(PhysicalRun(base: base, count: pieceCount))
            base += UInt64(pieceCount) + 0x10
        }
        return runs
    }

    private static func invert(_ frames: [UInt32], runs: [PhysicalRun]) -> [Int32] {
        var slots = [Int32](repeating: -1, count: runs.reduce(0) { $0 + $1.count })
        var starts: [Int] = []
        var position = 0
        for run in runs {
            starts.append(position)
            position += run.count
        }
        for (slot, frame) in frames.enumerated() {
            guard let index = runs.lastIndex(where: { $0.base <= UInt64(frame) }) else { continue }
            slots[starts[index] + Int(UInt64(frame) - runs[index].base)] = Int32(truncatingIfNeeded: slot)
        }
        return slots
    }

    /// The physical address of a slot's page.
    func address(ofSlot slot: Int) -> UInt64 { UInt64(frames[slot]) << 12 }
}
