import BinaryReading
import KernelObjects

/// What keeps process and thread objects alive: handles to them, and the kernel's own references.
struct ProcessPins: Sendable {
    /// For each process, what holds its object; empty for running ones while handle tables are not read.
    let heldBy: [[Pin]]
    /// Who holds an exited process's object.
    let holdersOfExited: [Int: [Holder]]
    /// Who holds a thread's object by a handle.
    private let threadHandles: [VirtualAddress: [Pin]]
    private let handlesWereRead: Bool

    init(_ index: SnapshotIndex) {
        handlesWereRead = index.handlesWereRead
        var heldBy = Array(repeating: [Pin](), count: index.snapshot.processes.count)
        var threadHandles: [VirtualAddress: [Pin]] = [:]
        index.forEachHandle(to: .process) { entry in
            guard let process = index.processAt[entry.object] else { return }
            heldBy[process].append(Pin(entry, kind: .processHandle, process: index.processAt[entry.process]))
        }
        let threadAt = PositionTable(index.snapshot.threads.map(\.address))
        var listedThreads: [VirtualAddress: Int64] = [:]
        for thread in index.snapshot.threads { listedThreads[thread.process, default: 0] += 1 }
        index.forEachHandle(to: .thread) { entry in
            guard let position = threadAt[entry.object] else { return }
            let thread = index.snapshot.threads[position]
            var pin = Pin(entry, kind: .threadHandle, process: index.processAt[entry.process])
            pin.thread = thread.address
            pin.threadID = thread.threadID
            threadHandles[thread.address, default: []].append(pin)
            if let process = index.processAt[thread.process] { heldBy[process].append(pin) }
        }
        var holders: [Int: [Holder]] = [:]
        for (position, process) in index.snapshot.processes.enumerated() where process.hasExited {
            let threads = listedThreads[process.address] ?? 0
            let own = heldBy[position].filter { $0.kind == .processHandle }
            let references = kernelReferences(
                pointerCount: process.pointerCount, handleCount: process.handleCount, handles: own.count,
                explained: own.reduce(threads) { $0 &+ $1.pointerReferences })
            if let references, references > 0 {
                heldBy[position].append(Pin(.kernelReferences, pointerReferences: references))
            }
            holders[position] = Self.holders(
                of: process, pins: heldBy[position], threads: threads, handlesWereRead: index.handlesWereRead)
        }
        self.heldBy = heldBy
        self.threadHandles = threadHandles
        holdersOfExited = holders
    }

    /// Who holds the object of a thread that has ended: whoever has a handle to it, else the kernel.
    func holders(ofThread address: VirtualAddress) -> [Holder] {
        let owners = (threadHandles[address] ?? []).map(\.handleOwner)
        if !owners.isEmpty { return owners }
        return [handlesWereRead ? .kernel : .unknown]
    }

    /// Whoever has handles to the process or its threads, and the kernel where it references the process too or nobody else does.
    ///
    /// `unknown` where the object counts handles that were not seen, or its threads may have some that were not looked for.
    private static func holders(of process: Process, pins: [Pin], threads: Int64, handlesWereRead: Bool) -> [Holder] {
        let handles = pins.filter { $0.kind != .kernelReferences }
        let isReferencedByKernel = handles.count < pins.count
        let processHandles = handles.count { $0.kind == .processHandle }
        let hidesHandles = processHandles == 0 && process.handleCount != 0
        var holders = handles.map(\.handleOwner)
        if hidesHandles || (!handlesWereRead && threads > 0 && !isReferencedByKernel) { holders.append(.unknown) }
        if isReferencedByKernel || holders.isEmpty { holders.append(.kernel) }
        return holders
    }
}

/// References that nothing found explains (rule R10): known only where every handle to the object was seen.
///
/// While handle tables are not read, only a `HandleCount` of 0 proves that.
func kernelReferences(pointerCount: Int64?, handleCount: Int64?, handles: Int, explained: Int64) -> Int64? {
    guard let pointerCount, let handleCount, handleCount == Int64(handles) else { return nil }
    return pointerCount &- explained
}

extension Pin {
    init(_ entry: ObjectHandle, kind: Kind, process: Int?) {
        self.init(kind, process: process, pointerReferences: entry.pointerReferences)
        handle = entry.value
        access = entry.access
        isKernelHandle = entry.isKernelHandle
    }

    /// Who owns a handle.
    var handleOwner: Holder {
        if isKernelHandle == true { return .kernel }
        return process.map(Holder.process) ?? .unknown
    }
}
