import BinaryReading
import KernelObjects
import KernelSymbols
import LeakReports

/// `lm`: the modules of the kernel (`debugger-commands.md` §4.3). Only the kernel itself has symbols here.
struct ListModules: ShellCommand {
    let names = ["lm"]
    let summary = "Lists the modules; with v what is known of each."
    let usage = [
        "lm [v] [k] [u] [t] [f] [1m] [sm] [m PATTERN | M PATTERN | a ADDRESS]",
        "    m: by name   M: by image path   a: the one at an address   v: all details   t: times   f: paths",
        "    1m: names only   sm: by name   Letters may stand together: lmvm", "lmvm nt", "lm m win32*",
    ]
    let takesAttachedOptions = true

    /// What the letters ask for.
    private struct Request {
        var isVerbose = false
        var showsTimes = false
        var showsPaths = false
        var showsNamesOnly = false
        var sortsByName = false
        var wantsKernelModules = false
        var wantsUserModules = false
        var name: NamePattern?
        var path: NamePattern?
        var address: VirtualAddress?

        /// Whether all modules are wanted, the unloaded ones too.
        var wantsAll: Bool { name == nil && path == nil && address == nil }
    }

    func run(_ invocation: Invocation, in session: ShellSession, to output: CommandOutput) throws(CommandError) {
        let request = try Self.request(invocation, session)
        if request.wantsUserModules, !request.wantsKernelModules {
            throw .words("The modules of user programs are not listed here; lm k lists those of the kernel.")
        }
        var modules = session.symbols.modules.filter { named in
            (request.name?.matches(named.name) ?? true) && (request.path?.matches(named.module.path ?? "") ?? true)
                && (request.address.map(named.module.contains) ?? true)
        }
        if request.sortsByName {
            modules.sort { ($0.name.lowercased(), $0.module.base) < ($1.name.lowercased(), $1.module.base) }
        }
        if !request.showsNamesOnly { try output.line("start             end                 module name") }
        for named in modules {
            try output.line(Self.line(named, request, session))
            guard request.isVerbose else { continue }
            for line in ModuleDetails(named, in: session).lines { try output.line(line) }
        }
        if request.wantsAll, !request.showsNamesOnly { try Self.listUnloaded(session, to: output) }
    }

    // MARK: Options

    private static func request(_ invocation: Invocation, _ session: ShellSession) throws(CommandError) -> Request {
        var request = Request()
        var arguments = ArgumentReader(invocation.arguments)
        while let word = arguments.next() { try apply(word.text, &arguments, &request, session) }
        return request
    }

    /// Takes one run of letters; the last of them may want the next argument.
    private static func apply(
        _ text: String, _ arguments: inout ArgumentReader, _ request: inout Request,
        _ session: ShellSession
    ) throws(CommandError) {
        var rest = Substring(text)
        while let letter = rest.popFirst() {
            switch letter {
            case "v", "V": request.isVerbose = true
            case "t": request.showsTimes = true
            case "f": request.showsPaths = true
            case "1", "s":
                // `1m` and `sm` are one option each.
                if rest.first == "m" { rest = rest.dropFirst() }
                if letter == "1" { request.showsNamesOnly = true } else { request.sortsByName = true }
            case "k": request.wantsKernelModules = true
            case "u": request.wantsUserModules = true
            case "K", "l", "p", "e", "o", "n", "c", "i", "r", "D", "d": continue
            case "m", "M":
                guard let pattern = arguments.next() else { throw .words("lm \(letter) needs a pattern.") }
                if letter == "m" {
                    request.name = NamePattern(pattern.text)
                } else {
                    request.path = NamePattern(pattern.text)
                }
                return
            case "a":
                guard let word = arguments.next() else { throw .words("lm a needs an address.") }
                request.address = VirtualAddress(try session.value(of: word))
                return
            default:
                throw .words(["lm does not know \(letter).", "Usage: lm [v] [m PATTERN | a ADDRESS]"])
            }
        }
    }

    // MARK: Lines

    private static func line(_ named: SymbolTable.NamedModule, _ request: Request, _ session: ShellSession) -> String {
        let name = named.name.terminalSafe
        if request.showsNamesOnly { return name }
        let module = named.module
        let end = module.base + Int(clamping: module.byteCount)
        var text = "\(module.base.debuggerText) \(end.debuggerText)   \(padded(name, 10)) "
        if request.showsTimes {
            let stamp = ModuleDetails.stamp(of: module)
            text +=
                "  "
                + (stamp.map { "\(ModuleDetails.timeText($0)) (\($0.paddedHexDigits(8).uppercased()))" }
                    ?? "unavailable")
        } else if request.showsPaths {
            text += "  " + (module.path ?? module.name).terminalSafe
        } else if module.base == session.kernel.base {
            let identity = session.kernel.identity
            text += padded("(pdb symbols)", 23) + symbolPath(identity)
        } else {
            text += padded("(no symbols)", 23)
        }
        return text
    }

    /// The place of a symbol file in a symbol store.
    private static func symbolPath(_ identity: PDBIdentity) -> String {
        let name = identity.name.terminalSafe
        let age = String(identity.age, radix: 16).uppercased()
        let guid = identity.guid.description.filter { $0 != "-" && $0 != "{" && $0 != "}" }.uppercased()
        return "\(name)\\\(guid)\(age)\\\(name)"
    }

    private static func padded(_ text: String, _ width: Int) -> String {
        text + String(repeating: " ", count: max(0, width - text.columns))
    }

    private static func listUnloaded(_ session: ShellSession, to output: CommandOutput) throws(CommandError) {
        let unloaded = try session.snapshot().unloadedModules
        guard !unloaded.isEmpty else { return }
        try output.line("")
        try output.line("Unloaded modules:")
        for module in unloaded.reversed() {
            try output.line("\(module.base.debuggerText) \(module.end.debuggerText)   \(module.name.terminalSafe)")
        }
    }
}
