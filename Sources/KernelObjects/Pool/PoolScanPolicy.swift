/// When the kernel's pool is searched for what nothing lists.
public enum PoolScanPolicy: String, Hashable, Sendable, CaseIterable {
    /// When the Token type counts more objects than were found by all other ways or its count cannot be read, and when the list of processes
    /// is broken.
    case auto
    /// Always.
    case pool
    /// Never.
    case never
}
