public import ArgumentParser
public import DumpForge
import KernelProfiles

struct ForgeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "forge",
        abstract: "Writes a synthetic dump of a Windows machine, for trying things out and for tests.",
        discussion: """
            The machine is laid out from the facts of a real kernel; nothing in it comes from a real machine. The same options and seed \
            give the same bytes.

            SCENARIOS
              article   lsass keeps duplicates of every visitor's token: 380 logon sessions
              grabber   RyansTokenGrabber.exe duplicates each visitor's token and never closes the handle
              clean     nothing leaks
              corrupt   the grabber's leak, then damage
              zombies   exited processes, kept by handles or by a driver, keep the tokens
              kernelrefs  tokens held by a driver's references and by kernel handles
              selfpinned  cached tokens that reference their own session: a defect of the system
              uac       leaked halves of split logons, leftover DWM-n and UMFD-n, linked tokens
              network   idle network logons: not a leak
              hoard     one service host with 10,000 token handles of sessions in use
              mixed     one, two or three holders, trust links, a token of several pages
              silo      two containers with sessions of their own under the host's LUIDs
              terminals SYSTEM tokens stamped with ended terminal sessions
              unlisted  tokens that only the pool shows; tracking is off
              appcontainer  AppContainer tokens that outlive their users

            EXAMPLES
              logonleak forge article --output leak.dmp
              logonleak forge grabber --kernel 10.0.17763.5933 --type 6 --output grabber.dmp --truth grabber.json
              logonleak forge clean --sparse-gigabytes 64 --output large.dmp
            """)

    @Argument(help: "What happens on the machine.")
    var scenario: ForgeScenario

    @Option(name: [.short, .long], help: ArgumentHelp("The dump to write.", valueName: "file"), completion: .file())
    var output: String

    @OptionGroup var machine: MachineOptions

    @Option(
        help: ArgumentHelp(
            "DumpType of the header: 1, 2, 4, 5, 6, 8, 9 or 10; the kernel's own choice where not given.",
            valueName: "number"))
    var type: UInt32?

    @Option(
        help: ArgumentHelp(
            "Write a full dump of a machine with this much memory, as a file with holes.", valueName: "gigabytes"))
    var sparseGigabytes: UInt64?

    @Option(help: ArgumentHelp("Also write what the dump holds, as JSON.", valueName: "file"), completion: .file())
    var truth: String?

    @Flag(help: "Replace files that are there.")
    var force = false

    @Flag(help: "No progress on stderr.")
    var quiet = false

    func validate() throws {
        if let type, ForgedDumpType(rawValue: type) == nil { throw ValidationError("There is no dump type \(type).") }
        if type != nil, sparseGigabytes != nil { throw ValidationError("A file with holes is always of type 1.") }
        if let sparseGigabytes, !(1...65_536).contains(sparseGigabytes) {
            throw ValidationError("--sparse-gigabytes takes 1 to 65536.")
        }
    }

    func run() throws {
        try reportingFailures {
            let progress = Progress(isQuiet: quiet)
            defer { progress.finish() }
            progress.enter("laying out the machine")
            let forged = try machine.forge(scenario)
            let dumpType =
                type.flatMap(ForgedDumpType.init) ?? (sparseGigabytes == nil ? forged.naturalDumpType : .full)
            // Creating the file first keeps one that is there, unless the user said otherwise.
            try OutputDestination.file(path: output, mayReplace: force).open().finish()
            progress.enter("writing \(output)")
            try write(forged, as: dumpType)
            if let truth { try write(forged.truth(for: dumpType), to: truth) }
        }
    }

    private func write(_ forged: ForgedMachine, as type: ForgedDumpType) throws(Failure) {
        do throws(ForgeError) {
            if let sparseGigabytes {
                try forged.writeSparse(to: output, byteCount: sparseGigabytes << 30)
            } else {
                try forged.write(to: output, as: type)
            }
        } catch {
            throw Failure(error)
        }
    }

    private func write(_ truth: ForgedTruth, to path: String) throws(Failure) {
        let writer = try OutputDestination.file(path: path, mayReplace: force).open()
        writer.write(Array(truth.json().utf8))
        try writer.finish()
    }
}

