public import ArgumentParser
public import DumpForge
import KernelProfiles
import KernelSymbols

/// Which dumps are spoilt, and where the numbering of mutations begins.
struct MutationOptions: ParsableArguments {
    @Option(help: ArgumentHelp("Start of the sequence of chance.", valueName: "number"))
    var seed: UInt64 = 1

    @Option(help: ArgumentHelp("Number of the first mutation.", valueName: "number"))
    var first = 0

    @Option(help: "What happens on the forged machine: article, grabber, clean, corrupt.")
    var scenario: ForgeScenario = .grabber

    @Option(
        name: .customLong("type"), parsing: .singleValue,
        help: ArgumentHelp(
            "DumpType, may be given more than once; all that the kernel writes in turn where not given.",
            valueName: "number"))
    var types: [UInt32] = []

    @Option(help: ArgumentHelp("Version of the machine's kernel, or how it begins.", valueName: "version"))
    var kernel = "10.0.17763.5933"

    @Option(help: ArgumentHelp("Logon sessions of the machine, at least.", valueName: "number"))
    var sessions = 24

    @Option(
        help: ArgumentHelp(
            "Built-in profiles to hide, as in LOGONLEAK_HIDE_PROFILE: the kernel is inferred.", valueName: "names"))
    var hide: String?

    @Flag(help: "Cut the dumps at one page border after the other instead of spoiling them.")
    var cuts = false

    func validate() throws {
        guard first >= 0, first < 1 << 48 else { throw ValidationError("--first takes 0 to 2^48 - 1.") }
        guard (1...100_000).contains(sessions) else { throw ValidationError("--sessions takes 1 to 100000.") }
        for type in types where ForgedDumpType(rawValue: type) == nil {
            throw ValidationError("There is no dump type \(type).")
        }
    }

    /// The same options as arguments of another process, with another first mutation.
    func arguments(first: Int) -> [String] {
        [
            "--seed", "\(seed)", "--first", "\(first)", "--scenario", scenario.rawValue, "--kernel", kernel,
            "--sessions", "\(sessions)",
        ] + types.flatMap { ["--type", "\($0)"] } + (hide.map { ["--hide", $0] } ?? []) + (cuts ? ["--cuts"] : [])
    }

    /// Forges the machine and prepares its dumps.
    func forge() throws -> MutationSeries {
        guard let profile = BuiltInProfiles.profile(version: kernel), profile.identity != nil else {
            throw ValidationError("No kernel of version \(kernel) is built in.")
        }
        var machine = ForgeOptions(scenario: scenario, profile: profile, seed: seed)
        machine.logonSessions = sessions
        let forged = try ForgedMachine(machine)
        let chosen = types.compactMap(ForgedDumpType.init)
        let subjects = try (chosen.isEmpty ? Self.types(of: profile) : chosen).map { type in
            try MutationSubject(bytes: try forged.dumpBytes(as: type))
        }
        let hidden = hide.map { HiddenProfiles(text: $0) } ?? HiddenProfiles()
        return MutationSeries(seed: seed, subjects: subjects, hidden: hidden, isCutting: cuts)
    }

    private static func types(of profile: KernelProfile) -> [ForgedDumpType] {
        let all: [ForgedDumpType] = [.bitmapKernel, .full, .rangeKernel, .bitmapFull, .rangeUser, .rangeFull]
        return profile.build < 9200 ? [.summary, .full] : all
    }
}

extension ForgeScenario: ExpressibleByArgument {}
