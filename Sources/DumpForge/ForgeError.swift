/// Why a machine could not be forged or its dump not be written.
public enum ForgeError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The profile has no layout, member, symbol or function that every machine needs.
    case profileLacks(String)
    /// The options ask for something that cannot be forged.
    case unsupported(String)
    /// The file could not be made or written: its path and what the system said.
    case cannotWrite(path: String, reason: String)

    /// The reason in words.
    public var description: String {
        switch self {
        case .profileLacks(let name): "the kernel's profile has no \(name)"
        case .unsupported(let what): what
        case .cannotWrite(let path, let reason): "cannot write \(path): \(reason)"
        }
    }
}
