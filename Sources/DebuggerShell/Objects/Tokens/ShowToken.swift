import BinaryReading
import KernelObjects

/// `!token`: one token (`debugger-commands.md` §8.2).
///
/// Without an address it is the one that the current thread impersonates, else the primary token of the current process.
struct ShowToken: ShellCommand {
    let names = ["!token"]
    let summary = "Shows a token: user, groups, privileges, identity."
    let usage = [
        "!token [-n] [ADDRESS]", "    -n adds names to SIDs, where they are known",
        "    Without an address: the current thread's or process's token.", "!token -n ffffa500acc9b060",
    ]

    func run(_ invocation: Invocation, in session: ShellSession, to output: CommandOutput) throws(CommandError) {
        var arguments = ArgumentReader(invocation.arguments)
        let wantsNames = arguments.take("-n")
        let rest = arguments.rest
        let value = rest.isEmpty ? 0 : try session.evaluate(rest)
        let address = value == 0 ? try Self.current(session, to: output) : VirtualAddress(value)
        // A reference with its counting bits is no object's address, and the debugger refuses it too.
        guard address.rawValue & 0xF == 0, let facts = try session.objects().facts(of: address),
            facts.typeName == "Token",
            let card = TokenCard(at: address, in: session, wantsNames: wantsNames)
        else {
            throw .words(Self.refusal(of: address))
        }
        try card.write(to: output)
    }

    private static func refusal(of address: VirtualAddress) -> [String] {
        let words = "The address 0x\(address.extensionText) does not point to a token object."
        guard address.rawValue & 0xF != 0 else { return [words] }
        return [
            words,
            "The low bits of a counted reference are no part of it: !token \(VirtualAddress(address.rawValue & ~0xF).extensionText)",
        ]
    }

    private static func current(_ session: ShellSession, to output: CommandOutput) throws(CommandError)
        -> VirtualAddress
    {
        if let thread = session.currentThread,
            let token = try session.snapshot().threads.first(where: { $0.address == thread })?.impersonationToken
        {
            return token
        }
        try output.line("Thread is not impersonating. Using process token...")
        guard let process = session.currentProcess,
            let token = StructureRecord("_EPROCESS", at: process, in: session)?.fastReference("Token"), !token.isNull
        else {
            throw .words(["The token of the current process cannot be read.", "Name one: !token ADDRESS"])
        }
        try output.line("_EPROCESS \(process.description), _TOKEN 0x\(VirtualAddress.null.extensionText)")
        return token
    }
}
