/// Commands that the debugger has and this shell does not: they say so, and what comes nearest.
struct MissingCommand: ShellCommand {
    let names: [String]
    /// What comes nearest.
    let nearest: String

    var summary: String { "Not here: \(nearest)" }
    var usage: [String] { names }

    func run(_ invocation: Invocation, in session: ShellSession, to output: CommandOutput) throws(CommandError) {
        throw .words("\(invocation.name) is not here: \(nearest)")
    }

    /// The commands of the debugger that users of such dumps reach for.
    static let all: [MissingCommand] = [
        MissingCommand(
            names: ["k", "kb", "kp", "kn", "kv", "kL", "kc"],
            nearest: "stacks are not unwound. dps @rsp shows what lies on the stack with its symbols."),
        MissingCommand(names: ["!analyze"], nearest: ".bugcheck shows the code, !leaks the verdict on logon sessions."),
        MissingCommand(names: [".printf"], nearest: ".echo shows a text, ? and .formats a value."),
        MissingCommand(names: ["dx", "dv", "dtx"], nearest: "dt TYPE ADDRESS shows the same structure."),
        MissingCommand(names: ["??"], nearest: "? evaluates expressions in MASM form, with poi() for *."),
        MissingCommand(names: ["uf", "ub", "uu", "ur"], nearest: "u shows the symbol line and the bytes of code."),
        MissingCommand(names: ["df", "dD"], nearest: ".formats shows a number as floating point."),
        MissingCommand(
            names: ["dds", "dpa", "dpu", "ddp"],
            nearest: "dps and dpp show pointers, da and du the text behind poi(ADDRESS)."),
        MissingCommand(names: ["!ddt"], nearest: "dt TYPE ADDRESS shows the same structure."),
        MissingCommand(
            names: ["!poolused", "!poolfind", "!vm"], nearest: "!pool ADDRESS shows the block at an address."),
        MissingCommand(names: ["!thread", "!stacks"], nearest: "!process ADDRESS 4 lists the threads of a process."),
        MissingCommand(
            names: ["g", "p", "t", "gu", "bp", "bu", "ba", "bl", "bc", "e", "eb", "ed", "eq", "ea"],
            nearest: "a dump does not run and is not written to."),
        MissingCommand(
            names: [".foreach", ".for", ".while", ".if", ".block", "$<", "$><", "$$<", "$$><", "as", "aS", "al", "ad"],
            nearest: "!fel -x \"COMMAND\" COMMAND2 runs a command for each line; --script FILE runs a file."),
        MissingCommand(names: ["!pte", "!vtop"], nearest: "dd and dq read through the page tables of .process."),
        MissingCommand(
            names: ["!peb", "!teb", "!dlls"], nearest: "dt _PEB ADDRESS after .process /p shows what the dump has."),
        MissingCommand(
            names: [".dump", ".dumpcab", ".writemem"], nearest: "the dump is there already, and is not written to."),
        MissingCommand(
            names: [".cls", ".prefer_dml", ".chain", ".unload", ".enable_long_status", ".enable_unicode", ".cache"],
            nearest: "nothing here depends on it."),
        MissingCommand(
            names: ["!fet", "!fef", "!fem", "!fer", "!fei", "!fems", "!hl", "!time", "!c"],
            nearest: "!fel, !grep and !cut are."),
        MissingCommand(
            names: ["!mex", "!crash"], nearest: "!di shows the dump, the machine and the bug check."),
    ]
}
