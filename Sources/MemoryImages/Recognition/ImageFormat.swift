public import FileMapping

/// What kind of file this is, by its first bytes (formats.md §0).
public enum ImageFormat: Hashable, Sendable {
    /// A 64-bit Windows kernel dump: `PAGEDU64`.
    case kernelDump
    /// A 32-bit Windows kernel dump: `PAGEDUMP`.
    case kernelDump32
    /// Begins like a kernel dump, but the second word names no kind of it.
    case damagedKernelDump(secondWord: UInt32)
    /// A dump of one process: `MDMP`.
    case userMinidump
    /// An old dump of one process: `USERDU64` or `USERDUMP`.
    case userDump
    /// An ELF core: QEMU, libvirt, VirtualBox.
    case elfCore
    /// LiME, a Linux tool's format that hypervisor tools use too.
    case lime
    /// A compressed or flattened Linux crash dump: `KDUMP`, `makedumpfile`.
    case linuxKdump
    /// A VMware snapshot or suspended state: `.vmss`, `.vmsn`.
    case vmwareState
    /// `hiberfil.sys`.
    case hibernationFile
    /// A saved QEMU machine (`virsh save`).
    case qemuSavedState
    /// A packed file; the name of the packing.
    case compressed(String)
    /// Eight zero bytes: a dump whose header was never written, or raw memory.
    case blankHeader
    /// Readable text.
    case text
    /// No known signature: perhaps raw memory.
    case unknown

    /// Looks at the start of a file.
    public init(_ file: MappedFile) {
        let head = (try? file.copyBytes(at: 0, count: Swift.min(file.byteCount, 512))) ?? []
        self =
            Self.kernelDump(head) ?? Self.signatures.first { head.starts(with: $0.bytes) }?.format
            ?? (Self.isText(head) ? .text : .unknown)
    }

    private static func kernelDump(_ head: [UInt8]) -> ImageFormat? {
        guard head.count >= 8, head.starts(with: Array("PAGE".utf8)) else { return nil }
        switch String(decoding: head[4..<8], as: UTF8.self) {
        case "DU64": return .kernelDump
        case "DUMP": return .kernelDump32
        default:
            let word = head[4..<8].reversed().reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
            return .damagedKernelDump(secondWord: word)
        }
    }

    private static let signatures: [(bytes: [UInt8], format: ImageFormat)] =
        [
            (Array("MDMP".utf8), .userMinidump),
            (Array("USERDU64".utf8), .userDump),
            (Array("USERDUMP".utf8), .userDump),
            ([0x7F] + Array("ELF".utf8), .elfCore),
            (Array("EMiL".utf8), .lime),
            (Array("KDUMP   ".utf8), .linuxKdump),
            (Array("makedumpfile\0".utf8), .linuxKdump),
            ([0xD0, 0xBE, 0xD2, 0xBE], .vmwareState),
            ([0xD1, 0xBA, 0xD1, 0xBA], .vmwareState),
            ([0xD2, 0xBE, 0xD2, 0xBE], .vmwareState),
            ([0xD3, 0xBE, 0xD3, 0xBE], .vmwareState),
            (Array("QEVM".utf8), .qemuSavedState),
            (Array("LibvirtQemudSave".utf8), .qemuSavedState),
            ([0x1F, 0x8B], .compressed("gzip")),
            ([0xFD] + Array("7zXZ\0".utf8), .compressed("xz")),
            ([0x28, 0xB5, 0x2F, 0xFD], .compressed("zstd")),
            ([0x50, 0x4B, 0x03, 0x04], .compressed("zip")),
            (Array("7z".utf8) + [0xBC, 0xAF, 0x27, 0x1C], .compressed("7z")),
            (Array("MSCF".utf8), .compressed("cabinet")),
            ([UInt8](repeating: 0, count: 8), .blankHeader),
        ] + ["HIBR", "hibr", "WAKE", "wake", "RSTR", "rstr"].map { (Array($0.utf8), .hibernationFile) }

    /// UTF-16 with its mark, or UTF-8 without control characters. A character that the end of the piece cuts is none.
    private static func isText(_ head: [UInt8]) -> Bool {
        guard !head.isEmpty else { return false }
        if head.starts(with: [0xFF, 0xFE]) || head.starts(with: [0xFE, 0xFF]) { return true }
        let control = head.contains { $0 < 0x20 && !(0x09...0x0D).contains($0) && $0 != 0x1B || $0 == 0x7F }
        guard !control else { return false }
        let cut = head.suffix(3).lastIndex { $0 >= 0xC0 } ?? head.endIndex
        let whole = head.count < 512 ? head[...] : head[..<cut]
        return String(validating: whole, as: UTF8.self) != nil
    }
}
