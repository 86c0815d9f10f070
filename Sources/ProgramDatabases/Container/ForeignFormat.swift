import BinaryReading
import FileMapping

/// What a file is that lies where a PDB was expected.
public enum ForeignFormat: String, Hashable, Sendable {
    /// `Microsoft C/C++ program database 2.00`, before 2002.
    case oldProgramDatabase = "a PDB of the old form 2.00 (JG)"
    /// A .NET PDB, which begins `BSJB`.
    case portable = "a portable PDB of .NET"
    /// A compressed PDB without blocks (MSFZ).
    case compressedContainer = "a compressed PDB (MSFZ)"
    /// A cabinet, in which symbol stores keep `.pd_` files.
    case cabinet = "a cabinet (compressed .pd_)"
    /// An executable image.
    case executable = "an executable image (PE)"
    /// A web page, often a server's error text.
    case webPage = "a web page"
    /// A symbol file in JSON.
    case json = "a JSON text"
    /// A file packed with xz.
    case xz = "a file packed with xz"
    /// A kernel dump.
    case dump = "a memory dump"
    /// Anything else.
    case unknown = "no PDB"

    /// The 32 bytes with which a PDB begins.
    static let signature = Array("Microsoft C/C++ MSF 7.00\r\n\u{1A}DS\0\0\0".utf8)

    /// Recognises a file by its first bytes; nil for a PDB.
    init?(of file: MappedFile) {
        let head = (try? file.copyBytes(at: 0, count: Swift.min(64, file.byteCount))) ?? []
        guard !head.starts(with: Self.signature) else { return nil }
        self = Self.known.first { head.starts(with: Array($0.start.utf8)) }?.format ?? .unknown
        if self == .unknown, head.starts(with: [0xFD, 0x37, 0x7A, 0x58, 0x5A, 0]) { self = .xz }
        guard self == .unknown else { return }
        let text = head.drop { [0x20, 0x09, 0x0A, 0x0D, 0xEF, 0xBB, 0xBF].contains($0) }
        if text.first == UInt8(ascii: "{") { self = .json }
        if Self.looksLikeWebPage(text) { self = .webPage }
    }

    private static let known: [(start: String, format: ForeignFormat)] = [
        ("Microsoft C/C++ program database 2.00", .oldProgramDatabase), ("BSJB", .portable),
        ("Microsoft MSFZ Container", .compressedContainer), ("MSCF", .cabinet), ("MZ", .executable),
        ("PAGEDU64", .dump), ("PAGEDUMP", .dump), ("MDMP", .dump),
    ]

    private static func looksLikeWebPage(_ text: ArraySlice<UInt8>) -> Bool {
        let start = String(decoding: text.prefix(14), as: UTF8.self).lowercased()
        return start.hasPrefix("<!doctype html") || start.hasPrefix("<html") || start.hasPrefix("<?xml")
    }

    /// What can be done about it.
    var advice: String {
        switch self {
        case .oldProgramDatabase: "Only PDBs of the form 7.00 are read; kernels of Windows 7 and later have those."
        case .portable: "Portable PDBs describe .NET programs, not kernels or drivers."
        case .compressedContainer: "Unpack it with Microsoft's pdbtool first."
        case .cabinet: "Unpack it first: expand FILE.pd_ FILE.pdb on Windows, cabextract elsewhere."
        case .executable: "Name the PDB that belongs to it, not the image itself."
        case .webPage: "A server's error page was saved under this name; fetch the file again."
        case .json, .xz: "Volatility symbol files are read too, under a name that ends in .json or .json.xz."
        case .dump: "Name the dump with --dump, and a symbol file with --symbols."
        case .unknown: "Name a PDB, for example one of a symbol store: ntkrnlmp.pdb/GUIDAGE/ntkrnlmp.pdb"
        }
    }
}
