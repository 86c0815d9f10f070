import ArgumentParser
import LeakReports

struct SymbolsCacheCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "cache",
        abstract: "Shows or empties the cache of PDBs that were used.",
        discussion: """
            Of each PDB that --symbols named for a dump, the program keeps what it needs under the GUID and age; a second run is then as quick as \
            with built-in symbols. The folder is LOGONLEAK_CACHE, else the system's place for caches (~/.cache/logonleak, \
            ~/Library/Caches/logonleak, %LOCALAPPDATA%\\logonleak).

            EXAMPLES
              logonleak symbols cache
              logonleak symbols cache --clear
            """)

    enum Format: String, ExpressibleByArgument, CaseIterable {
        case text, json
    }

    @Flag(help: "Delete all entries.")
    var clear = false

    @Option(name: [.short, .long], help: "Form of the result: text, json.")
    var format: Format = .text

    @OptionGroup var result: OutputOptions

    func run() throws {
        try reportingFailures {
            guard let cache = ProfileCache.standard else {
                throw Failure(
                    status: .inputRefused, summary: "there is no folder for a cache: the environment names no home",
                    advice: ["Name one in the environment variable LOGONLEAK_CACHE."])
            }
            let entries = cache.entries
            if clear { cache.clear() }
            let report = report(cache, entries)
            switch format {
            case .text: try result.write(report.render(style: result.style))
            case .json: try result.write { report.writeJSON(tool: tool, to: $0) }
            }
        }
    }

    private func report(_ cache: ProfileCache, _ entries: [ProfileCache.Entry]) -> InformationReport {
        let count = "\(entries.count) \(entries.count == 1 ? "entry" : "entries")"
        let title = clear ? "\(count) deleted from \(cache.folder)" : "\(cache.folder) has \(count)"
        let rows = InformationReport.Rows(
            columns: [.init("name", "Entry"), .init("size", "Bytes", isRightAligned: true)],
            cells: entries.map { [.text($0.name), .number(Int64($0.byteCount))] })
        return InformationReport(
            title: title, sections: [.init("entries", "Entries", .rows(rows))], schema: "logonleak/symbols-cache/1")
    }
}
