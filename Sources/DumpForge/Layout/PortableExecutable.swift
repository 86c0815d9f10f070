import BinaryReading

/// The first page of a loaded image: headers, sections, exports, and the record that names its symbol file (`formats.md` §4.2).
struct PortableExecutable {
    let byteCount: UInt32
    let timeDateStamp: UInt32
    let identity: PDBIdentity
    /// What the image exports.
    var exports: [Export] = []
    /// Where its functions lie, by address (`.pdata`).
    var functions: [Range<UInt32>] = []
    let fileName: String

    /// Something that an image exports.
    struct Export {
        /// nil for what is exported by number alone.
        var name: String?
        var rva: UInt32 = 0
        /// The image and the name that stand for it; its own address counts otherwise.
        var forwarder: String?
    }

    private static let headerOffset = 0xF8
    private static let debugOffset = 0x400
    private static let recordOffset = 0x440
    private static let exportOffset = 0x500
    private static let functionOffset = 0xC00
    private static let unwindOffset = 0xFF0

    /// The 4096 bytes.
    var page: [UInt8] {
        var bytes = [UInt8](repeating: 0, count: 4096)
        bytes.replaceSubrange(0..<2, with: Array("MZ".utf8))
        bytes.put(UInt64(Self.headerOffset), byteCount: 4, at: 0x3C)
        putHeaders(into: &bytes)
        putSections(into: &bytes)
        putIdentity(into: &bytes)
        putExports(into: &bytes)
        putFunctions(into: &bytes)
        return bytes
    }

    private func putHeaders(into bytes: inout [UInt8]) {
        let start = Self.headerOffset
        bytes.replaceSubrange(start..<(start + 4), with: [0x50, 0x45, 0, 0])
        let fields: [(Int, UInt64, Int)] = [
            (0x04, 0x8664, 2), (0x06, UInt64(Self.sections.count), 2), (0x08, UInt64(timeDateStamp), 4),
            (0x14, 0xF0, 2), (0x16, 0x22, 2), (0x18, 0x20B, 2), (0x28, 0x1000, 4), (0x38, 0x1000, 4),
            (0x3C, 0x200, 4), (0x50, UInt64(byteCount), 4), (0x54, 0x1000, 4),
            (0x58, UInt64(timeDateStamp ^ 0x5A5A), 4), (0x5C, 1, 2), (0x84, 16, 4),
            (0xB8, UInt64(Self.debugOffset), 4), (0xBC, 0x1C, 4),
        ]
        for (offset, value, count) in fields { bytes.put(value, byteCount: count, at: start + offset) }
        guard !exports.isEmpty else { return }
        bytes.put(UInt64(Self.exportOffset), byteCount: 4, at: start + 0x88)
        bytes.put(UInt64(Self.functionOffset - Self.exportOffset), byteCount: 4, at: start + 0x8C)
    }

    /// The table of functions; all share the unwind information of one that saves nothing.
    private func putFunctions(into bytes: inout [UInt8]) {
        guard !functions.isEmpty else { return }
        bytes.put(UInt64(Self.functionOffset), byteCount: 4, at: Self.headerOffset + 0xA0)
        bytes.put(UInt64(functions.count * 12), byteCount: 4, at: Self.headerOffset + 0xA4)
        bytes[Self.unwindOffset] = 1
        for (index, function) in functions.enumerated() {
            let entry = Self.functionOffset + index * 12
            bytes.put(UInt64(function.lowerBound), byteCount: 4, at: entry)
            bytes.put(UInt64(function.upperBound), byteCount: 4, at: entry + 4)
            bytes.put(UInt64(Self.unwindOffset), byteCount: 4, at: entry + 8)
        }
    }

    private static let sections: [(name: String, characteristics: UInt64)] = [
        (".text", 0x6800_0020), ("POOLCODE", 0x6800_0020), ("PAGE", 0x6000_0020), (".data", 0xC800_0040),
    ]

    private func putSections(into bytes: inout [UInt8]) {
        let share = (byteCount - 0x1000) / UInt32(Self.sections.count) & ~0xFFF
        for (index, section) in Self.sections.enumerated() {
            let start = Self.headerOffset + 0x108 + index * 0x28
            let address = 0x1000 + UInt32(index) * share
            let isLast = index + 1 == Self.sections.count
            bytes.replaceSubrange(start..<(start + section.name.utf8.count), with: Array(section.name.utf8))
            bytes.put(UInt64(isLast ? byteCount - address : share), byteCount: 4, at: start + 8)
            bytes.put(UInt64(address), byteCount: 4, at: start + 12)
            bytes.put(section.characteristics, byteCount: 4, at: start + 36)
        }
    }

    private func putIdentity(into bytes: inout [UInt8]) {
        let name = Array(identity.name.utf8)
        let directory = Self.debugOffset
        bytes.put(UInt64(timeDateStamp), byteCount: 4, at: directory + 4)
        bytes.put(2, byteCount: 4, at: directory + 0x0C)
        bytes.put(UInt64(25 + name.count), byteCount: 4, at: directory + 0x10)
        bytes.put(UInt64(Self.recordOffset), byteCount: 4, at: directory + 0x14)
        bytes.put(UInt64(Self.recordOffset), byteCount: 4, at: directory + 0x18)
        let record = Self.recordOffset
        bytes.replaceSubrange(record..<(record + 4), with: Array("RSDS".utf8))
        bytes.put(UInt64(identity.guid.data1), byteCount: 4, at: record + 4)
        bytes.put(UInt64(identity.guid.data2), byteCount: 2, at: record + 8)
        bytes.put(UInt64(identity.guid.data3), byteCount: 2, at: record + 10)
        bytes.put(identity.guid.data4.byteSwapped, byteCount: 8, at: record + 12)
        bytes.put(UInt64(identity.age), byteCount: 4, at: record + 20)
        bytes.replaceSubrange((record + 24)..<(record + 24 + name.count), with: name)
    }

    private func putExports(into bytes: inout [UInt8]) {
        guard !exports.isEmpty else { return }
        let named = exports.filter { $0.name != nil }.sorted { ($0.name ?? "") < ($1.name ?? "") }
        let all = named + exports.filter { $0.name == nil }
        let start = Self.exportOffset
        let functions = start + 0x28
        let names = functions + all.count * 4
        let ordinals = names + named.count * 4
        var text = ordinals + named.count * 2
        func putText(_ value: String) -> Int {
            let letters = Array(value.utf8)
            guard text + letters.count < Self.functionOffset else { return 0 }
            bytes.replaceSubrange(text..<(text + letters.count), with: letters)
            defer { text += letters.count + 1 }
            return text
        }
        bytes.put(UInt64(putText(fileName)), byteCount: 4, at: start + 0x0C)
        bytes.put(1, byteCount: 4, at: start + 0x10)
        for (offset, value) in [
            (0x14, all.count), (0x18, named.count), (0x1C, functions), (0x20, names), (0x24, ordinals),
        ] {
            bytes.put(UInt64(value), byteCount: 4, at: start + offset)
        }
        for (index, export) in all.enumerated() {
            let place = export.forwarder.map { UInt64(putText($0)) } ?? UInt64(export.rva)
            bytes.put(place, byteCount: 4, at: functions + index * 4)
            guard let name = export.name else { continue }
            bytes.put(UInt64(putText(name)), byteCount: 4, at: names + index * 4)
            bytes.put(UInt64(index), byteCount: 2, at: ordinals + index * 2)
        }
    }
}
