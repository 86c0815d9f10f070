/// Collects holders from many lists, most of which are the same one.
struct HolderUnion {
    private var last: [Holder] = []
    private var isSole = true
    private var all: Set<Holder> = []

    /// Adds a sorted list without repetitions.
    mutating func add(_ holders: [Holder]) {
        guard !holders.isEmpty, holders != last else { return }
        if !last.isEmpty { isSole = false }
        last = holders
        all.formUnion(holders)
    }

    /// Adds holders in any order.
    mutating func add(unsorted holders: [Holder]) { add(Set(holders).sorted()) }

    /// Whether nobody was added.
    var isEmpty: Bool { all.isEmpty }

    /// All of them, sorted; the list itself where only one was added.
    var sorted: [Holder] { isSole ? last : all.sorted() }
}