extension ForgeScenario: ExpressibleByArgument {}

/// What a forged machine is like.
struct MachineOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Version of the kernel, or how it begins: 10.0.17763.5933. The scenario's own where not given.",
            valueName: "version"))
    var kernel: String?

    @Option(help: ArgumentHelp("Start of the sequence of chance.", valueName: "number"))
    var seed: UInt64 = 1

    @Option(help: ArgumentHelp("Logon sessions in all, at least.", valueName: "number"))
    var sessions: Int?

    @Option(help: ArgumentHelp("Tokens that the leaking process holds of each visitor.", valueName: "number"))
    var tokensPerVisitor: Int?

    @Option(help: ArgumentHelp("Handles that it has to each of those tokens.", valueName: "number"))
    var handlesPerToken = 1

    @Option(help: ArgumentHelp("Number of processors.", valueName: "number"))
    var processors = 2

    @Option(help: ArgumentHelp("Levels of the page tables: 4 or 5.", valueName: "number"))
    var pageTableLevels = 4

    @Flag(help: "Leave leak tracking off.")
    var withoutTracking = false

    @Flag(help: "Leave KDBG encoded.")
    var encodedDebuggerData = false

    @Flag(help: "Map the kernel image with 2 MiB pages.")
    var largeKernelPages = false

    func validate() throws {
        if let sessions, !(1...2_000_000).contains(sessions) { throw ValidationError("--sessions takes 1 to 2000000.") }
        if let tokensPerVisitor, !(1...10_000).contains(tokensPerVisitor) {
            throw ValidationError("--tokens-per-visitor takes 1 to 10000.")
        }
        guard (1...1000).contains(handlesPerToken) else {
            throw ValidationError("--handles-per-token takes 1 to 1000.")
        }
    }

    /// Forges a machine.
    func forge(_ scenario: ForgeScenario) throws(Failure) -> ForgedMachine {
        var options = ForgeOptions(
            scenario: scenario, profile: try Self.profile(of: kernel ?? scenario.kernelVersion), seed: seed)
        options.logonSessions = sessions
        options.tokensPerVisitor = tokensPerVisitor
        options.handlesPerToken = handlesPerToken
        options.tracking = !withoutTracking
        options.processors = processors
        options.pageTableLevels = pageTableLevels
        options.encodedDebuggerData = encodedDebuggerData
        options.largeKernelPages = largeKernelPages
        do { return try ForgedMachine(options) } catch { throw Failure(error) }
    }

    /// The built-in profile of a kernel.
    static func profile(of version: String) throws(Failure) -> KernelProfile {
        guard let profile = BuiltInProfiles.profile(version: version), profile.identity != nil else {
            throw Failure(
                status: .usage, summary: "no kernel of version \(version) is built in",
                advice: [
                    "Built in are, among others, 10.0.14393.6343, 10.0.17763.5933, 10.0.19041.3570 and 10.0.20348.2529."
                ])
        }
        return profile
    }
}

extension ForgeScenario {
    /// The kernel on which the scenario is played where the user names none: the article's own, and its successors.
    var kernelVersion: String {
        switch self {
        case .article, .clean: "10.0.14393.6343"
        case .grabber: "10.0.17763.5933"
        case .corrupt: "10.0.19041.2006"
        case .zombies, .unlisted: "10.0.22000.318"
        case .kernelrefs, .selfpinned: "10.0.19041.1110"
        case .uac, .appcontainer: "10.0.19041.3570"
        case .network: "10.0.20348.288"
        case .hoard, .silo: "10.0.17763.2114"
        case .mixed: "10.0.18362.836"
        case .terminals: "10.0.14393.6343"
        }
    }
}

extension Failure {
    init(_ error: ForgeError) {
        let status: ExitStatus =
            switch error {
            case .unsupported: .usage
            case .cannotWrite: .readOrWriteError
            case .profileLacks: .kernelUnknown
            }
        self.init(status: status, summary: "cannot forge the dump: \(error)")
    }
}
