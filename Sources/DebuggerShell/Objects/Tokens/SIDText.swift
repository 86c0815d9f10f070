import BinaryReading
import KernelObjects
import LeakAnalysis
import LeakReports

/// SIDs with the names that are certain on any machine, or that the dump's own sessions give (`debugger-commands.md` §8.2).
struct SIDText {
    private let session: ShellSession
    private let wantsNames: Bool

    init(_ session: ShellSession, wantsNames: Bool) {
        self.session = session
        self.wantsNames = wantsNames
    }

    /// The SID, and with names ` (Well Known Group: NT AUTHORITY\SYSTEM)` behind it.
    func text(_ sid: SID) throws(CommandError) -> String {
        guard wantsNames else { return sid.description }
        return sid.description + " (" + (try name(of: sid)) + ")"
    }

    private func name(of sid: SID) throws(CommandError) -> String {
        if let name = sid.wellKnownName {
            let isAlias = sid.identifierAuthority == 5 && sid.subAuthorities.first == 32
            return "\(isAlias ? "Alias" : sid.identifierAuthority == 16 ? "Label" : "Well Known Group"): \(name)"
        }
        guard let name = try session.analysis().name(of: sid) else { return "no name mapped" }
        return "User: \(name.terminalSafe)"
    }
}

/// `!sid`: a SID in memory as text (`debugger-commands.md` §8.3).
struct ShowSID: ShellCommand {
    let names = ["!sid"]
    let summary = "Shows the SID at an address as text."
    let usage = ["!sid ADDRESS [1]", "    1 adds the name, where it is known", "!sid ffffa500acc9c010 1"]

    func run(_ invocation: Invocation, in session: ShellSession, to output: CommandOutput) throws(CommandError) {
        var arguments = ArgumentReader(invocation.arguments)
        guard let word = arguments.next() else { throw .words(["!sid needs an address.", "Usage: !sid ADDRESS [1]"]) }
        let address = VirtualAddress(try session.value(of: word))
        let wantsName = try arguments.next().map { (word) throws(CommandError) in try session.value(of: word) } ?? 0
        guard let sid = SID(at: address, in: session.memory) else {
            let isReadable = session.loadValue(byteCount: 1, at: address.rawValue, isPhysical: false) != nil
            throw .words(
                isReadable
                    ? "There is no SID at \(address.extensionText)."
                    : "Can't read SID at address \(address.extensionText)")
        }
        try output.line("SID is: " + SIDText(session, wantsNames: wantsName == 1).text(sid))
    }
}
