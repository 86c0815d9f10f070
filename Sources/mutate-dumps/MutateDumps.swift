import ArgumentParser

@main
struct MutateDumps: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "mutate-dumps")
}
