import ArgumentParser

struct SymbolsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "symbols", abstract: "Shows what symbols a dump needs, where they are looked for, and gets them.",
        subcommands: [ManifestCommand.self, FetchCommand.self, PathCommand.self])
}
