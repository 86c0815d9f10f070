import BinaryReading

/// What was found for one question about symbols.
public struct SymbolAnswer: Sendable {
    /// A symbol that fits.
    public struct Match: Hashable, Sendable {
        /// The name.
        public var name: String
        /// Distance in bytes from the image's base; nil for a symbol that has none.
        public var rva: UInt32?
        /// Distance from the symbol to the address that was asked for, 0 where a name was asked for.
        public var displacement: UInt32
        /// Address in the dump; nil where no dump was named.
        public var address: UInt64?

        /// Makes a match.
        public init(name: String, rva: UInt32?, displacement: UInt32 = 0, address: UInt64? = nil) {
            self.name = name
            self.rva = rva
            self.displacement = displacement
            self.address = address
        }
    }

    /// The question, as it was asked.
    public var query: String
    /// The symbols found; to an address, all names at the greatest address not above it.
    public var matches: [Match]

    /// Makes an answer.
    public init(query: String, matches: [Match]) {
        self.query = query
        self.matches = matches
    }

    /// Writes answers as JSON, an object a line: `{"query","matches":[{"name","rva","displacement","address"}]}`.
    public static func writeJSON(_ answers: some Sequence<SymbolAnswer>, to sink: @escaping ReportSink) {
        var writer = JSONWriter(expandedLevels: 0, sink: sink)
        for answer in answers {
            writer.object { writer in
                writer.field("query", answer.query)
                writer.array("matches", answer.matches) { writer, match in
                    writer.object { writer in
                        writer.field("name", match.name)
                        writer.hex("rva", match.rva)
                        writer.field("displacement", match.rva == nil ? nil : match.displacement)
                        writer.hex("address", match.address)
                    }
                }
            }
            writer.endLine()
        }
        writer.finishLines()
    }

    /// The symbols for people, a line each: where it lies, its name, and how far the address is from it.
    public func render() -> String {
        matches.map { match in
            let place =
                match.address.map { VirtualAddress($0).debuggerText } ?? match.rva.map { "0x" + $0.paddedHexDigits(8) }
                ?? "-         "
            return "\(place)  \(match.name.terminalSafe)"
                + (match.displacement > 0 ? "+\(match.displacement.hexText)" : "") + "\n"
        }.joined()
    }
}
