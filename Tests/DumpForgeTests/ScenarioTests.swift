import DumpForge
import KernelProfiles
import Testing

@Suite("What the special scenarios leave behind")
struct ScenarioTests {
    private func truth(
        _ scenario: ForgeScenario, on version: String = "10.0.19041.3570", perVisitor: Int? = nil
    ) throws -> ForgedTruth {
        var options = try MachineCase(version: version, scenario: scenario).options()
        options.tokensPerVisitor = perVisitor
        return try ForgedMachine(options).truth(for: .full)
    }

    private func leakedTokens(_ truth: ForgedTruth) -> [ForgedTruth.Token] {
        let addresses = Set(truth.logonSessions.filter { $0.state == .leaked }.flatMap(\.referencingTokens))
        return truth.tokens.filter { addresses.contains($0.address) }
    }

    @Test(
        "on every kernel counts follow from pins, and the scenario ends in its verdict",
        arguments: [
            ForgeScenario.zombies, .kernelrefs, .selfpinned, .uac, .network, .mixed, .silo, .unlisted, .appcontainer,
        ], ["6.1.7601.24540", "6.3.9600.19913", "10.0.17763.5933", "10.0.22000.318"])
    func counts(_ scenario: ForgeScenario, _ version: String) throws {
        let truth = try truth(scenario, on: version)
        #expect(truth.verdict == (scenario == .network ? "clean" : "leak"))
        for token in truth.tokens {
            let handles = token.pins.count { if case .handle = $0 { true } else { false } }
            #expect(Int64(handles) == token.handleCount)
            #expect(!token.pins.isEmpty && token.pointerCount >= Int64(token.pins.count))
        }
        for session in truth.logonSessions where session.state != .unused {
            let pair = session.flags & 2 != 0 && session.buddy != nil ? 1 : 0
            let silo = session.isInSilo && [0x3E6, 0x3E7].contains(session.luid) ? 1 : 0
            #expect(session.referenceCount == Int64(session.referencingTokens.count + pair + silo))
        }
    }

