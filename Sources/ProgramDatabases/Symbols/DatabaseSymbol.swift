/// A name with an address, out of a PDB.
public struct DatabaseSymbol: Hashable, Sendable {
    /// What the record says of it.
    public enum Kind: Hashable, Sendable {
        /// A name that the linker made public: function or data.
        case `public`
        /// A variable.
        case data
        /// A variable of which each thread has its own; its address is that of the first values.
        case threadData
        /// A function.
        case function
    }

    /// The name as the linker knows it, decorated where it is.
    public let name: String
    /// Distance in bytes from the image's base; nil for an absolute symbol, and for code that was removed after linking.
    public let rva: UInt32?
    /// What the record says of it.
    public let kind: Kind
    /// Whether it lies in code, by its record or by the flags of its section.
    public let isCode: Bool
    /// Bytes of a function, where the PDB tells: public symbols never do.
    public let byteCount: UInt32?
}

extension DatabaseSymbol {
    /// Orders by address, then by the bytes of the name; symbols without an address come last.
    static func isBefore(_ left: DatabaseSymbol, _ right: DatabaseSymbol) -> Bool {
        let places = (left.rva.map(UInt64.init) ?? .max, right.rva.map(UInt64.init) ?? .max)
        guard places.0 == places.1 else { return places.0 < places.1 }
        return left.name.utf8.lexicographicallyPrecedes(right.name.utf8)
    }

    /// Sorted, and each name at an address once: a function is often public and private. What tells a size is kept.
    static func distinct(_ symbols: [DatabaseSymbol]) -> [DatabaseSymbol] {
        var result: [DatabaseSymbol] = []
        for symbol in symbols.sorted(by: isBefore) {
            guard let last = result.last, last.name == symbol.name, last.rva == symbol.rva else {
                result.append(symbol)
                continue
            }
            if last.byteCount == nil, symbol.byteCount != nil { result[result.count - 1] = symbol }
        }
        return result
    }
}
