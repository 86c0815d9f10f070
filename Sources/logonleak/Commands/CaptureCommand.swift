import ArgumentParser
import LeakReports

struct CaptureCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "capture",
        abstract: "Says how to get a dump, platform by platform, and writes the files that prepare a machine.",
        discussion: """
            Without a platform: what to decide first, and the words of the platforms. No dump is read and nothing is changed.

            EXAMPLES
              logonleak capture
              logonleak capture hyper-v
              logonleak capture --settings --keyboard usb --output prepare.reg
              logonleak capture --settings --script --output prepare.ps1
            """)

    enum Format: String, ExpressibleByArgument, CaseIterable {
        case text, json
    }

    @Argument(
        help: "Where Windows runs, or what captures it; none for the list.",
        completion: .list(CaptureGuide.all.map(\.word)))
    var platform: String?

    @Option(name: [.short, .long], help: "Form of the guide: text, json.")
    var format: Format = .text

    @OptionGroup var settingsOptions: SettingsOptions

    @OptionGroup var result: OutputOptions

    func validate() throws {
        guard settingsOptions.settings else { return try settingsOptions.validateAbsence() }
        guard platform == nil, format == .text else {
            throw ValidationError("--settings writes a file of its own: it takes no platform and no --format.")
        }
    }

    func run() throws {
        try reportingFailures {
            if settingsOptions.settings { return try result.write(settingsOptions.file()) }
            let guide = try guide()
            switch format {
            case .text:
                let report = guide.map(CaptureReport.text) ?? CaptureReport.overview()
                try result.write(report.render(style: result.style))
            case .json:
                let report = guide.map(CaptureReport.document) ?? CaptureReport.overview()
                try result.write { report.writeJSON(tool: tool, to: $0) }
            }
        }
    }

    private func guide() throws(Failure) -> CaptureGuide? {
        guard let platform else { return nil }
        if let guide = CaptureGuide.named(platform) { return guide }
        throw Failure(
            status: .usage, summary: "there is no capture guide for \(platform)",
            details: ["There are: \(CaptureGuide.all.map(\.word).joined(separator: ", "))."],
            advice: ["What each is: logonleak capture"])
    }
}

/// What the files that prepare a machine hold.
struct SettingsOptions: ParsableArguments {
    @Flag(help: "Write a .reg file that prepares a machine: leak tracking, dump type, keeping the dump.")
    var settings = false

    @Flag(help: "With --settings: a PowerShell script with undo instead.")
    var script = false

    @Option(help: "With --settings: kind of dump: kernel, automatic, active (kernel where not given).")
    var dump: RegistryValue.DumpKind?

    @Option(help: "With --settings: keyboard that crashes the machine: ps2, usb, hyper-v. May be repeated.")
    var keyboard: [RegistryValue.Keyboard] = []

    @Flag(help: "With --settings: crash on NMI, for Windows up to Server 2008 R2.")
    var nmi = false

    /// Says which option has no meaning without `--settings`.
    func validateAbsence() throws {
        guard !script, !nmi, keyboard.isEmpty, dump == nil else {
            throw ValidationError("--script, --dump, --keyboard and --nmi go with --settings.")
        }
    }

    func file() -> String {
        let values = RegistryValue.values(dump: dump ?? .kernel, keyboards: keyboard, nmi: nmi)
        return script ? SettingsFiles.script(values) : SettingsFiles.registryFile(values)
    }
}

extension RegistryValue.DumpKind: ExpressibleByArgument {}
extension RegistryValue.Keyboard: ExpressibleByArgument {}
