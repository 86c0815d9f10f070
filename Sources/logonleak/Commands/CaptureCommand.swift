import ArgumentParser
import LeakReports

struct CaptureCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "capture",
        abstract: "Says how to get a dump that can be analysed, and makes the settings file for it.",
        discussion: """
            EXAMPLES
              logonleak capture                    the rules, and all ways
              logonleak capture kvm                one way, step by step
              logonleak capture --settings --output prepare.reg
            """)

    enum Format: String, ExpressibleByArgument, CaseIterable {
        case text, json
    }

    @Argument(
        help: "The way to the dump; all are listed where none is named.",
        completion: .list(CapturePlatform.all.map(\.name)))
    var platform: String?

    @Flag(help: "Print a registry file that prepares a machine: leak tracking and kernel dumps.")
    var settings = false

    @Option(help: "In the registry file, let a keyboard crash the machine: ps2, usb, hyper-v.")
    var keyboard: CaptureSettings.Keyboard?

    @Option(name: [.short, .long], help: "Form of the result: text, json.")
    var format: Format = .text

    @OptionGroup var result: OutputOptions

    func validate() throws {
        if settings, platform != nil { throw ValidationError("--settings goes without a platform.") }
        if keyboard != nil, !settings { throw ValidationError("--keyboard goes with --settings.") }
    }

    func run() throws {
        try reportingFailures {
            if settings { return try result.write(CaptureSettings(keyboard: keyboard).registryFile) }
            let report = try report()
            switch format {
            case .text: try result.write(report.render(style: result.style))
            case .json: try result.write { report.writeJSON(tool: tool, to: $0) }
            }
        }
    }

    private func report() throws(Failure) -> InformationReport {
        guard let platform else { return InformationReport(listing: CapturePlatform.all) }
        guard let known = CapturePlatform.all.first(where: { $0.name == platform.lowercased() }) else {
            throw Failure(
                status: .usage, summary: "there is no way to a dump of the name \(platform)",
                advice: ["Known are \(CapturePlatform.all.map(\.name).joined(separator: ", "))."])
        }
        return InformationReport(of: known)
    }
}
