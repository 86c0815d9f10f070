import FileMapping
import KernelSymbols

/// What the user says of symbols: `--symbols`, and the variables that debuggers know.
struct SymbolChoice {
    /// A file that `--symbols` names outright.
    let file: String?
    /// Every place to search, those of `--symbols` before those of the variables.
    let order: SymbolSearchOrder

    /// Where a place is named, when the option names it.
    static let option = "--symbols"
    /// Variables with symbol paths in the order in which debuggers search them, the second an old spelling of the first.
    private static let variables = ["_NT_ALT_SYMBOL_PATH", "_NT_ALTERNATE_SYMBOL_PATH", "_NT_SYMBOL_PATH"]

    init(option: String?) {
        var order = SymbolSearchOrder(defaultStore: Self.defaultStore)
        var file: String?
        if let option {
            if Self.isPath(option) {
                order.append(SymbolPath(option, environment: environmentVariable), origin: Self.option)
            } else {
                file = option
            }
        }
        for variable in Self.variables {
            guard let text = environmentVariable(variable) else { continue }
            order.append(SymbolPath(text, environment: environmentVariable), origin: variable)
        }
        self.file = file
        self.order = order
    }

    /// The places that the option names.
    var optionOrder: SymbolSearchOrder { order.filtered { $0.origin == Self.option } }

    /// What is no file counts as a path, if it looks like one: a folder, a URL, or several of them.
    private static func isPath(_ text: String) -> Bool {
        switch PathKind(of: text) {
        case .folder: return true
        case .file, .other: return false
        case .absent:
            let isURL = text.lowercased().hasPrefix("http://") || text.lowercased().hasPrefix("https://")
            return isURL || text.contains("*") || text.contains(";")
        }
    }

    private static var defaultStore: String? {
        if let home = environmentVariable("DBGHELP_HOMEDIR") { return Folder.path(home, "sym") }
        return cacheFolder.map { Folder.path($0, "symbols") }
    }
}
