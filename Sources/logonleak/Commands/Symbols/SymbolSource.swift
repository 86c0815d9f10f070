import BinaryReading
import KernelProfiles
import LeakReports
import ProgramDatabases

/// Something that answers questions about types and symbols.
protocol SymbolSource {
    /// What it is, for people.
    var title: String { get }
    /// What the user should know of it after questions about types, or about symbols.
    func warnings(ofTypes: Bool) -> [String]
    /// Address of the image in a dump; nil where addresses are RVAs.
    var imageBase: UInt64? { get }

    /// Types of a name, of a pattern with `*` and `?`, or of a number of a type (`0x1234`).
    func types(_ query: String) throws(Failure) -> [DescribedType]
    /// Symbols of exactly that name.
    func symbols(named name: String) -> [SymbolAnswer.Match]
    /// Symbols whose name fits a pattern.
    func symbols(matching pattern: NamePattern) -> [SymbolAnswer.Match]
    /// All names at the greatest address that is not above an RVA.
    func nearestSymbols(to rva: UInt32) -> [SymbolAnswer.Match]
}

extension SymbolSource {
    /// Answers a question: a name, a pattern, or an address.
    func answer(_ query: String) -> SymbolAnswer {
        var matches: [SymbolAnswer.Match] = []
        if query.hasPrefix("0x") || query.hasPrefix("0X"), let address = UInt64(hexText: query) {
            if let rva = rva(of: address) { matches = nearestSymbols(to: rva) }
        } else if NamePattern.isPattern(query) {
            matches = symbols(matching: NamePattern(query))
        } else if !query.isEmpty {
            matches = symbols(named: query)
        }
        if let imageBase {
            for index in matches.indices { matches[index].address = matches[index].rva.map { imageBase &+ UInt64($0) } }
        }
        return SymbolAnswer(query: query, matches: matches)
    }

    /// Distance of an address from the image; nil where it lies before it or too far behind.
    private func rva(of address: UInt64) -> UInt32? {
        guard let imageBase else { return UInt32(exactly: address) }
        guard address >= imageBase else { return nil }
        return UInt32(exactly: address - imageBase)
    }
}

/// How deep the fields of nameless types are shown within each other, and how many in all.
enum InnerFields {
    static let maximumNesting = 8
    static let maximumCount = 20_000
}