    @Test("visitors' sessions hang on exited processes and dead threads alone")
    func zombies() throws {
        let truth = try truth(.zombies)
        #expect(truth.counts.leakedSessions == 15)
        #expect(truth.processes.count { $0.exited } == 15)
        #expect(truth.processes.filter { $0.exited }.allSatisfy { !$0.heldBy.isEmpty && $0.handles == 0 })
        for token in leakedTokens(truth) {
            #expect(
                token.pins.allSatisfy { pin in
                    switch pin {
                    case .primaryToken(_, let exited), .impersonation(_, _, let exited): exited
                    default: false
                    }
                })
        }
        let holders = Dictionary(
            uniqueKeysWithValues: truth.holders.map { ($0.holder.split(separator: ":").last ?? "", $0) })
        #expect(holders["ProcessWatch.exe"]?.leakedSessions == 6)
        #expect(holders["StackSampler.exe"]?.leakedSessions == 9)
        #expect(holders["kernel"]?.leakedSessionsAlone == 3)
    }

    @Test("the kernel alone holds, by references and by handles of its own")
    func kernelReferences() throws {
        let truth = try truth(.kernelrefs)
        #expect(truth.holders.map(\.holder) == ["kernel"])
        let pins = leakedTokens(truth).flatMap(\.pins)
        #expect(pins.contains { if case .kernelReferences = $0 { true } else { false } })
        #expect(
            pins.contains {
                if case .handle(4, let value, _, true) = $0 { value >> 31 == 0x1_FFFF_FFFF } else { false }
            })
    }

    @Test("a session that pins itself blames no process")
    func selfPinned() throws {
        let truth = try truth(.selfpinned)
        let pinned = truth.logonSessions.filter(\.isSelfPinned)
        #expect(pinned.count == 8)
        #expect(pinned.allSatisfy { $0.state == .leaked && $0.referencingTokens == [$0.cachedToken].compactMap { $0 } })
        #expect(truth.holders.map(\.holder) == ["self"])
    }

    @Test("limited halves, their full halves, window managers, font drivers")
    func pairs() throws {
        let leaked = try truth(.uac).logonSessions.filter { $0.state == .leaked }
        #expect(leaked.count { $0.kind == .windowManager } == 4)
        #expect(leaked.count { $0.kind == .fontDriver } == 2)
        #expect(leaked.count { $0.flags & 4 != 0 && $0.kind == .remoteInteractive } == 6)
        #expect(leaked.count { $0.flags & 2 != 0 && !$0.referencingTokens.isEmpty } == 4)
    }

    @Test("network logons are idle, some without a name")
    func network() throws {
        let idle = try truth(.network).logonSessions.filter { $0.kind == .network && $0.state == .idle }
        #expect(idle.count == 22)
        #expect(idle.contains { $0.account.isEmpty })
    }

    @Test("a hoard needs ten thousand handles to be suspect")
    func hoard() throws {
        let small = try truth(.hoard, on: "10.0.17763.2114", perVisitor: 60)
        #expect(small.verdict == "clean")
        let host = small.processes.max { $0.handles < $1.handles }
        #expect(host?.image == "svchost.exe" && (host?.handles ?? 0) >= 480)
        // Beyond 512 pages of 256 entries a table has three levels.
        let values = small.tokens.flatMap(\.pins).compactMap { pin in
            if case .handle(_, let value, _, _) = pin { value } else { nil }
        }
        #expect((values.max() ?? 0) / 4 > 512 * 256)
    }

    @Test("one, two and three holders, trust links and a token of several pages")
    func mixed() throws {
        let truth = try truth(.mixed, on: "10.0.18362.836")
        #expect(truth.holders.map(\.leakedSessions).max() == 12)
        #expect(truth.holders.count == 3)
        #expect(truth.holders.filter { $0.leakedSessionsAlone > 0 }.count == 1)
        #expect(truth.tokens.count { $0.pins.contains { if case .trustLink = $0 { true } else { false } } } == 3)
        #expect(truth.tokens.count { $0.groups > 200 } == 1)
    }

    @Test("containers have the host's LUIDs again")
    func containers() throws {
        let truth = try truth(.silo, on: "10.0.17763.2114")
        for luid in [0x3E6, 0x3E7] as [UInt64] {
            #expect(truth.logonSessions.count { $0.luid == luid } == 3)
            #expect(truth.logonSessions.count { $0.luid == luid && $0.isInSilo } == 2)
        }
        #expect(truth.logonSessions.count { $0.isInSilo && $0.state == .leaked } == 2)
    }

    @Test("SYSTEM tokens pin terminal sessions where no logon session leaks")
    func terminals() throws {
        let truth = try truth(.terminals)
        #expect(truth.counts.leakedSessions == 0 && truth.verdict == "leak")
        #expect(truth.terminalSessions.count { !$0.isLive && $0.pinnedByTokens == 1 } == 6)
    }

    @Test("tokens that only the pool shows, without tracking")
    func unlisted() throws {
        let truth = try truth(.unlisted, on: "10.0.22000.318")
        #expect(!truth.dump.tracking)
        #expect(leakedTokens(truth).count == 12)
        #expect(leakedTokens(truth).allSatisfy { $0.reachable == ["poolOnly"] })
    }

    @Test("AppContainer tokens carry the low-box flag")
    func appContainers() throws {
        let tokens = leakedTokens(try truth(.appcontainer))
        #expect(tokens.count == 8 && tokens.allSatisfy { $0.flags & 0x4000 != 0 })
    }

    @Test("hosts of later kernels run one service each", arguments: [("6.3.9600.19913", 3), ("10.0.19041.3570", 1)])
    func services(_ version: String, _ count: Int) throws {
        let host = try truth(.clean, on: version).processes.first { $0.serviceGroup == "netsvcs" }
        #expect(host?.services.count == count && host?.services.first == "Schedule")
    }
}
