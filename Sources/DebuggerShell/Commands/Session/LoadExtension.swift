/// `.load`: the extensions whose commands are built in are welcome, others are not there (`debugger-commands.md` §3.5).
struct LoadExtension: ShellCommand {
    let names = [".load", ".loadby"]
    let summary = "Accepts the debugger extensions whose commands are built in: mex, kdexts, exts, ext."
    let usage = [".load mex", ".load c:\\debuggers\\winext\\mex.dll"]

    private static let builtIn: Set = ["mex", "kdexts", "kdextx64", "exts", "ext", "dbghelp"]

    func run(_ invocation: Invocation, in session: ShellSession, to output: CommandOutput) throws(CommandError) {
        guard let path = ArgumentReader(invocation.arguments).peek()?.text else {
            throw .words(".load takes the name of an extension: .load mex")
        }
        let file = path.split { $0 == "\\" || $0 == "/" }.last ?? ""
        let name = file.lowercased().hasSuffix(".dll") ? file.dropLast(4).lowercased() : file.lowercased()
        guard Self.builtIn.contains(name) else {
            throw .words([
                "The call to LoadLibrary(\(path)) failed, Win32 error 0n2",
                "    \"The system cannot find the file specified.\"",
                "Please check your debugger configuration and/or network access.",
                "No extension can be loaded here; those of mex that the shell has are built in: .help",
            ])
        }
        guard name == "mex" else { return }
        try output.line("Mex External 3.0.0 Loaded!")
        try output.remark("Nothing was loaded: the commands of MEX that .help shows are built in.")
    }
}
