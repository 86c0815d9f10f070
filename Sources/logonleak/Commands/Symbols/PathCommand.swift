import ArgumentParser
import BinaryReading
import FileMapping
import KernelSymbols
import LeakReports

struct PathCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "path",
        abstract: "Shows where symbols are looked for, in order; for a dump also what became of each place.",
        discussion: """
            Asks no server and writes nothing. Places of --symbols come first, then those of _NT_ALT_SYMBOL_PATH, then those of \
            _NT_SYMBOL_PATH. A server that a variable names is asked by `logonleak symbols fetch` alone.

            EXAMPLES
              logonleak symbols path
              logonleak symbols path MEMORY.DMP --symbols 'srv*/srv/symbols*https://msdl.microsoft.com/download/symbols'
            """)

    enum Format: String, ExpressibleByArgument, CaseIterable {
        case text, json
    }

    @Argument(help: "A kernel dump, to look for its kernel's symbols.", completion: .file(extensions: ["dmp", "DMP"]))
    var dump: String?

    @OptionGroup var reading: ReadingOptions

    @Option(name: [.short, .long], help: "Form of the result: text, json.")
    var format: Format = .text

    @OptionGroup var result: OutputOptions

    func run() throws {
        try reportingFailures {
            let report = try report()
            switch format {
            case .text: try result.write(report.render(style: result.tableStyle))
            case .json: try result.write { report.writeJSON(tool: tool, to: $0) }
            }
        }
    }

    private func report() throws(Failure) -> InformationReport {
        let choice = SymbolChoice(option: reading.symbols)
        var report = InformationReport(
            title: "Where symbols are looked for, in this order.", sections: [Self.places(of: choice)],
            notes: choice.order.warnings.map { .init($0, isWarning: true) }, schema: "logonleak/symbols-path/1")
        if let file = choice.file {
            report.notes.append(.init("--symbols names the file \(file), which is used as it is."))
        } else if choice.order.locations.isEmpty {
            report.notes.append(
                .init(
                    "No symbol path is named: neither by --symbols nor by _NT_SYMBOL_PATH. Built-in symbols are used."))
        }
        guard let dump else { return report }
        let wanted = try WantedSymbols(of: reading.opening(dump), modules: [])
        report.notes += wanted.notes.map { .init($0, isWarning: true) }
        report.sections += wanted.files.flatMap { Self.search(for: $0.request, in: choice.order) }
        return report
    }

    private static func places(of choice: SymbolChoice) -> InformationReport.Section {
        let columns: [InformationReport.Rows.Column] = [
            .init("namedBy", "Named by"), .init("kind", "Kind"), .init("place", "Place"), .init("state", "State"),
            .init("copies", "Copies to"),
        ]
        let cells = choice.order.locations.map { location -> [InformationReport.Value] in
            [
                .text(location.origin), .text(location.kindText), .text(location.place), .text(location.stateText),
                .list(location.copies.map { .text($0) }),
            ]
        }
        return .init("places", "Places", .rows(.init(columns: columns, cells: cells)))
    }

    private static func search(for request: SymbolFileRequest, in order: SymbolSearchOrder)
        -> [InformationReport.Section]
    {
        let found = SymbolSearch(order, changesNothing: true).find(request)
        let columns: [InformationReport.Rows.Column] = [
            .init("outcome", "Outcome"), .init("path", "Place or file"), .init("reason", "Why"),
        ]
        let cells = found.steps.map { step -> [InformationReport.Value] in
            [.text(step.outcome.rawValue), .text(step.path ?? step.location.place), .text(step.reason)]
        }
        let items: [InformationReport.Item] = [
            .init("name", "Name", .text(request.name)), .init("key", "Key", .text(request.key)),
            .init("file", "Found", found.file.map { .text($0.path) } ?? .null, text: found.file?.path ?? "nowhere"),
        ]
        return [
            .init("wanted", "Wanted by the dump", .items(items)),
            .init("steps", "Search", .rows(.init(columns: columns, cells: cells))),
        ]
    }
}

extension SymbolLocation {
    fileprivate var kindText: String {
        switch kind {
        case .folder: "folder"
        case .store: "store"
        case .server: "server"
        case .unusable: "-"
        }
    }

    fileprivate var stateText: String {
        switch kind {
        case .unusable(let reason): "skipped: \(reason)"
        case .server: origin == SymbolChoice.option ? "asked when it is needed" : "asked by symbols fetch alone"
        case .folder(let path), .store(let path):
            switch PathKind(of: path) {
            case .folder: Folder.names(in: path) == nil ? "skipped: cannot be read" : "searched"
            case .absent: "skipped: no such folder"
            case .file, .other: "skipped: is no folder"
            }
        }
    }
}
