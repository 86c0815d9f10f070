import Foundation
import Testing

@testable import DebuggerShell

/// Lines made by chance: no trap, no hang, whatever they say. `LOGONLEAK_RANDOM_LINES` sets how many.
@Suite("lines made by chance")
struct RandomLineTests {
    private static let count =
        ProcessInfo.processInfo.environment["LOGONLEAK_RANDOM_LINES"].flatMap(Int.init) ?? 1500

    /// Prints what took long, for whoever looks for it.
    private let showsSlowLines = ProcessInfo.processInfo.environment["LOGONLEAK_SLOW_LINES"] != nil

    private struct Chance: RandomNumberGenerator {
        var state: UInt64
        mutating func next() -> UInt64 {
            state &+= 0x9E37_79B9_7F4A_7C15
            var mixed = state
            mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
            mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
            return mixed ^ (mixed >> 31)
        }
    }

    private static let words = [
        "nt!SepLogonSessions", "poi(nt!SepLogonSessions)", "nt!_TOKEN", "_TOKEN*", "nt!_SEP_LOGON_SESSION_REFERENCES",
        "_EPROCESS", "_LIST_ENTRY", "-l", "Next", "Flink", "-r", "-r2", "-a", "-v", "-b", "-c", "L1", "L?ffffffff",
        "L-8", "@rip", "@$proc", "@#Line", "${@#Line}", "0n10", "ffffffff`ffffffff", "0", "+", "*", "(", ")", ";", "\"",
        "-x", "-f", "-n", "2", "AccountName", "poi", "by(", "<<", "mod", "nt", "!", "`", "ø", "\u{1F600}", "'a'", "-",
        "_UNICODE_STRING", "Pcb.Header.", "-y", "Tok", "*Token*", "[a-z]", "@@c++(1)", "1/0", ".", "/c8", "-[1]b",
    ]

    private static let damaged = Result {
        try ShellFixture(.corrupt, "10.0.19041.2006", as: .bitmapKernel) { $0.logonSessions = 24 }
    }

    @Test("no line ends the shell, over a machine in order and over a damaged one", arguments: [false, true])
    func lines(isDamaged: Bool) throws {
        let machine = try (isDamaged ? Self.damaged : ShellFixture.article).get()
        let shell = DebuggerShell(over: machine.kernel)
        let names = CommandTable.standard.commands.flatMap(\.names)
        var chance = Chance(state: 11)
        for _ in 0..<Self.count {
            var parts = [names.randomElement(using: &chance) ?? "?"]
            for _ in 0..<Int.random(in: 0...9, using: &chance) {
                let pool = Int.random(in: 0..<8, using: &chance) == 0 ? names : Self.words
                parts.append(pool.randomElement(using: &chance) ?? "")
            }
            let line = parts.joined(separator: Bool.random(using: &chance) ? " " : "")
            var left = 200
            let start = ContinuousClock.now
            shell.run(line) { _ in
                left -= 1
                return left > 0
            }
            let elapsed = ContinuousClock.now - start
            #expect(elapsed < .seconds(30), "\(line)")
            if showsSlowLines, elapsed > .milliseconds(300) { print("\(elapsed): \(line)") }
        }
    }
}
