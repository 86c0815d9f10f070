import BinaryReading

/// A security identifier.
public struct SID: Hashable, Comparable, Sendable, CustomStringConvertible {
    /// The issuing authority, 48 bits.
    public let identifierAuthority: UInt64
    /// The parts after the authority, at most 15.
    public let subAuthorities: [UInt32]

    /// Makes an identifier of its parts.
    public init(identifierAuthority: UInt64, subAuthorities: [UInt32]) {
        self.identifierAuthority = identifierAuthority
        self.subAuthorities = subAuthorities
    }

    /// Reads the text form, `S-1-5-18`; nil where the text is something else.
    public init?(_ text: some StringProtocol) {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        guard parts.count >= 3, parts[0] == "S" || parts[0] == "s", parts[1] == "1", parts.count <= 18 else {
            return nil
        }
        let authority = parts[2].hasPrefix("0x") ? UInt64(parts[2].dropFirst(2), radix: 16) : UInt64(parts[2])
        guard let authority, authority < 1 << 48 else { return nil }
        var rest: [UInt32] = []
        for part in parts.dropFirst(3) {
            guard let number = UInt32(part) else { return nil }
            rest.append(number)
        }
        self.init(identifierAuthority: authority, subAuthorities: rest)
    }

    /// Orders by authority, then part by part.
    public static func < (left: SID, right: SID) -> Bool {
        if left.identifierAuthority != right.identifierAuthority {
            return left.identifierAuthority < right.identifierAuthority
        }
        return left.subAuthorities.lexicographicallyPrecedes(right.subAuthorities)
    }

    /// The text form; authorities of 2^32 and above stand in hex, as Windows writes them.
    public var description: String {
        let authority =
            identifierAuthority < 1 << 32
            ? String(identifierAuthority) : "0x" + identifierAuthority.paddedHexDigits(12)
        return subAuthorities.reduce("S-1-" + authority) { $0 + "-" + String($1) }
    }
}
