import ArgumentParser
import KernelObjects
import KernelSymbols

/// What ends a command early: a status, and the three parts that a person needs to know.
struct Failure: Error {
    let status: ExitStatus
    /// What was being done and why it failed, one sentence without full stop.
    let summary: String
    /// What was found, a line each.
    var details: [String] = []
    /// What the user can do, a line each.
    var advice: [String] = []

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

extension Failure {
    init(_ error: KernelError) {
        let status: ExitStatus =
            switch error {
            case .unknownKernel, .foreignSymbols: .kernelUnknown
            case .noPageTables, .noKernelImage, .noIdentity: .inputRefused
            }
        self.init(status: status, summary: error.summary, details: error.details, advice: error.advice)
    }

    init(_ error: LayoutError) {
        self.init(
            status: .kernelUnknown, summary: "the symbols of this kernel do not suffice: \(error)",
            advice: ["Give a complete Volatility symbol file: --symbols FILE.json"])
    }
}
