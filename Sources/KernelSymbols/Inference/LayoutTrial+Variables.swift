import AddressTranslation
import BinaryReading
import KernelProfiles

extension LayoutTrial {
    /// Finds the variables that are no proof of the layout but that the walks use: by KDBG, by what pointers of the image lead to, and by
    /// the distances that the same variables have in related kernels (`kernels.md`, finding a symbol from an exported neighbour).
    mutating func findVariables(relatives: [KernelProfile]) {
        let distances = SymbolDistances(relatives)
        findCookieVariable(distances)
        findTracking(distances)
        findKernelHandleTable(distances)
        findAnonymousTokens(distances)
        findUnloadedDrivers(distances)
        findBigPageTable(distances)
        findMemoryBlock()
    }

    /// The first place at a known distance from a found symbol at which something holds.
    mutating func note(
        _ symbol: String, at distances: SymbolDistances, from anchors: [String],
        where holds: (VirtualAddress) -> Bool
    ) {
        for anchor in anchors {
            guard let start = address(of: anchor) else { continue }
            for distance in distances.distances(of: symbol, from: anchor) {
                guard ground.place.contains(start + distance), holds(start + distance) else { continue }
                return note(
                    symbol, at: start + distance,
                    "as far from \(anchor) as in a related kernel, and holds what the dump shows")
            }
        }
    }

    private mutating func findCookieVariable(_ distances: SymbolDistances) {
        guard let cookie = types.cookie else { return }
        let memory = memory
        note("ObHeaderCookie", at: distances, from: ["ObTypeIndexTable", "PsProcessType"]) {
            (try? memory.load(UInt8.self, at: $0)) == cookie
        }
    }

    /// A variable that is zero proves nothing: where tracking was off, the tokens alone tell.
    private mutating func findTracking(_ distances: SymbolDistances) {
        guard recordsCreators == true else { return }
        let memory = memory
        note("SeTokenLeakTracking", at: distances, from: ["SepLogonSessions", "SeTokenObjectType"]) {
            (try? memory.load(UInt32.self, at: $0)) == 1
        }
    }

    private mutating func findKernelHandleTable(_ distances: SymbolDistances) {
        guard let table = probe.pointer("_EPROCESS.ObjectTable", of: systemProcess), table.isKernel else { return }
        let places = ground.pointers.places(of: table).map { ground.place.base + Int($0) }
        note("ObpKernelHandleTable", at: distances, from: ["PsActiveProcessHead", "ObTypeIndexTable"]) {
            places.contains($0)
        }
        guard address(of: "ObpKernelHandleTable") == nil, places.count == 1, let place = places.first else { return }
        note("ObpKernelHandleTable", at: place, "the pointer in the image to the handle table of the System process")
    }

    private static var unloadedByteCount: Int { 0x28 }
    private static var unloadedSlots: Int { 50 }

    private mutating func findUnloadedDrivers(_ distances: SymbolDistances) {
        if let variable = ground.debuggerData?.address(at: 0x220), ground.place.contains(variable) {
            note("MmUnloadedDrivers", at: variable, "from KDBG")
        } else if let entry = ground.pointers.distinct.first(where: { isUnloadedDriver(at: $0.value) }) {
            note(
                "MmUnloadedDrivers", at: ground.place.base + Int(entry.rva),
                "a pointer in the image to an array of names with address ranges and times")
        }
        if let variable = ground.debuggerData?.address(at: 0x228), ground.place.contains(variable) {
            note("MmLastUnloadedDriver", at: variable, "from KDBG")
        } else if let array = address(of: "MmUnloadedDrivers").flatMap({ try? memory.loadAddress(at: $0) }) {
            let used = (0..<Self.unloadedSlots).prefix { isUnloadedDriver(at: array + $0 * Self.unloadedByteCount) }
                .count
            let memory = memory
            note("MmLastUnloadedDriver", at: distances, from: ["MmUnloadedDrivers"]) {
                guard let next = try? memory.load(UInt32.self, at: $0), next < 1 << 24 else { return false }
                return used == Self.unloadedSlots ? next >= used : Int(next) == used
            }
        }
    }

    private func isUnloadedDriver(at address: VirtualAddress) -> Bool {
        guard let start = try? memory.load(UInt64.self, at: address + 0x10), VirtualAddress(start).isKernel,
            start & 0xFFF == 0, let end = try? memory.load(UInt64.self, at: address + 0x18), end > start,
            end - start < 1 << 32, let time = try? memory.load(UInt64.self, at: address + 0x20),
            FileTime(time).isPlausible, let name = probe.text(at: address, limit: 0x200)
        else { return false }
        return !name.isEmpty
    }

    private mutating func findMemoryBlock() {
        guard let variable = ground.debuggerData?.address(at: 0x270) else { return }
        note("MmPhysicalMemoryBlock", at: variable, "from KDBG")
    }
}

/// How far variables lie from one another in kernels with symbols.
struct SymbolDistances {
    private let kernels: [KernelProfile]

    /// - Parameter kernels: The nearest first.
    init(_ kernels: [KernelProfile]) { self.kernels = kernels }

    /// The distances from one symbol to another, the most frequent first.
    func distances(of symbol: String, from anchor: String) -> [Int] {
        var counts: [Int: Int] = [:]
        for kernel in kernels {
            guard let target = kernel.symbol(named: symbol), let start = kernel.symbol(named: anchor) else { continue }
            counts[Int(target.rva) - Int(start.rva), default: 0] += 1
        }
        return counts.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.map(\.key)
    }
}
