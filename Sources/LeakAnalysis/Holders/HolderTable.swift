/// A value for every holder there can be, in a flat array: processes by position, then the others.
struct HolderTable<Value: Sendable>: Sendable {
    private var values: [Value]
    private let processCount: Int

    /// The same value for all.
    init(processCount: Int, repeating value: Value) {
        self.processCount = processCount
        values = Array(repeating: value, count: processCount + 3)
    }

    subscript(holder: Holder) -> Value {
        get { values[slot(of: holder)] }
        _modify { yield &values[slot(of: holder)] }
    }

    /// All holders in their order, with their values.
    var entries: some Sequence<(holder: Holder, value: Value)> {
        values.indices.lazy.map { (holder(at: $0), values[$0]) }
    }

    private func slot(of holder: Holder) -> Int {
        switch holder {
        case .process(let position): position
        case .kernel: processCount
        case .itself: processCount + 1
        case .unknown: processCount + 2
        }
    }

    private func holder(at slot: Int) -> Holder {
        switch slot - processCount {
        case 0: .kernel
        case 1: .itself
        case 2: .unknown
        default: .process(slot)
        }
    }
}
