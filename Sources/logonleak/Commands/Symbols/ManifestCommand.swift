import ArgumentParser
import BinaryReading
import KernelSymbols
import LeakReports

struct ManifestCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "manifest",
        abstract: "Names the symbol files that a dump needs, for a machine that can fetch them.",
        discussion: """
            Asks nobody. Only the kernel's symbols are named, because asking a server for a file tells it what runs on the machine; \
            other modules are named with --modules.

            The text form is what Microsoft's symchk takes (symchk /im FILE) and what `logonleak symbols fetch --manifest FILE` takes: \
            a line for each file, NAME,KEY,1. The urls form has an address a line, for any download program.

            EXAMPLES
              logonleak symbols manifest MEMORY.DMP --output manifest.txt
              logonleak symbols manifest MEMORY.DMP --format urls
              logonleak symbols manifest MEMORY.DMP --modules 'nt*' --modules win32k.sys
            """)

    enum Format: String, ExpressibleByArgument, CaseIterable {
        case text, urls, json
    }

    @OptionGroup var input: DumpOptions

    @OptionGroup var wanted: WantedSymbolsOptions

    @Option(help: ArgumentHelp("The server that the addresses are of; it is not asked.", valueName: "url"))
    var server = "https://msdl.microsoft.com/download/symbols"

    @Option(name: [.short, .long], help: "Form of the result: text, urls, json.")
    var format: Format = .text

    @OptionGroup var result: OutputOptions

    func run() throws {
        try reportingFailures {
            guard let server = SymbolServerURL(server) else {
                throw Failure(
                    status: .usage, summary: "--server \(server.terminalSafe) is not the address of a server",
                    advice: ["Give one that begins with https:// or http://."])
            }
            let list = try WantedSymbols(of: input.opening, modules: wanted.patterns)
            if !input.reading.quiet { list.reportNotes() }
            switch format {
            case .text: try result.write(list.files.map { "\($0.request.name),\($0.request.key),1\n" }.joined())
            case .urls: try result.write(list.files.map { server.address(of: $0.request) + "\n" }.joined())
            case .json:
                let report = report(list, server)
                try result.write { report.writeJSON(tool: tool, to: $0) }
            }
        }
    }

    private func report(_ list: WantedSymbols, _ server: SymbolServerURL) -> InformationReport {
        let columns = ["module", "name", "guid", "age", "key", "url"].map { InformationReport.Rows.Column($0, $0) }
        let cells = list.files.map { file -> [InformationReport.Value] in
            let identity = file.request.identity
            return [
                .text(file.module), .text(identity.name), .text(identity.guid.symbolServerText),
                .number(Int64(identity.age)), .text(file.request.key), .text(server.address(of: file.request)),
            ]
        }
        return InformationReport(
            title: "Symbol files that \(input.dump) needs",
            sections: [.init("files", "Files", .rows(.init(columns: columns, cells: cells)))],
            notes: list.notes.map { .init($0, isWarning: true) }, schema: "logonleak/symbols-manifest/1")
    }
}
