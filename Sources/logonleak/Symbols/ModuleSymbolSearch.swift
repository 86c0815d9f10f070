import BinaryReading
import KernelSymbols
import ProgramDatabases

/// Finds the symbols of drivers along the user's symbol paths; as for the kernel's, only servers that stand in `--symbols` are asked.
struct ModuleSymbolSearch {
    private let search: SymbolSearch

    /// nil where no path is named.
    init?(_ choice: SymbolChoice, transfer: any SymbolTransfer) {
        guard !choice.order.locations.isEmpty else { return nil }
        search = SymbolSearch(choice.order, transfer: transfer) { $0.origin == SymbolChoice.option }
    }

    /// What the reading of stacks asks. A module without symbols is named by its exports, so that nothing is said of it.
    var source: ModuleSymbolSource {
        { [search] identity in
            guard !isInterrupted, let request = try? SymbolFileRequest(identity, imageExtension: "sys") else {
                return nil
            }
            var symbols: DatabaseModuleSymbols?
            _ = notingInterrupts {
                search.find(request) { file in
                    guard file.form == .programDatabase else { return "is of another form than the PDB of a module" }
                    symbols = (try? ProgramDatabase(path: file.path)).flatMap { DatabaseModuleSymbols($0) }
                    return symbols == nil ? "cannot be read" : nil
                }
            }
            return symbols
        }
    }
}
