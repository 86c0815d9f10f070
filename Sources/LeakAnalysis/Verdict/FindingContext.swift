import BinaryReading
import KernelObjects

/// What verdict and findings are drawn from.
struct FindingContext {
    let index: SnapshotIndex
    let sessions: [SessionAnalysis]
    let terminalSessions: [TerminalSessionAnalysis]
    let holders: [HolderAnalysis]
    let tokens: [TokenAnalysis]
    /// Handles to tokens by owner.
    let handleCounts: HolderTable<Int>
    let processPins: ProcessPins
    let tokenObjects: TokenObjectAccount
    let convention: ReferenceConvention
    /// Leaked sessions, without the FULL halves that are reported with their limited ones.
    let leaks: [SessionAnalysis]
    /// Leaked terminal sessions.
    let leakedTerminals: [TerminalSessionAnalysis]

    init(
        index: SnapshotIndex, census: SessionCensus, terminalSessions: [TerminalSessionAnalysis],
        holders: [HolderAnalysis], tokens: [TokenAnalysis], handleCounts: HolderTable<Int>, processPins: ProcessPins,
        tokenObjects: TokenObjectAccount
    ) {
        self.index = index
        sessions = census.sessions
        self.terminalSessions = terminalSessions
        self.holders = holders
        self.tokens = tokens
        self.handleCounts = handleCounts
        self.processPins = processPins
        self.tokenObjects = tokenObjects
        convention = census.convention
        leaks = census.sessions.filter(\.isLeakOfItsOwn)
        leakedTerminals = terminalSessions.filter { $0.state == .leaked }
    }

    /// Token handles in one process from which on it is a hoard (DESIGN §1).
    static let hoardHandleCount = 10_000

    /// Processes with very many token handles, by number.
    var hoards: [(owner: Holder, handles: Int)] {
        handleCounts.entries.filter { $0.value >= Self.hoardHandleCount && $0.holder != .unknown }
            .sorted { ($1.value, $0.holder) < ($0.value, $1.holder) }.map { ($0.holder, $0.value) }
    }

    /// The verdict, by DESIGN §1.
    func verdict() -> Verdict {
        let coverage = VerdictCoverage(index)
        let confidence = (leaks.map(\.confidence) + leakedTerminals.map(\.confidence)).max()
        let state: Verdict.State
        if let confidence, confidence >= .likely {
            state = .leak
        } else if confidence != nil || !hoards.isEmpty {
            state = .suspect
        } else {
            state = coverage.isInsufficient ? .incomplete : .clean
        }
        return Verdict(
            state: state, confidence: self.confidence(of: state, leak: confidence, coverage),
            headline: headline(state, leaks: leaks.count, terminals: leakedTerminals.count), coverage: coverage)
    }

    private func confidence(of state: Verdict.State, leak: Confidence?, _ coverage: VerdictCoverage) -> Confidence {
        switch state {
        case .leak: leak ?? .likely
        case .suspect: hoards.isEmpty ? .possible : .certain
        case .clean: coverage.limits.isEmpty ? .certain : .likely
        case .incomplete: .certain
        }
    }

    private func headline(_ state: Verdict.State, leaks: Int, terminals: Int) -> String {
        let all = sessions.count.counted("logon session")
        switch state {
        case .leak:
            var parts: [String] = []
            if leaks > 0 { parts.append("\(leaks.groupedText) of \(all)") }
            if terminals > 0 { parts.append(terminals.counted("terminal session")) }
            return parts.joined(separator: " and ") + " leaked."
        case .suspect:
            if leaks + terminals > 0 {
                return "\(leaks.groupedText) of \(all) may have leaked, but the evidence is weak."
            }
            let most = hoards.first.map { "\(name($0.owner)) has \($0.handles.counted("token handle"))" } ?? ""
            return "No session leaked, but \(most)."
        case .clean:
            return "No leak: none of \(all) and no terminal session is kept past its life."
        case .incomplete:
            return "No leak was seen, but too much of the dump could not be read to say that there is none."
        }
    }

    /// A holder's name in a sentence: the label, or what the class of holders is.
    func name(_ holder: Holder) -> String {
        switch holder {
        case .process(let position): index.snapshot.label(of: holder) + services(of: position)
        case .kernel: "the kernel"
        case .itself: "the sessions' own cached tokens"
        case .unknown: "a holder that was not found"
        }
    }

    /// The services that run in a process, for people who know a service host by them; only some where there are many.
    private func services(of position: Int) -> String {
        let processes = index.snapshot.processes
        guard processes.indices.contains(position), !processes[position].services.isEmpty else { return "" }
        let services = processes[position].services
        let shown = services.prefix(3).joined(separator: ", ")
        return " (\(shown)\(services.count > 3 ? " and \(services.count - 3) more" : ""))"
    }
}

extension SnapshotIndex {
    /// Processes without which Windows stops.
    private static let criticalImages: Set<String> = [
        "system", "registry", "smss.exe", "csrss.exe", "wininit.exe", "services.exe", "lsass.exe", "winlogon.exe",
    ]

    /// What can be done with a holder.
    func action(for holder: Holder) -> FixStep.Action {
        switch holder {
        case .process(let position):
            let image = snapshot.processes[position].imageName.lowercased()
            return Self.criticalImages.contains(image) ? .restartMachine : .stopProcess
        case .kernel: return .findDriver
        case .itself, .unknown: return .restartMachine
        }
    }
}
