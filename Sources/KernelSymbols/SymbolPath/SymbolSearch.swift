/// A symbol file that was found and is what was asked for.
public struct FoundSymbolFile: Hashable, Sendable {
    /// What is in it.
    public enum Form: Hashable, Sendable {
        /// A program database, checked by its GUID and age.
        case programDatabase
        /// A Volatility symbol file, by its name.
        case volatilitySymbolFile
    }

    /// Where it lies; where it was copied, the copy nearest to the user.
    public let path: String
    /// What is in it.
    public let form: Form
    /// Where it was found.
    public let location: SymbolLocation
}

/// What became of one place that was searched.
public struct SymbolSearchStep: Hashable, Sendable {
    /// How it ended.
    public enum Outcome: String, Hashable, Sendable {
        /// The file is what was asked for.
        case accepted
        /// A copy could not be kept; the search went on.
        case notCopied
        /// The place has no such file.
        case absent
        /// There is a file, but it is not what was asked for.
        case refused
        /// A server that may not be asked here.
        case notAsked
        /// The place cannot be searched.
        case unusable
        /// The place was searched, but failed.
        case failed
    }

    /// The place.
    public let location: SymbolLocation
    /// How it ended.
    public let outcome: Outcome
    /// The file or address that it is about; nil where it is about the whole place.
    public let path: String?
    /// Why, in words.
    public let reason: String

    /// The step in one line: the place or file, and why.
    public var text: String { "\(path ?? location.place): \(reason)" }
}

/// Looks for symbol files in the places of symbol paths: the first file that is what was asked for is taken.
public struct SymbolSearch: Sendable {
    /// What came of a search.
    public struct Result: Sendable {
        /// The file; nil where no place has it.
        public internal(set) var file: FoundSymbolFile?
        /// What became of each place that was searched, in order.
        public internal(set) var steps: [SymbolSearchStep] = []
    }

    /// The places.
    public let order: SymbolSearchOrder
    let transfer: (any SymbolTransfer)?
    let asksServer: @Sendable (SymbolLocation) -> Bool
    /// Whether nothing is written: no copy is kept, nothing is unpacked.
    let changesNothing: Bool

    /// Most bytes of a symbol file that is unpacked.
    static let largestFile = 2 << 30

    /// A search that asks no server.
    ///
    /// - Parameters:
    ///   - order: Where to look.
    ///   - changesNothing: Whether nothing is written: no copy is kept, nothing is unpacked.
    public init(_ order: SymbolSearchOrder, changesNothing: Bool = false) {
        self.order = order
        self.changesNothing = changesNothing
        transfer = nil
        asksServer = { _ in false }
    }

    /// A search that asks servers too.
    ///
    /// - Parameter asksServer: Whether a server may be asked; the others are named in the steps.
    package init(
        _ order: SymbolSearchOrder, transfer: (any SymbolTransfer)?,
        asksServer: @escaping @Sendable (SymbolLocation) -> Bool = { _ in true }
    ) {
        self.order = order
        self.transfer = transfer
        self.asksServer = asksServer
        changesNothing = false
    }

    /// Looks for a file, place by place, until one is what was asked for.
    ///
    /// - Parameters:
    ///   - request: What is looked for.
    ///   - objection: Looks at a file that has the right identity; what it says against it, the search goes on for.
    public func find(
        _ request: SymbolFileRequest, objection: (FoundSymbolFile) -> String? = { _ in nil }
    ) -> Result {
        withoutActuallyEscaping(objection) { find(request, $0) }
    }

    private func find(_ request: SymbolFileRequest, _ objection: @escaping (FoundSymbolFile) -> String?) -> Result {
        var run = SymbolSearchRun(search: self, request: request, objection: objection)
        for location in order.locations where run.result.file == nil { run.search(location) }
        return run.result
    }
}
