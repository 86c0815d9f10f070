/// The address of a symbol server, `https://host/path`.
public struct SymbolServerURL: Hashable, Sendable, CustomStringConvertible {
    private let base: String
    private let query: String

    /// Takes an address; nil where it is none of a server behind HTTP or HTTPS, or has a part that no server's has.
    public init?(_ text: String) {
        guard text.lowercased().hasPrefix("http://") || text.lowercased().hasPrefix("https://"),
            text.unicodeScalars.allSatisfy({ $0.isASCII && $0.value > 0x20 && $0.value < 0x7F }),
            !text.contains(where: { "\"'<>\\^`{|}#*;".contains($0) })
        else { return nil }
        let parts = text.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        var base = parts[0]
        while base.last == "/" { base.removeLast() }
        guard let mark = base.firstRange(of: "://") else { return nil }
        let authority = base[mark.upperBound...].prefix { $0 != "/" }
        let host = authority.split(separator: "@", omittingEmptySubsequences: false).last ?? ""
        guard !host.isEmpty, host.first != ":", host.first != "-" else { return nil }
        self.base = String(base)
        query = parts.count > 1 ? "?" + parts[1] : ""
    }

    /// The address of a file below the server's; what is not plain in a part is escaped.
    package func address(of parts: [String]) -> String {
        base + parts.map { "/" + Self.escaped($0) }.joined() + query
    }

    /// The address under which a server of one tier keeps a file.
    public func address(of request: SymbolFileRequest) -> String {
        address(of: [request.name, request.key, request.name])
    }

    /// The address for people: what may be a password is left out.
    public var description: String {
        guard let mark = base.firstRange(of: "://"),
            let end = base[mark.upperBound...].prefix(while: { $0 != "/" }).lastIndex(of: "@")
        else { return base }
        return base[..<mark.upperBound] + "…" + base[end...]
    }

    private static func escaped(_ part: String) -> String {
        part.utf8.map { byte in
            let character = Character(Unicode.Scalar(byte))
            let isPlain = character.isASCII && (character.isLetter || character.isNumber || "-._~".contains(character))
            return isPlain
                ? String(character)
                : "%" + String(byte >> 4, radix: 16, uppercase: true)
                    + String(byte & 0xF, radix: 16, uppercase: true)
        }.joined()
    }
}
