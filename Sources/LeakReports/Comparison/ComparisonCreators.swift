import KernelObjects
import LeakAnalysis

/// The creation stacks of a comparison by creator, and by the kernel's routines that they came through.
struct ComparisonCreators {
    /// A creator with its ways.
    struct Row {
        let name: String
        var tokens = Growth.none
        var ways: [(way: String, tokens: Growth)] = []
    }

    /// Creators whose number of tokens changed, what grew most first.
    let rows: [Row]

    init(_ comparison: Comparison) {
        var ways: [String: [String: Growth]] = [:]
        for change in comparison.creations {
            let name = "\(change.key.processID):\(change.key.imageName) (\(change.key.method.word))"
            let newest = [comparison.new.snapshot, comparison.old.snapshot]
                .first { snapshot in change.key.trace.contains { snapshot.frames[$0] != nil } }
            let way = newest?.wayText(of: change.key.trace) ?? "a stack without known frames"
            ways[name, default: [:]][way, default: .none] = (ways[name]?[way] ?? .none) + change.tokens
        }
        let rows = ways.map { name, ways in
            Row(
                name: name, tokens: ways.values.reduce(.none, +),
                ways: ways.map { ($0.key, $0.value) }.filter { $0.1.change != 0 }.sorted {
                    ($1.1.change, $0.0) < ($0.1.change, $1.0)
                })
        }
        self.rows = rows.filter { $0.tokens.change != 0 }
            .sorted { ($1.tokens.change, $0.name) < ($0.tokens.change, $1.name) }
    }
}
