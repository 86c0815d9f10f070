import BinaryReading
import KernelProfiles

@testable import DumpForge

/// A reader of full dumps for the tests alone: it follows the format's description and shares no code with the forge.
struct ForgedDumpReader {
    let bytes: [UInt8]
    let profile: KernelProfile
    let levels: Int
    let mask: UInt64
    private let runs: [(base: UInt64, count: UInt64, offset: Int)]

    init(_ bytes: [UInt8], profile: KernelProfile, levels: Int = 4, mask: UInt64 = 0) {
        self.bytes = bytes
        self.profile = profile
        self.levels = levels
        self.mask = mask
        var runs: [(base: UInt64, count: UInt64, offset: Int)] = []
        var offset = 0x2000
        for index in 0..<Int(Self.load(bytes, 0x88, 4)) {
            let base = Self.load(bytes, 0x98 + index * 16, 8)
            let count = Self.load(bytes, 0xA0 + index * 16, 8)
            runs.append((base, count, offset))
            offset += Int(count) * 4096
        }
        self.runs = runs
    }

    static func load(_ bytes: [UInt8], _ offset: Int, _ count: Int) -> UInt64 {
        guard offset >= 0, offset + count <= bytes.count else { return 0 }
        return (0..<count).reduce(0) { $0 | UInt64(bytes[offset + $1]) << UInt64(8 * $1) }
    }

    func header(_ offset: Int, _ count: Int = 8) -> UInt64 { Self.load(bytes, offset, count) }

    var directoryTableBase: UInt64 { header(0x10) }

    func fileOffset(ofPhysical address: UInt64) -> Int? {
        let frame = address >> 12
        guard let run = runs.first(where: { frame >= $0.base && frame < $0.base + $0.count }) else { return nil }
        return run.offset + Int(frame - run.base) * 4096 + Int(address & 0xFFF)
    }

    private func physical(_ address: UInt64) -> UInt64? {
        fileOffset(ofPhysical: address).map { Self.load(bytes, $0, 8) }
    }

    /// The physical address of a virtual one; also through entries in transition and prototype entries.
    func translate(_ address: UInt64, base: UInt64? = nil) -> UInt64? {
        let frames: UInt64 = 0x000F_FFFF_FFFF_F000
        var table = (base ?? directoryTableBase) & frames
        for level in stride(from: levels, through: 1, by: -1) {
            let index = address >> UInt64(12 + 9 * (level - 1)) & 0x1FF
            guard let entry = physical(table + index * 8) else { return nil }
            if level == 1 { return leaf(entry).map { $0 + (address & 0xFFF) } }
            guard entry & 1 == 1 else { return nil }
            if level == 2, entry & 0x80 != 0 { return (entry & 0x000F_FFFF_FFE0_0000) + (address & 0x1F_FFFF) }
            table = entry & frames
        }
        return nil
    }

    private func leaf(_ entry: UInt64, isPrototype: Bool = false) -> UInt64? {
        let frames: UInt64 = 0x000F_FFFF_FFFF_F000
        if entry & 1 == 1 { return entry & frames }
        guard entry != 0 else { return nil }
        let plain = entry & 0x10 == 0 ? entry & ~mask : entry
        if plain & 0x400 != 0, !isPrototype {
            let address = UInt64(bitPattern: Int64(bitPattern: plain) >> 16)
            return translate(address).flatMap { physical($0) }.flatMap { leaf($0, isPrototype: true) }
        }
        return plain & 0x800 != 0 ? plain & 0x0000_FFFF_FFFF_F000 : nil
    }

    func read(_ address: UInt64, _ count: Int = 8) -> UInt64 {
        guard address & 0xFFF > UInt64(0x1000 - count) else { return readInsidePage(address, count) }
        return (0..<count).reduce(0) { $0 | readInsidePage(address + UInt64($1), 1) << UInt64(8 * $1) }
    }

    private func readInsidePage(_ address: UInt64, _ count: Int) -> UInt64 {
        translate(address).flatMap { fileOffset(ofPhysical: $0) }.map { Self.load(bytes, $0, count) } ?? 0
    }

    func symbol(_ name: String, base: UInt64) -> UInt64? {
        profile.symbol(named: name).map { base + UInt64($0.rva) }
    }

    /// Reads a member of a structure.
    func field(_ path: String, of structure: String, at address: UInt64) -> UInt64? {
        guard let member = profile.structure(named: structure)?[path] else { return nil }
        return read(address + UInt64(member.offset), min(member.byteCount, 8))
    }

    /// Reads a `_UNICODE_STRING`.
    func text(at address: UInt64) -> String {
        let count = Int(read(address, 2))
        let buffer = read(address + 8)
        let units = stride(from: 0, to: count, by: 2).map { UInt16(read(buffer + UInt64($0), 2)) }
        return String(decoding: units, as: UTF16.self)
    }
}
