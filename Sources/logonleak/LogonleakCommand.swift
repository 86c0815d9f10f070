import ArgumentParser

@main
struct LogonleakCommand: ParsableCommand {
    static let version = "0.1.0"

    static let configuration = CommandConfiguration(
        commandName: "logonleak",
        abstract: "Says which Windows logon sessions leaked, who made their tokens and who still holds them.",
        discussion: """
            Opens the memory of a Windows machine (a kernel crash dump or live dump) on any operating system, without a debugger, \
            without Windows and without a symbol server. Nothing leaves this machine, and nothing is asked of a server unless you name one.

            EXAMPLES
              logonleak demo                       forge a leak and analyse it
              logonleak analyze MEMORY.DMP         the verdict, then the details
              logonleak analyze MEMORY.DMP --format json --output leak.json
              logonleak explain MEMORY.DMP 0x3e7   what keeps a session alive
              logonleak compare OLD.DMP NEW.DMP    what grew in between
              logonleak info MEMORY.DMP            what this file is
              logonleak shell MEMORY.DMP           the debugger's words: x, dt, dps, !grep …
              logonleak types _TOKEN               a structure's layout
              logonleak symbols show 'Sep*'        where symbols lie
              logonleak capture                    how to get a dump

            EXIT STATUS
              0   done, whatever the verdict
              1 2 3   with --exit-code: leak, suspect, incomplete
              64  usage                   69  kernel unknown and no symbols
              65  input refused           70  internal error
              66  cannot open input       73  cannot create output
              74  read or write error     130 interrupted
            """,
        version: version,
        subcommands: [
            AnalyzeCommand.self, InfoCommand.self, SessionsCommand.self, TokensCommand.self, ProcessesCommand.self,
            ModulesCommand.self, TerminalsCommand.self, ExplainCommand.self, CompareCommand.self, HandlesCommand.self,
            ShellCommand.self, SymbolsCommand.self, TypesCommand.self, CaptureCommand.self, ForgeCommand.self,
            DemoCommand.self,
        ])
}
