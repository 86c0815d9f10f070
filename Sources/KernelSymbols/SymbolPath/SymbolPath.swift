/// A symbol path, taken apart as the debuggers do (`users-and-practice.md` §2.1); nothing of it is looked at.
///
///     path    := element *( ";" element )
///     element := "" | "srv" *( "*" store ) | "symsrv*" library *( "*" store ) | "cache*" [ folder ] | folder | url
public struct SymbolPath: Hashable, Sendable {
    /// A place in a chain.
    public enum Store: Hashable, Sendable {
        /// The default store, which the path leaves unnamed.
        case defaultStore
        /// A folder of this system.
        case folder(String)
        /// A server.
        case server(SymbolServerURL)
        /// Cannot be used here, and why.
        case unusable(String, reason: String)
    }

    /// What an element stands for.
    public enum Kind: Hashable, Sendable {
        /// `srv*near*…*far`: a file found in one store is copied into those left of it.
        case chain([Store])
        /// `cache*folder`: keeps what is found to its right.
        case cache(Store)
        /// A plain folder.
        case folder(String)
        /// Cannot be used here, and why.
        case unusable(reason: String)
    }

    /// A part of the path between semicolons.
    public struct Element: Hashable, Sendable {
        /// How it is written, without the blanks and quotes around it.
        public let text: String
        /// What it stands for.
        public let kind: Kind
        /// What is odd about it, a sentence each.
        public let warnings: [String]
    }

    /// Its elements from left to right; empty ones stand for nothing and are left out.
    public let elements: [Element]

    /// Most stores after a prefix that the debuggers know.
    private static let mostStores = 10

    /// Takes a symbol path apart.
    ///
    /// - Parameters:
    ///   - text: The path as it stands in a variable or an option.
    ///   - environment: Variables, for `%NAME%` in the path; a variable that is not set makes its element unusable.
    public init(_ text: String, environment: @escaping (String) -> String? = { _ in nil }) {
        let parser = PlaceText(environment: environment)
        elements = text.split(separator: ";").map { Self.trimmed($0) }.filter { !$0.isEmpty }.map {
            Self.element($0, parser)
        }
    }

    /// Whether a server stands in the path.
    public var namesServer: Bool {
        elements.contains { element in
            guard case .chain(let stores) = element.kind else { return false }
            return stores.contains { if case .server = $0 { true } else { false } }
        }
    }

    /// Blanks and quotes around elements and stores are met in the field.
    private static func trimmed(_ text: some StringProtocol) -> String {
        let isOuter = { (character: Character) in character.isWhitespace || character == "\"" || character == "'" }
        var rest = Substring(text).drop(while: isOuter)
        while let last = rest.last, isOuter(last) { rest.removeLast() }
        return String(rest)
    }

    private static func element(_ text: String, _ parser: PlaceText) -> Element {
        let parts = text.split(separator: "*", omittingEmptySubsequences: false).map { trimmed($0) }
        let shown = parser.withoutPasswords(text)
        switch parts[0].lowercased() {
        case "srv": return chain(shown, parts.dropFirst(), parser)
        case "symsrv" where parts.count > 1:
            let library = parts[1].lowercased()
            guard ["symsrv.dll", "symsrv", ""].contains(library) else {
                let reason = "asks the library \(parts[1]), which only a Windows debugger can load"
                return Element(text: shown, kind: .unusable(reason: reason), warnings: [])
            }
            return chain(shown, parts.dropFirst(2), parser)
        case "cache" where parts.count > 1: return cache(shown, parts.dropFirst(), parser)
        default:
            guard parts.count == 1 else {
                let reason = "begins with \(parts[0])*, which is none of srv*, symsrv* and cache*"
                return Element(text: shown, kind: .unusable(reason: reason), warnings: [])
            }
            return plain(shown, parts[0], parser)
        }
    }

    private static func plain(_ shown: String, _ text: String, _ parser: PlaceText) -> Element {
        switch parser.store(text) {
        case .server(let url): Element(text: shown, kind: .chain([.server(url)]), warnings: [])
        case .folder(let path): Element(text: shown, kind: .folder(path), warnings: [])
        case .unusable(_, let reason): Element(text: shown, kind: .unusable(reason: reason), warnings: [])
        case .defaultStore: Element(text: shown, kind: .chain([.defaultStore]), warnings: [])
        }
    }

    private static func chain(_ shown: String, _ parts: ArraySlice<String>, _ parser: PlaceText) -> Element {
        var stores: [Store] = []
        for part in parts.isEmpty ? [""] : parts {
            let store = parser.store(part)
            if !stores.contains(store) { stores.append(store) }
        }
        var warnings: [String] = []
        if parts.count > mostStores { warnings.append("more than \(mostStores) stores in one chain") }
        let servers = stores.indices.filter { if case .server = stores[$0] { true } else { false } }
        if servers.count > 1 { warnings.append("two servers in one chain: debuggers take only one") }
        if servers.contains(where: { $0 != stores.count - 1 }), servers.count < 2 {
            warnings.append("a server that is not the last of its chain: debuggers want it there")
        }
        return Element(text: shown, kind: .chain(stores), warnings: warnings)
    }

    private static func cache(_ shown: String, _ parts: ArraySlice<String>, _ parser: PlaceText) -> Element {
        let store = parser.store(parts.first ?? "")
        let isLong = parts.dropFirst().contains { !$0.isEmpty }
        let warnings = isLong ? ["more than one folder after cache*: only the first is used"] : []
        if case .server = store {
            return Element(text: shown, kind: .unusable(reason: "a server cannot be a cache"), warnings: [])
        }
        if case .unusable(_, let reason) = store {
            return Element(text: shown, kind: .unusable(reason: reason), warnings: warnings)
        }
        return Element(text: shown, kind: .cache(store), warnings: warnings)
    }
}
