/// One place where symbols are looked for, with the stores that keep a copy of what is found there.
public struct SymbolLocation: Hashable, Sendable {
    /// What kind of place it is.
    public enum Kind: Hashable, Sendable {
        /// A plain folder, or a store that somebody names as one.
        case folder(String)
        /// A symbol store in a folder.
        case store(String)
        /// A server.
        case server(SymbolServerURL)
        /// Cannot be searched, and why.
        case unusable(reason: String)
    }

    /// Where it is named: `--symbols`, or the name of a variable.
    public let origin: String
    /// The element of the path that it comes from, as it is written.
    public let element: String
    /// What kind of place it is.
    public let kind: Kind
    /// Folders of the stores into which a file that is found here is copied, the farthest from the user first.
    public let copies: [String]

    /// The place itself, for people.
    public var place: String {
        switch kind {
        case .folder(let path), .store(let path): path
        case .server(let url): url.description
        case .unusable: element
        }
    }
}

/// All places of one or more symbol paths, in the order in which they are searched.
public struct SymbolSearchOrder: Hashable, Sendable {
    /// The places.
    public private(set) var locations: [SymbolLocation] = []
    /// What is odd about the paths, a sentence each.
    public private(set) var warnings: [String] = []
    /// The folder of the default store; nil where there is none.
    public let defaultStore: String?

    /// An order without places.
    public init(defaultStore: String?) { self.defaultStore = defaultStore }

    /// Whether a server is among the places.
    public var namesServer: Bool {
        locations.contains { if case .server = $0.kind { true } else { false } }
    }

    /// Adds the places of a path after those that are there.
    ///
    /// - Parameters:
    ///   - path: The path.
    ///   - origin: Where the path is named: `--symbols`, or the name of a variable.
    public mutating func append(_ path: SymbolPath, origin: String) {
        var caches: [String] = []
        for element in path.elements {
            warnings += element.warnings.map { "\(element.text) in \(origin): \($0)" }
            switch element.kind {
            case .folder(let folder): add(.folder(folder), element, origin, copies: caches)
            case .unusable(let reason): add(.unusable(reason: reason), element, origin)
            case .cache(let store):
                guard let folder = folder(of: store) else {
                    add(.unusable(reason: Self.noDefaultStore), element, origin)
                    continue
                }
                add(.store(folder), element, origin)
                // What lies nearer to the user stands to the left.
                caches.insert(folder, at: 0)
            case .chain(let stores): append(stores, of: element, origin, caches: caches)
            }
        }
    }

    private static let noDefaultStore = "there is no default store: neither DBGHELP_HOMEDIR nor a home folder is set"

    private func folder(of store: SymbolPath.Store) -> String? {
        switch store {
        case .defaultStore: defaultStore
        case .folder(let folder): folder
        case .server, .unusable: nil
        }
    }

    /// The stores of a chain. A chain that names a store of its own keeps its files there; another one in the caches before it; and what
    /// a server sends in the default store where neither is named.
    private mutating func append(
        _ stores: [SymbolPath.Store], of element: SymbolPath.Element, _ origin: String, caches: [String]
    ) {
        var stores = stores
        if stores.count == 1, case .server = stores[0], caches.isEmpty { stores.insert(.defaultStore, at: 0) }
        var downstream: [String] = []
        for store in stores {
            switch store {
            case .server(let url):
                add(.server(url), element, origin, copies: downstream.isEmpty ? caches : downstream)
            case .unusable(let text, let reason):
                add(.unusable(reason: stores.count > 1 ? "\(text): \(reason)" : reason), element, origin)
            case .defaultStore, .folder:
                guard let folder = folder(of: store) else {
                    add(.unusable(reason: Self.noDefaultStore), element, origin)
                    continue
                }
                add(.store(folder), element, origin, copies: downstream.isEmpty ? caches : downstream)
                downstream.insert(folder, at: 0)
            }
        }
    }

    private mutating func add(
        _ kind: SymbolLocation.Kind, _ element: SymbolPath.Element, _ origin: String, copies: [String] = []
    ) {
        locations.append(SymbolLocation(origin: origin, element: element.text, kind: kind, copies: copies))
    }
}

extension SymbolSearchOrder {
    /// The places that fulfil a condition, in the same order.
    public func filtered(_ isWanted: (SymbolLocation) -> Bool) -> SymbolSearchOrder {
        var order = SymbolSearchOrder(defaultStore: defaultStore)
        order.locations = locations.filter(isWanted)
        order.warnings = warnings
        return order
    }
}
