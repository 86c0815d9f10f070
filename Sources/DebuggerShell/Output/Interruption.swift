import Synchronization

/// A wish to stop the command that runs, which may come from a signal handler or from another thread.
public final class Interruption: Sendable {
    private let wish = Atomic(false)

    /// Makes one without a wish.
    public init() {}

    /// Asks the running command to stop.
    public func request() { wish.store(true, ordering: .relaxed) }

    /// Forgets the wish: a new command begins.
    public func reset() { wish.store(false, ordering: .relaxed) }

    /// Whether the command should stop.
    public var isRequested: Bool { wish.load(ordering: .relaxed) }
}
