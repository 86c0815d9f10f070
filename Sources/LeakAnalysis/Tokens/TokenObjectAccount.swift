import KernelObjects

/// How many token objects the kernel counts, and how many were found in which way; a token may be found in several.
public struct TokenObjectAccount: Hashable, Sendable {
    /// `TotalNumberOfObjects` of the Token type; nil where it cannot be read.
    public let typeTotal: Int?
    /// Tokens found.
    public let found: Int
    /// By token lists; nil where that source was not read.
    public let byTokenList: Int?
    /// By handle tables.
    public let byHandle: Int?
    /// As primary tokens.
    public let byPrimary: Int?
    /// As impersonation tokens.
    public let byImpersonation: Int?
    /// By a scan of the pool.
    public let byScan: Int?

    /// Tokens that the kernel counts and nothing led to; nil without a total.
    public var unexplained: Int? { typeTotal.map { $0 - found } }

    init(_ snapshot: Snapshot) {
        typeTotal = snapshot.tokenTypeTotals.map { Int($0.objects) }
        found = snapshot.tokens.count
        func count(_ source: Token.Sources) -> Int? {
            guard snapshot.coverage.tokenSources.contains(source) else { return nil }
            return snapshot.tokens.count { $0.sources.contains(source) }
        }
        byTokenList = count(.tokenList)
        byHandle = count(.handle)
        byPrimary = count(.primaryToken)
        byImpersonation = count(.impersonation)
        byScan = count(.poolScan)
    }
}
