/// Who must let go.
public enum Holder: Hashable, Comparable, Sendable {
    /// A process, by its position in the analysis' processes.
    case process(Int)
    /// The kernel: a kernel handle, or references that no table explains.
    case kernel
    /// A session's own cached token.
    case itself
    /// The object counts handles that no readable table shows.
    case unknown
}
