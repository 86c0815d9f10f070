import ArgumentParser

@main
struct MutateDumps: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "mutate-dumps",
        abstract: "Spoils forged dumps in many ways and sees that the analysis survives each of them.",
        discussion: """
            Each mutation is made of a seed and a number, so a failing one can be made again alone. The analyses run in processes of \
            their own: one that dies, takes longer than five seconds or more than 200 MB fails, is named, and the run goes on.

            EXAMPLES
              swift run -c release mutate-dumps --count 100000
              swift run -c release mutate-dumps --count 1 --first 4711 --seed 1        one mutation again
              swift run -c release mutate-dumps --cuts --count 5000                    cut at every page border
              swift run -c release mutate-dumps write --first 4711 --output spoilt.dmp its dump, for a debugger

            EXIT STATUS
              0  no mutation failed
              1  at least one failed
            """,
        subcommands: [RunCommand.self, WorkCommand.self, WriteCommand.self], defaultSubcommand: RunCommand.self)
}

/// Runs mutations in processes of their own and says what became of them.
struct RunCommand: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "run", abstract: "Run mutations (the default).")

    @OptionGroup var options: MutationOptions

    @Option(help: ArgumentHelp("How many mutations.", valueName: "number"))
    var count = 10_000

    @Option(help: ArgumentHelp("How many processes at once.", valueName: "number"))
    var jobs = 1

    func validate() throws {
        guard (1...1_000_000_000).contains(count) else { throw ValidationError("--count takes 1 to 1000000000.") }
        guard (1...64).contains(jobs) else { throw ValidationError("--jobs takes 1 to 64.") }
    }

    func run() throws {
        var run = MutationRun(options: options, count: count, jobs: jobs)
        try run.finish()
        print(run.tally.summary)
        if !run.tally.failures.isEmpty { throw ExitCode(1) }
    }
}

/// The part that may die: makes mutations one after the other and writes a line for each.
struct WorkCommand: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "work", shouldDisplay: false)

    @OptionGroup var options: MutationOptions

    @Option var count: Int

    func run() throws {
        limitResources()
        let mutations = try options.forge()
        write("ready \(peakMemory())\n")
        for number in options.first..<(options.first + count) {
            let outcome = mutations.run(number)
            write("\(outcome.line(peakMemory: peakMemory()))\n")
        }
    }

    private func write(_ line: String) { writeToStandardOutput(Array(line.utf8)) }
}

/// Writes the dump of one mutation.
struct WriteCommand: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "write", abstract: "Write the dump of one mutation.")

    @OptionGroup var options: MutationOptions

    @Option(help: ArgumentHelp("The file to write; one that is there is replaced.", valueName: "file"))
    var output: String

    func run() throws {
        let mutation = try options.forge().mutation(options.first)
        print(mutation.description)
        try writeFile(mutation.bytes, to: output)
    }
}
