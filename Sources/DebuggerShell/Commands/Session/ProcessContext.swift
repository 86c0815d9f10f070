import BinaryReading
import KernelProfiles
import KernelSymbols
import MemoryImages

/// `.process`: whose page tables user addresses are read through (`debugger-commands.md` §3.5).
struct ProcessContext: ShellCommand {
    let names = [".process"]
    let summary = "Chooses the process whose user addresses are read; alone, goes back to that of the dump."
    let usage = [".process [/p] [/r] [ADDRESS]", ".process /p 0xffffe00c`bad28040"]

    func run(_ invocation: Invocation, in session: ShellSession, to output: CommandOutput) throws(CommandError) {
        var reader = ArgumentReader(invocation.arguments)
        var options: Set<Character> = []
        while let word = reader.peek(), word.text.hasPrefix("/") || word.text.hasPrefix("-") {
            options.formUnion(word.text.dropFirst())
            _ = reader.next()
        }
        let value = reader.isAtEnd ? 0 : try session.evaluate(reader.rest)
        if value == 0 {
            session.choose(process: nil, directoryTableBase: nil)
        } else {
            try choose(VirtualAddress(value), session)
        }
        let current = session.currentProcess.map(\.debuggerText) ?? "that of the dump, whose address cannot be read"
        try output.line("Implicit process is now \(current)")
        if options.contains("p") { try output.line(".cache forcedecodeuser done") }
        if options.contains("P") { try output.line(".cache forcedecodeptes done") }
        if options.contains("r") {
            try output.line("Loading User Symbols")
            try output.remark("Only the kernel's symbols are known here.")
        }
    }

    private func choose(_ process: VirtualAddress, _ session: ShellSession) throws(CommandError) {
        guard let field = session.types.structure("_KPROCESS")?["DirectoryTableBase"], process.isKernel,
            let table = session.loadValue(byteCount: 8, at: (process + field.offset).rawValue, isPhysical: false),
            table & 0x000F_FFFF_FFFF_F000 != 0
        else {
            throw .words([
                "Process \(process.debuggerText) has invalid page directories",
                "Name the address of an _EPROCESS, as !process 0 0 shows them.",
            ])
        }
        session.choose(process: process, directoryTableBase: table)
    }
}

/// `.thread`: the thread of the crash, which is the only one whose registers a dump has.
struct ThreadContext: ShellCommand {
    let names = [".thread"]
    let summary = "Shows the thread of the crash."
    let usage = [".thread"]

    func run(_ invocation: Invocation, in session: ShellSession, to output: CommandOutput) throws(CommandError) {
        guard invocation.arguments.isEmpty else {
            throw .words("Only the thread of the crash has registers in a dump; !process ADDRESS 4 lists threads.")
        }
        let current = session.currentThread.map(\.debuggerText) ?? "one whose address cannot be read"
        try output.line("Implicit thread is now \(current)")
    }
}
