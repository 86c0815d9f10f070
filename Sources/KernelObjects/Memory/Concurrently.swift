import Dispatch
import Synchronization

/// The results of two calculations that do not need each other, done at the same time.
package func concurrently<First: Sendable, Second: Sendable>(
    _ first: @Sendable () -> First, _ second: @Sendable () -> Second
) -> (First, Second) {
    let firstResult = Mutex<First?>(nil)
    let secondResult = Mutex<Second?>(nil)
    DispatchQueue.concurrentPerform(iterations: 2) { number in
        if number == 0 {
            let result = first()
            firstResult.withLock { $0 = result }
        } else {
            let result = second()
            secondResult.withLock { $0 = result }
        }
    }
    // Both have been done; nothing is calculated twice.
    return (firstResult.withLock(\.self) ?? first(), secondResult.withLock(\.self) ?? second())
}
