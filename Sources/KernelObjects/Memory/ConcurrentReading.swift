import Dispatch
import KernelSymbols
import Synchronization

/// Works through many parts of a dump on all processors; results and gaps stand in the order of the parts, whoever was first.
///
/// - Parameters:
///   - parts: What there is to do.
///   - context: Whose dump it is; takes in the gaps.
///   - makeReader: Makes what a worker keeps from part to part, over a context of the worker's own.
///   - body: Does one part.
func readConcurrently<Part: Sendable, Reader: ~Copyable, Result: Sendable>(
    _ parts: [Part], in context: ReadingContext, makeReader: @Sendable (ReadingContext) -> Reader,
    _ body: @Sendable (inout Reader, Part) -> Result
) -> [Result] {
    let next = Atomic(0)
    let results = Mutex<[(index: Int, result: Result, gaps: ReadingContext.Notes)]>([])
    let kernel = context.kernel
    DispatchQueue.concurrentPerform(iterations: min(mostWorkers, parts.count)) { _ in
        let own = ReadingContext(kernel)
        var reader = makeReader(own)
        while true {
            let index = next.wrappingAdd(1, ordering: .relaxed).oldValue
            guard index < parts.count else { return }
            let result = body(&reader, parts[index])
            let gaps = own.takeNotes()
            results.withLock { $0.append((index, result, gaps)) }
        }
    }
    let ordered = results.withLock { done in
        defer { done = [] }
        return done.sorted { $0.index < $1.index }
    }
    for part in ordered { context.adopt(part.gaps) }
    return ordered.map(\.result)
}

/// More workers would not read faster: they share one memory. The system runs no more of them at once than there are processors.
private let mostWorkers = 16
