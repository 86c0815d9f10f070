import ArgumentParser

/// Everything about symbols.
struct SymbolsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "symbols",
        abstract: "Shows symbol files and what is in them; names and gets those that a dump needs.",
        discussion: """
            Symbols tell where the kernel keeps its variables and how its structures are laid out. Those of many kernels are built in; others \
            come from a PDB or from a Volatility symbol file (ISF).

            EXAMPLES
              logonleak symbols info ntkrnlmp.pdb               what a symbol file is
              logonleak symbols show PsActiveProcessHead        where a symbol lies
              logonleak symbols show 'Sep*' --symbols ntkrnlmp.pdb
              logonleak symbols manifest MEMORY.DMP             what a dump needs
              logonleak symbols fetch MEMORY.DMP --symbols 'srv*symbols*https://msdl.microsoft.com/download/symbols'
              logonleak symbols path                            where symbols are looked for
              logonleak symbols cache                           what is kept of PDBs that were used
            """,
        subcommands: [
            SymbolsInfoCommand.self, SymbolsShowCommand.self, ManifestCommand.self, FetchCommand.self, PathCommand.self,
            SymbolsCacheCommand.self,
        ])
}
