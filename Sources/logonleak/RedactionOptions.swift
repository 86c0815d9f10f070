import ArgumentParser
import KernelObjects
import LeakAnalysis
import LeakReports

/// Whether names are taken out of a report.
struct RedactionOptions: ParsableArguments {
    @Flag(
        help: ArgumentHelp(
            "Put pseudonyms in the place of accounts, domains, computers, their SIDs, folders outside of Windows, and the dump's path.",
            discussion: """
                Names of programs, services and drivers stay, for without them no report helps; but a name of an account, a domain or \
                a computer inside of them is replaced, where it has five letters or stands alone. Names that every Windows has stay.
                """))
    var redact = false

    @Option(
        help: ArgumentHelp(
            "Redact, and keep the names and their pseudonyms in this file, readable by its owner alone.",
            discussion: "Where the file is there, its pseudonyms are used again and new ones are added.",
            valueName: "file"),
        completion: .file())
    var redactKey: String?

    /// Analyses a dump, without names where the user asked for it.
    func analyze(_ opening: DumpOpening) throws(Failure) -> Analysis {
        guard isWanted else { return try opening.analyze() }
        var redactor = try redactor()
        let analysis = try opening.analyze { redactor.redact($0) }
        try keep(redactor.key)
        return analysis
    }

    /// Analyses two dumps; the same names have the same pseudonyms in both.
    func analyze(_ old: DumpOpening, _ new: DumpOpening) throws(Failure) -> (old: Analysis, new: Analysis) {
        guard isWanted else { return (try old.analyze(), try new.analyze()) }
        var redactor = try redactor()
        let before = try old.analyze { redactor.redact($0) }
        let after = try new.analyze { redactor.redact($0) }
        try keep(redactor.key)
        return (before, after)
    }

    private var isWanted: Bool { redact || redactKey != nil }

    private func redactor() throws(Failure) -> Redactor {
        guard let redactKey else { return Redactor() }
        return Redactor(key: try readRedactionKey(at: redactKey))
    }

    /// Writes the key, beside its place first: one that is lost cannot be made again.
    private func keep(_ key: RedactionKey) throws(Failure) {
        guard let path = redactKey else { return }
        let fresh = path + ".new"
        deleteFile(at: fresh)
        let writer = try OutputDestination.file(path: fresh, mayReplace: false).open()
        key.writeJSON(tool: tool) { writer.write($0) }
        try writer.finish()
        do throws(SystemError) { try moveFile(at: fresh, to: path) } catch {
            throw Failure(
                status: .cannotCreateOutput, summary: "cannot create \(path): \(systemErrorText(error.number))",
                advice: ["The key stands in \(fresh)."])
        }
    }
}
