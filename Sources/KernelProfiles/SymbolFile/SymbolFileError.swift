/// Why a symbol file cannot be used.
public enum SymbolFileError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The file cannot be read.
    case unreadable(path: String, reason: String)
    /// The text is no JSON, or not of the form of a symbol file; the position counts bytes of the unpacked text.
    case malformed(path: String, reason: String, position: Int)
    /// The file holds symbols, but not of a 64-bit Windows kernel.
    case wrongSystem(path: String, found: String)
    /// The file, or what it unpacks to, has more bytes than a symbol file ever has.
    case tooLarge(path: String, limit: Int)
    /// The file is packed with xz, and there is nothing here to unpack it.
    case noUnpacker(path: String)
    /// The file is packed with xz, but unpacking it failed.
    case damagedPacking(path: String, reason: String)

    /// What was being read, what was found, and what can be done.
    public var description: String {
        switch self {
        case .unreadable(let path, let reason): "cannot read the symbol file \(path): \(reason)"
        case .malformed(let path, let reason, let position):
            "\(path) is not a Volatility symbol file (ISF): \(reason), byte \(position)"
        case .wrongSystem(let path, let found):
            "\(path) does not describe a 64-bit Windows kernel: \(found)"
        case .tooLarge(let path, let limit):
            "\(path) has more than \(limit / 1_048_576) MiB of symbols; no kernel's symbol file is that large"
        case .noUnpacker(let path):
            "\(path) is packed and no xz program was found; unpack it (xz -d, or any archiver) and name the .json file"
        case .damagedPacking(let path, let reason): "cannot unpack \(path): \(reason)"
        }
    }
}
