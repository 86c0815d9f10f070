import KernelObjects
import LeakAnalysis
import Testing

/// The analysis against machines that other hands invented: every state, holder and terminal session of their truth files.
@Suite("Truth files") struct TruthTests {
    @Test("states, kinds, terminal sessions, holders and verdict, with handles", arguments: TruthMachine.names)
    func withHandles(_ name: String) throws {
        guard let machine = try TruthMachine(name, withHandles: true) else {
            print("skipped: the truth of \(name) or xz is not at hand")
            return
        }
        let analysis = machine.analysis
        expectStates(machine, analysis)
        expectTerminals(machine, analysis)
        expectHolders(machine, analysis)
        #expect(analysis.verdict.state.rawValue == machine.truth["verdict"] as? String)
    }

    /// Until handle tables are read: what DESIGN promises where tracking is on.
    @Test("states, terminal sessions and verdict, without handles", arguments: TruthMachine.names)
    func withoutHandles(_ name: String) throws {
        guard let machine = try TruthMachine(name, withHandles: false) else { return }
        guard machine.truth.object("dump")["tracking"] as? Bool == true, name != "hoard-17763" else { return }
        let analysis = machine.analysis
        expectStates(machine, analysis)
        expectTerminals(machine, analysis)
        #expect(analysis.verdict.state.rawValue == machine.truth["verdict"] as? String)
    }

    private func expectStates(_ machine: TruthMachine, _ analysis: Analysis) {
        var said: [UInt64: (String, String, Int)] = [:]
        for session in analysis.sessions {
            let address = analysis.snapshot.logonSessions[session.session].address.rawValue
            said[address] = (session.kind.rawValue, session.state.rawValue, session.referencingTokens.count)
        }
        for session in machine.truth.objects("logonSessions") {
            let ours = said[session.number("address") ?? 0]
            let luid = session["luid"] as? String ?? ""
            #expect(ours?.0 == session["kind"] as? String, "kind of \(luid)")
            #expect(ours?.1 == session["state"] as? String, "state of \(luid)")
        }
    }

    private func expectTerminals(_ machine: TruthMachine, _ analysis: Analysis) {
        var expected: [Int: String] = [:]
        for terminal in machine.truth.objects("terminalSessions") {
            expected[terminal["id"] as? Int ?? -1] = terminal["state"] as? String
        }
        var said: [Int: String] = [:]
        for terminal in analysis.terminalSessions { said[Int(terminal.id)] = terminal.state.rawValue }
        #expect(said == expected)
    }

    private func expectHolders(_ machine: TruthMachine, _ analysis: Analysis) {
        var expected: [String: [Int?]] = [:]
        for row in machine.truth.objects("holders") {
            guard let name = row["holder"] as? String else { continue }
            expected[name] = [row["leakedSessions"] as? Int, row["leakedSessionsAlone"] as? Int, row["tokens"] as? Int]
        }
        var said: [String: [Int?]] = [:]
        for row in analysis.holders where row.leakedSessions > 0 {
            said[analysis.label(of: row.holder)] = [row.leakedSessions, row.leakedSessionsAlone, row.tokens]
        }
        #expect(said == expected)
        var expectedTerminals: [String: Int] = [:]
        for row in machine.truth.objects("terminalHolders") {
            expectedTerminals[row["holder"] as? String ?? ""] = row["leakedTerminalSessions"] as? Int
        }
        var terminals: [String: Int] = [:]
        for row in analysis.holders where row.leakedTerminalSessions > 0 {
            terminals[analysis.label(of: row.holder)] = row.leakedTerminalSessions
        }
        #expect(terminals == expectedTerminals)
    }
}
