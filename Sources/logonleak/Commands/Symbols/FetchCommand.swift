import ArgumentParser
import BinaryReading
import FileMapping
import KernelSymbols
import LeakReports

struct FetchCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "fetch",
        abstract: "Gets the symbol files that a dump or a manifest needs from the symbol server that you name.",
        discussion: """
            Only servers that stand in --symbols or _NT_SYMBOL_PATH are asked; the server learns the name and the build of what is asked \
            for, by default of the kernel alone. Files go into the stores left of the server, and only if they are what was asked for. \
            The curl program does the work, with its proxy variables; _NT_SYMBOL_PROXY is used too.

            EXAMPLES
              logonleak symbols fetch MEMORY.DMP --symbols 'srv*symbols*https://msdl.microsoft.com/download/symbols'
              logonleak symbols fetch --manifest manifest.txt --symbols 'srv*symbols*https://msdl.microsoft.com/download/symbols'
            """)

    enum Format: String, ExpressibleByArgument, CaseIterable {
        case text, json
    }

    @Argument(help: "The kernel dump.", completion: .file(extensions: ["dmp", "DMP"]))
    var dump: String?

    @Option(
        help: ArgumentHelp("A list of symbol files, as `symbols manifest` writes it.", valueName: "file"),
        completion: .file())
    var manifest: String?

    @OptionGroup var reading: ReadingOptions

    @OptionGroup var wanted: WantedSymbolsOptions

    @OptionGroup var download: DownloadOptions

    @Option(name: [.short, .long], help: "Form of the result: text, json.")
    var format: Format = .text

    @OptionGroup var result: OutputOptions

    func validate() throws {
        guard (dump == nil) != (manifest == nil) else {
            throw ValidationError("Name either a dump or a manifest: fetch DUMP, or fetch --manifest FILE.")
        }
    }

    func run() throws {
        try reportingFailures {
            let choice = SymbolChoice(option: reading.symbols)
            guard choice.order.namesServer else { throw Self.noServer }
            let progress = Progress(isQuiet: reading.quiet)
            defer { progress.finish() }
            let search = SymbolSearch(choice.order, transfer: CurlTransfer(download.limits, progress: progress))
            let (fetched, list) = try fetch(search)
            progress.finish()
            guard !isInterrupted else { throw Failure.interrupted }
            if !reading.quiet { Self.warn(choice.order.warnings + list.notes) }
            try write(fetched, notes: list.notes)
            if let failure = Self.failure(of: fetched, refusedNames: list.refusedNames) { throw failure }
        }
    }

    private static func warn(_ warnings: [String]) {
        for warning in warnings { StandardStream.error.write("logonleak: warning: \(warning.terminalSafe)\n") }
    }

    private func fetch(_ search: SymbolSearch) throws(Failure) -> (fetched: [SymbolFetch], list: WantedSymbols) {
        guard let dump else {
            let list = try manifestList()
            return (Self.fetch(list, search), list)
        }
        var opening = reading.opening(dump)
        var list = try WantedSymbols(of: opening, modules: [])
        var fetched = Self.fetch(list, search)
        guard !wanted.patterns.isEmpty, !isInterrupted else { return (fetched, list) }
        // The modules are listed with the kernel's own symbols, which have just come.
        if let kernel = fetched.first?.result.file { opening.symbols = kernel.path }
        list = try WantedSymbols(of: opening, modules: wanted.patterns)
        fetched += Self.fetch(list, search, except: fetched)
        return (fetched, list)
    }

    private static func fetch(_ list: WantedSymbols, _ search: SymbolSearch, except: [SymbolFetch] = [])
        -> [SymbolFetch]
    {
        let done = except.map(\.file.request)
        return notingInterrupts {
            list.files.filter { !done.contains($0.request) }.map {
                SymbolFetch(file: $0, result: search.find($0.request))
            }
        }
    }

    private func manifestList() throws(Failure) -> WantedSymbols {
        let path = manifest ?? ""
        let file: MappedFile
        do { file = try MappedFile(path: path) } catch { throw Failure(error) }
        let bytes = (try? file.copyBytes(at: 0, count: min(file.byteCount, Self.largestManifest))) ?? []
        return try WantedSymbols(manifest: String(decoding: bytes, as: UTF8.self), path: path)
    }

    private static let largestManifest = 16 << 20

    private static let noServer = Failure(
        status: .usage, summary: "no symbol server is named, and none is asked unless you name one",
        details: ["Neither --symbols nor _NT_SYMBOL_PATH holds an http:// or https:// address."],
        advice: ["For Microsoft's: --symbols 'srv*FOLDER*https://msdl.microsoft.com/download/symbols'"])

    private func write(_ fetched: [SymbolFetch], notes: [String]) throws(Failure) {
        switch format {
        case .text: try result.write(fetched.map(\.text).joined())
        case .json:
            let report = InformationReport(
                title: "Symbol files fetched", sections: [.init("files", "Files", .rows(SymbolFetch.rows(fetched)))],
                notes: notes.map { .init($0, isWarning: true) }, schema: "logonleak/symbols-fetch/1")
            try result.write { report.writeJSON(tool: tool, to: $0) }
        }
    }

    /// A server that failed is another matter than one that has no such file.
    private static func failure(of fetched: [SymbolFetch], refusedNames: Int) -> Failure? {
        let missing = fetched.filter { $0.result.file == nil }
        guard !missing.isEmpty || refusedNames > 0 else { return nil }
        let hasFailed = missing.contains { $0.result.steps.contains { $0.outcome == .failed } }
        let advice =
            hasFailed
            ? "Try again later, or fetch them on another machine: logonleak symbols manifest"
            : "No place has them; a new build's symbols may be published days after it."
        return Failure(
            status: hasFailed ? .readOrWriteError : .kernelUnknown,
            summary:
                "\(missing.count + refusedNames) of \(fetched.count + refusedNames) symbol files could not be had",
            details: missing.flatMap { fetch in
                fetch.result.steps.map { "\(fetch.file.request.name): \($0.text)".terminalSafe }
            },
            advice: missing.isEmpty ? [] : [advice])
    }
}
