import KernelSymbols
import LeakReports

/// What came of getting one symbol file.
struct SymbolFetch {
    let file: WantedSymbols.File
    let result: SymbolSearch.Result

    private var accepted: SymbolSearchStep? { result.steps.first { $0.outcome == .accepted } }

    /// A line for people.
    var text: String {
        guard let found = result.file else { return "\(file.request.name) \(file.request.key): not found\n" }
        let source = accepted?.path.map { $0 == found.path ? "" : " (from \($0))" } ?? ""
        return "\(file.request.name) \(file.request.key): \(found.path)\(source)\n".replacingHidden
    }

    static func rows(_ fetched: [SymbolFetch]) -> InformationReport.Rows {
        let columns = ["module", "name", "key", "path", "source", "steps"].map { InformationReport.Rows.Column($0, $0) }
        return .init(columns: columns, cells: fetched.map(\.cells))
    }

    private var cells: [InformationReport.Value] {
        let steps = result.steps.map { step in
            InformationReport.Value.object([
                ("outcome", .text(step.outcome.rawValue)), ("path", .text(step.path ?? step.location.place)),
                ("reason", .text(step.reason)),
            ])
        }
        return [
            .text(file.module), .text(file.request.name), .text(file.request.key),
            result.file.map { .text($0.path) } ?? .null, accepted?.path.map { .text($0) } ?? .null, .list(steps),
        ]
    }
}

extension String {
    /// A line made harmless for a terminal.
    fileprivate var replacingHidden: String { String(dropLast()).terminalSafe + "\n" }
}
