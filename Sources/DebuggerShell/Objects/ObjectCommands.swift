extension CommandTable {
    /// Processes, tokens, handles and other objects of the kernel, by the debugger's extensions.
    static let objectCommands: [any ShellCommand] = [
        ShowProcess(), TaskList(), ShowToken(), ShowSID(), ShowHandle(), ShowObject(), ShowPool(), ShowSessions(),
        ShowSessionProcesses(),
        ShowWindowStations(), ShowLogonSession(),
    ]

    /// The dump and its modules.
    static let dumpCommands: [any ShellCommand] = [
        ShowTarget(), ShowTime(), ShowBugCheck(), DumpInformation(), ComputerName(), ListModules(),
    ]

    /// Our own: what the analysis says.
    static let leakCommands: [any ShellCommand] = [ShowLeaks(), Explain(), ShowHolders(), ShowCreators()]
}
