public import BinaryReading

/// An address as driver and distance from its base.
public struct TriageLocation: Hashable, Sendable, CustomStringConvertible {
    /// The driver.
    public let driver: TriageDriver
    /// Bytes from the driver's base.
    public let displacement: UInt64

    /// `nt` for the kernel, else the driver's name without extension, and the displacement: `tcpip+0x1a20`.
    public var description: String { "\(TriageModuleMap.shortName(of: driver))+\(displacement.hexText)" }
}

/// A word of a stored kernel stack that points into a driver.
public struct TriageStackFrame: Hashable, Sendable {
    /// Where the word was on the stack.
    public let stackAddress: VirtualAddress
    /// The word.
    public let value: VirtualAddress
    /// Where it points to.
    public let location: TriageLocation
}

/// Drivers by base, for finding the one that holds an address.
public struct TriageModuleMap: Sendable {
    private let drivers: [TriageDriver]

    /// Makes a map of a dump's drivers.
    public init(_ drivers: [TriageDriver]) {
        self.drivers = drivers.filter { $0.byteCount > 0 }.sorted { $0.base < $1.base }
    }

    /// The driver that holds an address, and how far into it; nil where none does.
    public func locate(_ address: VirtualAddress) -> TriageLocation? {
        var low = 0
        var high = drivers.count
        while low < high {
            let middle = (low + high) / 2
            if drivers[middle].base <= address { low = middle + 1 } else { high = middle }
        }
        guard low > 0, drivers[low - 1].contains(address) else { return nil }
        let driver = drivers[low - 1]
        return TriageLocation(driver: driver, displacement: address.rawValue - driver.base.rawValue)
    }

    /// The kernel's file has several names and one short one.
    static func shortName(of driver: TriageDriver) -> String {
        guard let name = driver.name else { return driver.base.description }
        let stem = name.lastIndex(of: ".").map { String(name[..<$0]) } ?? name
        return ["ntoskrnl", "ntkrnlmp", "ntkrnlpa", "ntkrpamp"].contains(stem.lowercased()) ? "nt" : stem
    }
}
