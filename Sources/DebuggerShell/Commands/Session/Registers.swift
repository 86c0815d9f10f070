import BinaryReading
import KernelSymbols
import MemoryImages

/// `r`: the registers of the processor that wrote the dump.
struct Registers: ShellCommand {
    let names = ["r"]
    let summary = "Shows the registers of the processor that wrote the dump, or one of them."
    let usage = [
        "r [REGISTER]", "r @$tN = EXPRESSION", "    $t0 to $t19 are yours to set", "r rip",
        "r @$t0 = poi(nt!SepLogonSessions)",
    ]

    private static let rows = [
        ["rax", "rbx", "rcx"], ["rdx", "rsi", "rdi"], ["rip", "rsp", "rbp"], ["r8", "r9", "r10"],
        ["r11", "r12", "r13"], ["r14", "r15"],
    ]

    func run(_ invocation: Invocation, in session: ShellSession, to output: CommandOutput) throws(CommandError) {
        if let sign = invocation.arguments.firstIndex(of: "=") {
            let name = invocation.arguments[..<sign].trimmed.lowercased()
            return try set(name, to: invocation.arguments[invocation.arguments.index(after: sign)...], in: session)
        }
        let name = invocation.arguments.trimmed.lowercased()
        guard name.isEmpty else {
            let register = name.hasPrefix("@") ? String(name.dropFirst()) : name
            guard let value = session.registerValue(register) else { throw .words("Bad register error at '\(name)'") }
            return try output.line("\(register)=\(value.paddedHexDigits(16))")
        }
        guard session.kernel.dump.header.context != nil else {
            throw .words("The dump has no registers: its writer left the context record empty.")
        }
        for row in Self.rows {
            let cells = row.map { name in
                String(repeating: " ", count: 3 - name.count) + name + "="
                    + (session.registerValue(name) ?? 0).paddedHexDigits(16)
            }
            try output.line(cells.joined(separator: " "))
        }
    }

    private func set(_ name: String, to text: Substring, in session: ShellSession) throws(CommandError) {
        let bare = name.hasPrefix("@") ? name.dropFirst() : name[...]
        guard bare.hasPrefix("$t"), let index = Int(bare.dropFirst(2)), session.userRegisters.indices.contains(index)
        else {
            throw .words([
                "Bad register error at '\(name)'", "Only $t0 to $t19 can be set: the dump is not written to.",
            ])
        }
        session.userRegisters[index] = try session.evaluate(text)
    }
}
