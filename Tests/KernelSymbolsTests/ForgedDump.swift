import AddressTranslation
import BinaryReading
import DumpForge
import FileMapping
import KernelProfiles
import KernelSymbols
import MemoryImages
import Testing

/// The bytes of a small forged dump, to be spoilt by tests, with the truth beside them.
struct ForgedDump {
    var bytes: [UInt8]
    let truth: ForgedTruth
    let profile: KernelProfile

    /// Forges a small machine on which nothing leaks.
    init(
        _ version: String = "10.0.17763.5933", as type: ForgedDumpType = .bitmapKernel,
        _ change: (inout ForgeOptions) -> Void = { _ in }
    ) throws {
        try self.init(of: try #require(BuiltInProfiles.profile(version: version)), as: type, change)
    }

    /// Forges a small machine that runs a kernel.
    init(
        of profile: KernelProfile, as type: ForgedDumpType = .bitmapKernel,
        _ change: (inout ForgeOptions) -> Void = { _ in }
    ) throws {
        self.profile = profile
        var options = ForgeOptions(scenario: .clean, profile: profile, seed: 5)
        change(&options)
        let machine = try ForgedMachine(options)
        bytes = try machine.dumpBytes(as: type)
        truth = machine.truth(for: type)
    }

    /// Opens the dump and finds the kernel in it.
    func kernel(
        symbols: KernelProfile? = nil, overrides: Kernel.Overrides = .init(), hiding hidden: HiddenProfiles = .init()
    ) throws -> Kernel {
        try Kernel(
            in: try CrashDump(file: MappedFile(bytes: bytes)), symbols: symbols, overrides: overrides, hiding: hidden)
    }

    /// Where a virtual address lies in the file.
    func fileOffset(of address: UInt64) throws -> Int {
        let address = VirtualAddress(address)
        guard case .file(let page, _) = try kernel().addressSpace.translate(address) else {
            throw TranslationError(address: address, level: .page, entry: 0, reason: .notMapped)
        }
        return page + address.pageOffset
    }

    /// Replaces bytes at a place of the file.
    mutating func put(_ value: UInt64, byteCount: Int = 8, at offset: Int) {
        for index in 0..<byteCount { bytes[offset + index] = UInt8(truncatingIfNeeded: value >> UInt64(8 * index)) }
    }

    /// Replaces the kernel's GUID wherever its record stands.
    mutating func replaceGUID(with digits: [UInt8]) {
        let signature = Array("RSDS".utf8)
        for offset in stride(from: 0, to: bytes.count - 40, by: 4)
        where bytes[offset..<(offset + 4)].elementsEqual(signature) {
            let name = bytes[(offset + 24)..<(offset + 36)]
            guard name.elementsEqual(Array("ntkrnlmp.pdb".utf8)) else { continue }
            bytes.replaceSubrange((offset + 4)..<(offset + 20), with: digits)
        }
    }
}

/// Fields of a dump's header (`formats.md` §1.1).
enum HeaderField {
    static let directoryTableBase = 0x10
    static let loadedModuleList = 0x20
    static let activeProcessHead = 0x28
    static let debuggerData = 0x80
    static let instructionPointer = 0x348 + 0xF8
    static let exceptionAddress = 0xF10
    /// What a writer leaves where it has nothing to say.
    static let unset: UInt64 = 0x4547_4150_4547_4150
}
