import ArgumentParser

@main
struct GenerateProfiles: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "generate-profiles")
}
