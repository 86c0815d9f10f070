import Synchronization

/// Tells a waiting person on stderr what the program is doing: only on a terminal, only after a second, and gone when it is done.
final class Progress: Sendable {
    private struct State {
        var stage = ""
        var isRunning = true
        var isShown = false
    }

    private let state = Mutex(State())
    private let stream = StandardStream.error
    private static let delay = Duration.seconds(1)
    private static let interval = Duration.milliseconds(500)

    /// Starts watching; shows nothing where stderr is no terminal or the user asked for quiet.
    init(isQuiet: Bool) {
        guard !isQuiet, stream.isTerminal else { return }
        let start = ContinuousClock.now
        Task.detached { [self] in
            try? await Task.sleep(for: Self.delay)
            while show(elapsed: ContinuousClock.now - start) { try? await Task.sleep(for: Self.interval) }
        }
    }

    /// Names what is being done now.
    func enter(_ stage: String) { state.withLock { $0.stage = stage } }

    /// Takes the line away until it is shown again, so that something else can be written.
    func clear() {
        state.withLock { state in
            if state.isShown { stream.write("\r\u{1B}[K") }
            state.isShown = false
        }
    }

    /// Takes the line away; nothing is shown after this.
    func finish() {
        state.withLock { state in
            state.isRunning = false
            if state.isShown { stream.write("\r\u{1B}[K") }
            state.isShown = false
        }
    }

    private func show(elapsed: Duration) -> Bool {
        state.withLock { state in
            guard state.isRunning else { return false }
            state.isShown = true
            stream.write("\r\u{1B}[K\(state.stage) … \(elapsed.components.seconds) s")
            return true
        }
    }
}
