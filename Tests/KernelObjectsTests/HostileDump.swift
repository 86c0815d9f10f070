import AddressTranslation
import BinaryReading
import DumpForge
import FileMapping
import KernelProfiles
import KernelSymbols
import MemoryImages
import Testing

@testable import KernelObjects

/// A small machine with a leak, whose dump tests cut and spoil.
struct HostileDump {
    let machine: ForgedMachine
    let truth: ForgedTruth
    private(set) var bytes: [UInt8]
    private let kernel: Kernel

    init(
        _ version: String = "10.0.17763.5933", _ scenario: ForgeScenario = .grabber,
        as type: ForgedDumpType = .bitmapKernel
    ) throws {
        let profile = try #require(BuiltInProfiles.profile(version: version))
        var options = ForgeOptions(scenario: scenario, profile: profile, seed: 9)
        options.logonSessions = 24
        machine = try ForgedMachine(options)
        truth = machine.truth(for: type)
        bytes = try machine.dumpBytes(as: type)
        kernel = try Kernel(in: try CrashDump(file: MappedFile(bytes: bytes)))
    }

    /// What is read of some bytes; nil where the dump is refused, with an error that says something.
    static func read(_ bytes: [UInt8]) throws -> Snapshot? {
        do {
            return try Snapshot(reading: try Kernel(in: try CrashDump(file: MappedFile(bytes: bytes))))
        } catch let error as KernelError {
            #expect(!error.summary.isEmpty && !error.advice.isEmpty)
        } catch let error as DumpError {
            #expect(!error.summary.isEmpty && !error.advice.isEmpty)
        }
        return nil
    }

    /// What is read of the dump as it is now.
    func read() throws -> Snapshot { try #require(try Self.read(bytes)) }

    /// Offset of a field of a structure.
    func offset(_ structure: String, _ field: String) throws -> Int {
        try #require(machine.options.profile.structure(named: structure)?[field]?.offset, "\(structure).\(field)")
    }

    /// Overwrites memory at a virtual address.
    mutating func put(_ value: UInt64, byteCount: Int = 8, at address: UInt64) throws {
        let address = VirtualAddress(address)
        guard case .file(let page, _) = try kernel.addressSpace.translate(address) else { return }
        for index in 0..<byteCount {
            bytes[page + address.pageOffset + index] = UInt8(truncatingIfNeeded: value >> UInt64(8 * index))
        }
    }

    /// The word at a virtual address.
    func word(at address: UInt64) throws -> UInt64 {
        try VirtualMemory(kernel.addressSpace).load(UInt64.self, at: VirtualAddress(address))
    }

    /// Address of a kernel variable.
    func variable(_ name: String) throws -> UInt64 { try #require(kernel.address(of: name)?.rawValue) }
}
