/// When the kernel's pool is searched for tokens that nothing lists.
public enum PoolScanPolicy: String, Hashable, Sendable, CaseIterable {
    /// When the Token type counts more objects than were found by all other ways, or its count cannot be read.
    case auto
    /// Always.
    case pool
    /// Never.
    case never

    /// Whether to search, when `found` tokens are known and the Token type counts `total`.
    func isNeeded(found: Int, total: UInt32?) -> Bool {
        switch self {
        case .auto: total.map { Int($0) > found } ?? true
        case .pool: true
        case .never: false
        }
    }
}
