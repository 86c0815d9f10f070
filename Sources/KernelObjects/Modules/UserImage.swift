import BinaryReading

/// An image in the user half of a process.
struct UserImage: Hashable, Sendable {
    /// Where it begins.
    let base: VirtualAddress
    /// Its size in bytes.
    let byteCount: UInt64
    /// The path of its file, on its volume or with a drive letter.
    let path: String

    /// The first address behind the user half with five levels of page tables.
    static let addressLimit: UInt64 = 1 << 56

    /// Whether it is one of Windows' own libraries, which lie at one base in all processes of a boot (`sessions.md` §5).
    var isSharedLibrary: Bool {
        let parts = path.split { $0 == "\\" || $0 == "/" }.map { $0.lowercased() }
        // The first part is the drive where the loader names the file; the file's volume bears no name.
        let folders = parts.first?.hasSuffix(":") == true ? parts.dropFirst() : parts[...]
        return folders.first == "windows" && folders.last?.hasSuffix(".dll") == true
    }

    /// As frames are named by it.
    var named: NamedImage { NamedImage(base: base, byteCount: byteCount, fileName: lastPathPart(path)) }
}
