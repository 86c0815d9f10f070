import ArgumentParser

/// What ends a command early: a status, and the three parts that a person needs to know.
struct Failure: Error {
    let status: ExitStatus
    /// What was being done and why it failed, one sentence.
    let summary: String
    /// What was found, a line each.
    var details: [String] = []
    /// What the user can do, a line each.
    var advice: [String] = []

    /// The user's Ctrl-C.
    static let interrupted = Failure(status: .interrupted, summary: "interrupted")

    /// The lines on stderr.
    var text: String {
        (["logonleak: \(summary)"] + details.map { "  \($0)" } + advice.map { "  \($0)" }).joined(separator: "\n")
            + "\n"
    }
}

extension ParsableCommand {
    /// Runs a command's work; a failure becomes text on stderr and the exit status, in this one place.
    func reportingFailures(_ work: () throws -> Void) throws {
        do { try work() } catch let failure as Failure {
            StandardStream.error.write(failure.text)
            throw failure.status.exitCode
        }
    }
}
