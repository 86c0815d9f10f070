/// Which pseudonym stands for which name.
///
/// Numbers are given in the order in which names come up, so that the same dump gives the same key. A key that was kept makes the same
/// names the same pseudonyms in another dump.
public struct RedactionKey: Sendable {
    /// Name and version of the JSON form.
    public static let schema = "logonleak/redaction-key/1"

    /// What a name names.
    public enum Kind: String, Hashable, Sendable, CaseIterable {
        /// An account.
        case user
        /// A domain or another authority.
        case domain
        /// A computer.
        case machine
        /// The part of a SID that a domain, a directory or a machine owns.
        case sid
        /// A folder.
        case folder
        /// A file that was opened.
        case file
    }

    /// A name and what stands for it.
    public struct Entry: Hashable, Sendable {
        /// What it names.
        public let kind: Kind
        /// The name, as it was spelt first.
        public let name: String
        /// What stands for it.
        public let pseudonym: String

        /// Makes an entry.
        public init(kind: Kind, name: String, pseudonym: String) {
            self.kind = kind
            self.name = name
            self.pseudonym = pseudonym
        }
    }

    private struct Name: Hashable {
        let kind: Kind
        let folded: String
    }

    /// All entries, in the order in which they were made.
    public private(set) var entries: [Entry] = []
    private var pseudonyms: [Name: String] = [:]
    private var counts: [Kind: Int] = [:]

    /// Makes a key of entries that were kept.
    public init(_ entries: [Entry] = []) {
        for entry in entries {
            let name = Name(kind: entry.kind, folded: entry.name.lowercased())
            guard pseudonyms[name] == nil else { continue }
            pseudonyms[name] = entry.pseudonym
            self.entries.append(entry)
            let number = entry.pseudonym.split(separator: "-").last.flatMap { Int($0) } ?? 0
            counts[entry.kind] = Swift.max(counts[entry.kind] ?? 0, number)
        }
    }

    /// The pseudonym of a name, made where it has none. Upper and lower case are the same, as they are to Windows.
    ///
    /// - Parameter form: Makes a pseudonym of a new number.
    mutating func pseudonym(of name: String, _ kind: Kind, form: (Int) -> String) -> String {
        let key = Name(kind: kind, folded: name.lowercased())
        if let known = pseudonyms[key] { return known }
        let number = (counts[kind] ?? 0) &+ 1
        counts[kind] = number
        let pseudonym = form(number)
        pseudonyms[key] = pseudonym
        entries.append(Entry(kind: kind, name: name, pseudonym: pseudonym))
        return pseudonym
    }

    mutating func pseudonym(of name: String, _ kind: Kind) -> String {
        pseudonym(of: name, kind) { number in
            let digits = String(number)
            let width = kind == .user ? 4 : 2
            return "\(kind.rawValue)-" + String(repeating: "0", count: Swift.max(0, width - digits.count)) + digits
        }
    }

    /// Whether a name has a pseudonym of a kind.
    func knows(_ name: String, _ kind: Kind) -> Bool {
        pseudonyms[Name(kind: kind, folded: name.lowercased())] != nil
    }

    /// Writes the key as JSON.
    public func writeJSON(tool: ToolIdentity, to sink: @escaping ReportSink) {
        var writer = JSONWriter(expandedLevels: 2, sink: sink)
        writer.object { writer in
            writer.head(schema: Self.schema, tool)
            writer.array("entries", entries) { writer, entry in
                writer.object { writer in
                    writer.field("kind", entry.kind.rawValue)
                    writer.field("name", entry.name)
                    writer.field("pseudonym", entry.pseudonym)
                }
            }
        }
        writer.finish()
    }
}
