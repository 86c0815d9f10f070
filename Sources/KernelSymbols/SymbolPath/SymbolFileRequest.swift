public import BinaryReading

/// What is asked for in stores and of servers: a symbol file's name and key, of which nothing can lead out of a store or a server.
///
/// A dump names its symbol files, and any byte of a dump may be hostile.
public struct SymbolFileRequest: Hashable, Sendable {
    /// What the file must be.
    public let identity: PDBIdentity
    /// Extension of the image that the symbols are of, for plain folders: `exe`, `sys`.
    public let imageExtension: String

    /// Why a name is not looked for.
    public struct UnsafeName: Error, Hashable, Sendable {
        /// The name.
        public let name: String
        /// What is wrong with it.
        public let reason: String
    }

    /// A request for an identity.
    ///
    /// - Throws: ``UnsafeName`` for a name that is not the plain name of a file on every system.
    public init(_ identity: PDBIdentity, imageExtension: String = "exe") throws(UnsafeName) {
        if let reason = Self.objection(to: identity.name) { throw UnsafeName(name: identity.name, reason: reason) }
        self.identity = identity
        let isPlain =
            !imageExtension.isEmpty && imageExtension.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber) }
        self.imageExtension = isPlain ? imageExtension.lowercased() : "exe"
    }

    /// Name of the file.
    public var name: String { identity.name }
    /// The key of the file in a store: GUID and age.
    public var key: String { identity.storeKey }
    /// Name of the packed file: the last letter is an underscore.
    var packedName: String { Self.packed(name) }

    static func packed(_ name: String) -> String { name.dropLast() + "_" }

    private static let longestName = 128
    private static let otherCharacters: Set<Character> = ["-", "_", ".", "+", " ", "(", ")", "@", "~", "$", "!", "#"]
    /// Names that Windows keeps for devices, with any extension.
    private static let devices: Set<String> = ["con", "prn", "aux", "nul", "conin$", "conout$"]
    /// The same with a digit behind.
    private static let numberedDevices: Set<String> = ["com", "lpt"]

    private static func objection(to name: String) -> String? {
        guard name.count > 2, name.utf8.count <= longestName else { return "it is empty or too long" }
        guard name.allSatisfy({ $0.isASCII && ($0.isLetter || $0.isNumber) || otherCharacters.contains($0) }) else {
            return "it has characters that no plain file name has"
        }
        guard let first = name.first, first != ".", first != "-", first != " ", first != "~", !name.contains("..")
        else {
            return "it begins like a path or an option"
        }
        guard let last = name.last, last != ".", last != " " else { return "it ends with a dot or a blank" }
        var stem = name.prefix { $0 != "." }.lowercased()
        while stem.last == " " { stem.removeLast() }
        let isNumbered = stem.last?.isNumber == true && numberedDevices.contains(String(stem.dropLast()))
        return isNumbered || devices.contains(stem) ? "it is the name of a device" : nil
    }
}
