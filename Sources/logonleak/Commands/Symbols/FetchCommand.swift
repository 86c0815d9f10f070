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
            let list = try list()
            let progress = Progress(isQuiet: reading.quiet)
            defer { progress.finish() }
            let search = SymbolSearch(
                choice.order, transfer: CurlTransfer(download.limits, progress: progress))
            let fetched = notingInterrupts {
                list.files.map { SymbolFetch(file: $0, result: search.find($0.request)) }
            }
            progress.finish()
            guard !isInterrupted else { throw Failure.interrupted }
            if !reading.quiet {
                for warning in choice.order.warnings {
                    StandardStream.error.write("logonleak: warning: \(warning.terminalSafe)\n")
                }
                list.reportNotes()
            }
            try write(fetched, notes: list.notes)
            if let failure = Self.failure(of: fetched, unsafe: list.notes.count) { throw failure }
        }
    }

    private func list() throws(Failure) -> WantedSymbols {
        if let dump { return try wanted.list(of: reading.opening(dump)) }
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
    private static func failure(of fetched: [SymbolFetch], unsafe: Int) -> Failure? {
        let missing = fetched.filter { $0.result.file == nil }
        guard !missing.isEmpty || unsafe > 0 else { return nil }
        let hasFailed = missing.contains { $0.result.steps.contains { $0.outcome == .failed } }
        let lines = missing.flatMap { fetch in
            fetch.result.steps.map { "\(fetch.file.request.name): \($0.text)".terminalSafe }
        }
        return Failure(
            status: hasFailed ? .readOrWriteError : .kernelUnknown,
            summary: "\(missing.count + unsafe) of \(fetched.count + unsafe) symbol files could not be had",
            details: lines,
            advice: [
                hasFailed
                    ? "Try again later, or fetch them on another machine: logonleak symbols manifest"
                    : "No place has them; a new build's symbols may be published days after it."
            ])
    }
}
