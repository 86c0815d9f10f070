import ArgumentParser

@main
struct GenerateProfiles: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "generate-profiles",
        abstract: "Makes and checks the collection of kernel profiles inside the program.",
        discussion: "Documentation/KernelProfiles.md says how to add a kernel.",
        subcommands: [WriteCollection.self, VerifyCollection.self, WriteSymbolFile.self],
        defaultSubcommand: WriteCollection.self)
}
