package import AddressTranslation
package import BinaryReading

/// The headers of an image in memory, and what ties it to its symbol file (`formats.md` §4.2).
package struct PortableExecutable: Sendable {
    /// An entry of the data directory.
    package struct Directory: Hashable, Sendable {
        /// Distance from the image's base.
        package let rva: UInt32
        /// Size in bytes.
        package let byteCount: UInt32
    }

    /// Where the image begins.
    package let base: VirtualAddress
    /// `SizeOfImage`.
    package let imageByteCount: UInt32
    let timeDateStamp: UInt32
    /// The table of exports; nil where the image has none.
    package let exports: Directory?
    /// The table of functions (`.pdata`); nil where the image has none.
    package let exceptions: Directory?
    private let debugDirectory: VirtualAddress
    private let debugDirectoryByteCount: UInt32

    /// PE header of a kernel image; further in there is none.
    private static let largestHeaderOffset: UInt32 = 0x800
    private static let machine: UInt16 = 0x8664
    private static let optionalHeaderMagic: UInt16 = 0x20B
    private static let largestDebugDirectory: UInt32 = 64 * 0x1C
    private static let codeViewType: UInt32 = 2

    /// Reads the headers at an address; nil where there is no x64 image or its headers cannot be read.
    package init?(at base: VirtualAddress, in memory: VirtualMemory) {
        guard (try? memory.load(UInt16.self, at: base)) == 0x5A4D,
            let headerOffset = try? memory.load(UInt32.self, at: base + 0x3C), headerOffset < Self.largestHeaderOffset
        else { return nil }
        let header = base + Int(headerOffset)
        struct Fields {
            let isImage: Bool
            let timeDateStamp, imageByteCount, debugAddress, debugByteCount: UInt32
            let exports, exceptions: Directory?
        }
        let fields = try? memory.withBytes(at: header, count: 0xC0) { bytes in
            Fields(
                isImage: bytes.loadIfPresent(UInt32.self, at: 0) == 0x4550
                    && bytes.loadIfPresent(UInt16.self, at: 4) == Self.machine
                    && bytes.loadIfPresent(UInt16.self, at: 0x18) == Self.optionalHeaderMagic,
                timeDateStamp: bytes.loadIfPresent(at: 8) ?? 0, imageByteCount: bytes.loadIfPresent(at: 0x50) ?? 0,
                debugAddress: bytes.loadIfPresent(at: 0xB8) ?? 0, debugByteCount: bytes.loadIfPresent(at: 0xBC) ?? 0,
                exports: Directory(number: 0, inHeader: bytes), exceptions: Directory(number: 3, inHeader: bytes))
        }
        guard let fields, fields.isImage, fields.imageByteCount > 0 else { return nil }
        self.base = base
        imageByteCount = fields.imageByteCount
        timeDateStamp = fields.timeDateStamp
        exports = fields.exports
        exceptions = fields.exceptions
        debugDirectory = base + Int(fields.debugAddress)
        debugDirectoryByteCount = min(fields.debugByteCount, Self.largestDebugDirectory)
    }

    /// The identity in the CodeView entry of the debug directory; every entry is tried, since it need not be the first.
    package func identity(in memory: VirtualMemory) -> PDBIdentity? {
        guard debugDirectory != base else { return nil }
        for index in 0..<Int(debugDirectoryByteCount / 0x1C) {
            let entry = debugDirectory + 0x1C * index
            guard let type = try? memory.load(UInt32.self, at: entry + 0xC), type == Self.codeViewType,
                let rva = try? memory.load(UInt32.self, at: entry + 0x14),
                let identity = PDBIdentity(recordAt: base + Int(rva), in: memory)
            else { continue }
            return identity
        }
        return nil
    }
}

extension PortableExecutable.Directory {
    /// An entry of the optional header's directory; nil where there is none of that number, or an empty one.
    fileprivate init?(number: Int, inHeader bytes: RawSpan) {
        guard let count = bytes.loadIfPresent(UInt32.self, at: 0x84), number < Int(count),
            let rva = bytes.loadIfPresent(UInt32.self, at: 0x88 + 8 * number), rva != 0,
            let byteCount = bytes.loadIfPresent(UInt32.self, at: 0x8C + 8 * number), byteCount != 0
        else { return nil }
        self.rva = rva
        self.byteCount = byteCount
    }
}

extension PDBIdentity {
    private static let recordHeaderByteCount = 24
    private static let longestName = 260

    /// Reads an RSDS record: signature, GUID, age and the path of the symbol file, of which the last part is kept.
    init?(recordAt address: VirtualAddress, in memory: VirtualMemory) {
        guard (try? memory.load(UInt32.self, at: address)) == 0x5344_5352,
            let record = try? memory.withBytes(
                at: address, count: Self.recordHeaderByteCount,
                { bytes in (guid: try? GUID(bytes, at: 4), age: bytes.loadIfPresent(UInt32.self, at: 20) ?? 0) }),
            let guid = record.guid
        else { return nil }
        var name = ""
        for offset in 0..<Self.longestName {
            guard let byte = try? memory.load(UInt8.self, at: address + Self.recordHeaderByteCount + offset),
                byte != 0
            else { break }
            name.unicodeScalars.append(byte < 0x80 ? Unicode.Scalar(byte) : "\u{FFFD}")
        }
        let lastPart = name.lastIndex { $0 == "\\" || $0 == "/" }.map { String(name[name.index(after: $0)...]) }
        self.init(name: lastPart ?? name, guid: guid, age: record.age)
    }

    /// Whether the symbol file is one of a Windows kernel.
    var isKernel: Bool {
        ["ntkrnlmp.pdb", "ntoskrnl.pdb", "ntkrnlpa.pdb", "ntkrpamp.pdb"].contains(name.lowercased())
    }
}
