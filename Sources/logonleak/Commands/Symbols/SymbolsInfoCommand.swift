import ArgumentParser
import KernelProfiles
import KernelSymbols
import LeakReports
import ProgramDatabases

struct SymbolsInfoCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "info",
        abstract: "Says what a symbol file is: its kind, whose it is, and what it holds.",
        discussion: """
            FILE is a PDB or a Volatility symbol file (.json or .json.xz). The key is the path under which a symbol store keeps the file.

            EXAMPLES
              logonleak symbols info ntkrnlmp.pdb
              logonleak symbols info ntkrnlmp.pdb --format json
            """)

    enum Format: String, ExpressibleByArgument, CaseIterable {
        case text, json
    }

    @Argument(help: "The symbol file.", completion: .file(extensions: ["pdb", "json", "xz"]))
    var file: String

    @Option(name: [.short, .long], help: "Form of the result: text, json.")
    var format: Format = .text

    @OptionGroup var result: OutputOptions

    func run() throws {
        try reportingFailures {
            let information = try information()
            switch format {
            case .text: try result.write(information.render(style: result.style))
            case .json: try result.write { information.writeJSON(tool: tool, to: $0) }
            }
        }
    }

    private func information() throws(Failure) -> SymbolFileInformation {
        do throws(SymbolLoadingError) {
            switch try SymbolFile(at: file) {
            case .programDatabase(let database): return SymbolFileInformation(of: database)
            case .volatility: return SymbolFileInformation(of: try KernelProfile(symbolsAt: file), path: file)
            }
        } catch { throw Failure(error) }
    }
}
