import ArgumentParser
import BinaryReading
import KernelObjects
import KernelSymbols
import LeakReports

/// Which modules' symbols are wanted besides the kernel's.
struct WantedSymbolsOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Also the symbols of modules of this name; * and ? stand for any characters. May be repeated.",
            valueName: "pattern"))
    var modules: [String] = []

    @Flag(help: "The symbols of all loaded modules.")
    var all = false

    /// Patterns of the modules' names; none where the kernel's symbols alone are wanted.
    var patterns: [String] { all ? ["*"] : modules }
}

/// The symbol files that are wanted, each with the module that it is of.
struct WantedSymbols {
    struct File {
        let module: String
        let request: SymbolFileRequest
    }

    private(set) var files: [File] = []
    /// What could not be named, a sentence each.
    private(set) var notes: [String] = []
    /// How many files are not asked for because of their name.
    private(set) var refusedNames = 0

    /// The kernel of a dump, and the modules whose name fits one of the patterns.
    init(of opening: DumpOpening, modules patterns: [String]) throws(Failure) {
        let dump = try opening.openDump()
        let identity: PDBIdentity
        do { identity = try Kernel.identity(in: dump, overrides: opening.overrides) } catch { throw Failure(error) }
        add(identity, module: "ntoskrnl.exe")
        guard !patterns.isEmpty else { return }
        // The list of modules is read with the kernel's own symbols.
        let kernel: Kernel
        let modules: [Module]
        do throws(Failure) {
            kernel = try opening.kernel(in: dump)
            do throws(LayoutError) { modules = try Module.loaded(in: kernel) } catch { throw Failure(error) }
        } catch {
            guard error.status == .kernelUnknown else { throw error }
            notes.append("the modules cannot be listed without the kernel's symbols: \(error.summary)")
            return
        }
        var unnamed: [String] = []
        for module in modules where module.base != kernel.base {
            guard patterns.contains(where: { module.name.matches(wildcards: $0) }) else { continue }
            guard let identity = kernel.symbolIdentity(ofImageAt: module.base) else {
                unnamed.append(module.name)
                continue
            }
            add(identity, module: module.name)
        }
        if !unnamed.isEmpty {
            notes.append(
                "the symbols of modules whose debug record is not in the dump cannot be named: "
                    + unnamed.joined(separator: ", "))
        }
    }

    /// The files that a manifest names.
    init(manifest text: String, path: String) throws(Failure) {
        for (number, line) in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).enumerated() {
            let fields = line.split(separator: ",", omittingEmptySubsequences: false).map(\.trimmed)
            if line.trimmed.isEmpty || line.hasPrefix("#") { continue }
            guard fields.count >= 2, let identity = PDBIdentity(name: fields[0], storeKey: fields[1]) else {
                throw Failure(
                    status: .inputRefused, summary: "\(path) is no manifest of symbol files",
                    details: ["Line \(number + 1) is not NAME,KEY: \(String(line.prefix(80)).terminalSafe)"],
                    advice: ["To make one: logonleak symbols manifest MEMORY.DMP --output FILE"])
            }
            add(identity, module: fields[0])
        }
    }

    private mutating func add(_ identity: PDBIdentity, module: String) {
        do {
            let suffix = module.split(separator: ".").last.map(String.init) ?? "sys"
            let request = try SymbolFileRequest(identity, imageExtension: suffix)
            if !files.contains(where: { $0.request.identity == identity }) {
                files.append(File(module: module, request: request))
            }
        } catch {
            refusedNames += 1
            notes.append("the symbols of \(module) are not asked for: \(error.name) is no file name, \(error.reason)")
        }
    }

    /// Tells on standard error what could not be named.
    func reportNotes() {
        for note in notes { StandardStream.error.write("logonleak: warning: \(note.terminalSafe)\n") }
    }
}

extension PDBIdentity {
    /// An identity of a file name and its key in a store: 32 digits of GUID, and the age; nil where the key is something else.
    init?(name: String, storeKey: String) {
        guard let guid = GUID(symbolServerText: storeKey.prefix(32)), storeKey.count > 32,
            let age = UInt32(storeKey.dropFirst(32), radix: 16)
        else { return nil }
        self.init(name: name, guid: guid, age: age)
    }
}

extension StringProtocol {
    fileprivate var trimmed: String {
        var rest = Substring(self).drop(while: \.isWhitespace)
        while rest.last?.isWhitespace == true { rest.removeLast() }
        return String(rest)
    }

    /// Whether the text, or what stands before its extension, fits a pattern in which `*` and `?` stand for any characters; case does
    /// not matter.
    fileprivate func matches(wildcards pattern: String) -> Bool {
        let pattern = Array(pattern.lowercased())
        let text = Array(lowercased())
        let stem = text.lastIndex(of: ".").map { Array(text[..<$0]) }
        return Self.matches(text[...], pattern[...]) || stem.map { Self.matches($0[...], pattern[...]) } == true
    }

    /// Remembers only the last `*`, so that no pattern takes more than length times length steps.
    private static func matches(_ text: ArraySlice<Character>, _ pattern: ArraySlice<Character>) -> Bool {
        var text = text
        var pattern = pattern
        var restart: (text: ArraySlice<Character>, pattern: ArraySlice<Character>)?
        while let character = text.first {
            if pattern.first == "*" {
                pattern.removeFirst()
                restart = (text, pattern)
            } else if pattern.first == "?" || pattern.first == character {
                pattern.removeFirst()
                text.removeFirst()
            } else if let last = restart {
                text = last.text.dropFirst()
                pattern = last.pattern
                restart = (text, pattern)
            } else {
                return false
            }
        }
        return pattern.allSatisfy { $0 == "*" }
    }
}
