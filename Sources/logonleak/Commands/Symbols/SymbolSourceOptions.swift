import ArgumentParser
import BinaryReading
import FileMapping
import KernelProfiles
import KernelSymbols
import LeakReports
import ProgramDatabases

/// Where `types` and `symbols show` look: in a symbol file, in the symbols of a dump's kernel, or in what is built in.
struct SymbolSourceOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Symbol file: a PDB, or a Volatility symbol file (.json or .json.xz).", valueName: "file"),
        completion: .file(extensions: ["pdb", "json", "xz"]))
    var symbols: String?

    @Option(
        help: ArgumentHelp(
            "Kernel dump: its kernel's symbols are used, addresses are those of the dump.", valueName: "dump"),
        completion: .file(extensions: ["dmp", "DMP"]))
    var dump: String?

    @Option(
        help: ArgumentHelp("Ask a question a line of this file, all in one process.", valueName: "file"),
        completion: .file())
    var batch: String?

    @Flag(help: "No warnings on stderr.")
    var quiet = false

    /// Opens what the user named.
    func open() throws(Failure) -> any SymbolSource {
        if let dump { return try openDump(dump) }
        guard let symbols else { return try builtIn() }
        switch try Self.symbolFile(symbols) {
        case .programDatabase(let database): return ProgramDatabaseSource(database, imageBase: nil)
        case .volatility: return ProfileSource(try profile(symbols), imageBase: nil)
        }
    }

    private static func symbolFile(_ path: String) throws(Failure) -> SymbolFile {
        do throws(SymbolLoadingError) { return try SymbolFile(at: path) } catch { throw Failure(error) }
    }

    private func profile(_ path: String) throws(Failure) -> KernelProfile {
        do throws(SymbolLoadingError) { return try KernelProfile(symbolsAt: path) } catch { throw Failure(error) }
    }

    private func openDump(_ path: String) throws(Failure) -> any SymbolSource {
        let opening = DumpOpening(path: path, symbols: symbols, isQuiet: quiet)
        let kernel = try opening.kernel(in: try opening.openDump())
        let base = kernel.base.rawValue
        guard case .programDatabase(let path) = kernel.profile.source,
            case .programDatabase(let database) = try Self.symbolFile(path)
        else { return ProfileSource(kernel.profile, imageBase: base) }
        return ProgramDatabaseSource(database, imageBase: base)
    }

    /// The newest kernel that is built in with its symbols.
    private func builtIn() throws(Failure) -> any SymbolSource {
        guard let newest = BuiltInProfiles.summaries.last, let identity = newest.identity,
            let profile = BuiltInProfiles.profile(matching: identity)
        else {
            throw Failure(
                status: .internalError, summary: "no symbols are built into this program",
                advice: ["Name a symbol file: --symbols FILE"])
        }
        return ProfileSource(profile, imageBase: nil)
    }

    /// The questions: those of the command line, or the lines of the batch file.
    func questions(_ arguments: [String]) throws(Failure) -> [String] {
        guard let batch else { return arguments }
        let file: MappedFile
        do throws(FileError) { file = try MappedFile(path: batch) } catch {
            if case .empty = error.reason { return [] }
            throw Failure(
                status: Failure(error).status, summary: "cannot open \(error)",
                advice: ["--batch takes a text file with a question a line."])
        }
        let text = file.withBytes { unsafe $0.withUnsafeBytes { unsafe String(decoding: $0, as: UTF8.self) } }
        var lines = text.split(separator: "\n", omittingEmptySubsequences: false).map { line in
            line.hasSuffix("\r") ? String(line.dropLast()) : String(line)
        }
        if lines.last?.isEmpty == true { lines.removeLast() }
        return lines
    }

    /// Checks that there is exactly one source of questions.
    func validate(_ arguments: [String]) throws {
        guard arguments.isEmpty != (batch == nil) else {
            throw ValidationError(
                batch == nil
                    ? "Ask for something, or name a file of questions with --batch."
                    : "Ask either by name or by --batch.")
        }
    }

    /// Says on stderr what the user should know of the source.
    func warn(_ warnings: [String]) {
        guard !quiet else { return }
        for warning in warnings { StandardStream.error.write("logonleak: warning: \(warning)\n") }
    }
}

extension SymbolSourceOptions {
    /// Says on stderr that the built-in symbols answered, where the user named none; what is not found names them anyway.
    func nameBuiltIn(_ source: any SymbolSource, unless isEmpty: Bool) {
        guard symbols == nil, dump == nil, !isEmpty, !quiet else { return }
        StandardStream.error.write("From \(source.title).\n")
    }

    /// Ends a command whose text would not show that something was not found.
    func requireFound(_ missing: [String], _ kind: String, in source: any SymbolSource) throws(Failure) {
        guard !missing.isEmpty else { return }
        let names = missing.prefix(3).map { "\"\($0.terminalSafe)\"" }.joined(separator: ", ")
        let more = missing.count > 3 ? " and \(missing.count - 3) more" : ""
        throw Failure(status: .inputRefused, summary: "there is no \(kind) \(names)\(more) in \(source.title)")
    }
}
