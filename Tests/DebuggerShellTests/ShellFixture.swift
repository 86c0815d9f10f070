import DumpForge
import FileMapping
import KernelProfiles
import KernelSymbols
import MemoryImages
import Testing

@testable import DebuggerShell

/// A forged machine with a shell over its dump; forged once for all tests that want the same.
struct ShellFixture: Sendable {
    let kernel: Kernel
    let truth: ForgedTruth

    /// - Parameter change: Changes the options before the machine is forged.
    init(
        _ scenario: ForgeScenario, _ version: String = "10.0.14393.6343", as type: ForgedDumpType = .bitmapFull,
        _ change: (inout ForgeOptions) -> Void = { _ in }
    ) throws {
        var options = ForgeOptions(
            scenario: scenario, profile: try #require(BuiltInProfiles.profile(version: version)), seed: 3)
        options.logonSessions = 40
        change(&options)
        let machine = try ForgedMachine(options)
        truth = machine.truth(for: type)
        kernel = try Kernel(in: try CrashDump(file: MappedFile(bytes: try machine.dumpBytes(as: type))))
    }

    /// A small machine with the article's leak.
    static let article = Result { try ShellFixture(.article) }

    /// The lines that a shell of its own answers with.
    func answer(_ line: String) -> [String] { Self.answer(line, DebuggerShell(over: kernel)) }

    /// The lines of a shell's answer.
    static func answer(_ line: String, _ shell: DebuggerShell) -> [String] {
        var lines: [String] = []
        shell.run(line) {
            lines.append($0.text)
            return true
        }
        return lines
    }

    /// The answers to several lines of one shell, one after the other.
    func answers(_ lines: [String]) -> [String] {
        let shell = DebuggerShell(over: kernel)
        return lines.flatMap { Self.answer($0, shell) }
    }

    /// Sessions that the walk of the chains reaches, with their account names.
    var chainedSessions: [ForgedTruth.LogonSession] { truth.logonSessions.filter { !$0.isOffChain && !$0.isMissing } }
}
