import ArgumentParser
import DumpForge
import LeakReports

struct DemoCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "demo",
        abstract: "Forges the leak of the reference article, 380 logon sessions kept by lsass, and analyses it.",
        discussion: """
            EXAMPLES
              logonleak demo
              logonleak demo --scenario grabber
              logonleak demo --keep leak.dmp      keeps the forged dump for your own experiments
            """)

    @Option(help: "What happens on the forged machine: one of the scenarios that `logonleak forge --help` lists.")
    var scenario: ForgeScenario = .article

    @Option(help: ArgumentHelp("Keep the forged dump in this file.", valueName: "file"), completion: .file())
    var keep: String?

    @Flag(help: "No progress on stderr.")
    var quiet = false

    @OptionGroup var result: OutputOptions

    func run() throws {
        try reportingFailures {
            let progress = Progress(isQuiet: quiet)
            defer { progress.finish() }
            progress.enter("forging the machine")
            let forged = try forge()
            let path = keep ?? "\(temporaryFolder)/logonleak-demo-\(processNumber).dmp"
            defer { if keep == nil { deleteFile(at: path) } }
            try OutputDestination.file(path: path, mayReplace: false).open().finish()
            try write(forged, to: path)
            progress.finish()
            let analysis = try DumpOpening(path: path, isQuiet: quiet).analyze()
            try result.write(TextReport.render(analysis, style: result.style))
        }
    }

    private func forge() throws(Failure) -> ForgedMachine {
        let profile = try MachineOptions.profile(of: scenario.kernelVersion)
        do { return try ForgedMachine(ForgeOptions(scenario: scenario, profile: profile)) } catch {
            throw Failure(error)
        }
    }

    private func write(_ forged: ForgedMachine, to path: String) throws(Failure) {
        do { try forged.write(to: path, as: forged.naturalDumpType) } catch { throw Failure(error) }
    }
}
