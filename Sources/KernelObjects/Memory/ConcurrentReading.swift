import Dispatch
import KernelSymbols
import Synchronization

/// Works through many parts of a dump on all processors; results stand in the order of the parts, whoever was first.
///
/// Each worker has a ``ReadingContext`` of its own; the system runs no more of them at once than there are processors.
func readConcurrently<Part: Sendable, Result: Sendable>(
    _ parts: [Part], in kernel: Kernel, _ body: @Sendable (Part, ReadingContext) -> Result
) -> [Result] {
    let next = Atomic(0)
    let results = Mutex<[(index: Int, result: Result)]>([])
    DispatchQueue.concurrentPerform(iterations: min(mostWorkers, parts.count)) { _ in
        let context = ReadingContext(kernel)
        while true {
            let index = next.wrappingAdd(1, ordering: .relaxed).oldValue
            guard index < parts.count else { return }
            let result = body(parts[index], context)
            results.withLock { $0.append((index, result)) }
        }
    }
    return results.withLock { $0.sorted { $0.index < $1.index }.map(\.result) }
}

/// More workers would not read faster: they share one memory.
private let mostWorkers = 16
