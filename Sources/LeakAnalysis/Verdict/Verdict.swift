public import KernelObjects

/// What a dump shows, in one word (DESIGN §1).
public struct Verdict: Sendable {
    /// The word.
    public enum State: String, Hashable, Sendable, CaseIterable {
        /// Some session or terminal session leaked.
        case leak
        /// No leak for sure, but a hoard of token handles, or leaks that are only possible.
        case suspect
        /// No leak in what was read.
        case clean
        /// No leak seen, but too much could not be read.
        case incomplete
    }

    /// The word.
    public let state: State
    /// How sure it is.
    public let confidence: Confidence
    /// The verdict in a sentence.
    public let headline: String
    /// What it rests on.
    public let coverage: VerdictCoverage
}

/// What a verdict rests on, and what limits it.
public struct VerdictCoverage: Sendable {
    /// How far the walks came.
    public let walks: Coverage
    /// Processes that were read.
    public let processes: Int
    /// Sentences that say what was not read and which answer it limits.
    public let limits: [String]
    /// Whether so much is missing that "no leak" cannot be said.
    public let isInsufficient: Bool

    /// Chain heads in `SepLogonSessions`.
    public static let sessionChains = 16

    init(_ index: SnapshotIndex) {
        walks = index.snapshot.coverage
        processes = index.snapshot.processes.count
        var limits: [String] = []
        let essential = Self.essentialLimits(index)
        limits += essential
        limits += Self.furtherLimits(index)
        self.limits = limits
        isInsufficient = !essential.isEmpty
    }

    /// What makes "no leak" impossible to say: the session table, or over a tenth of handle-table pages or processes.
    private static func essentialLimits(_ index: SnapshotIndex) -> [String] {
        let walks = index.snapshot.coverage
        var limits: [String] = []
        let incomplete = sessionChains - walks.sessionChainsComplete
        if walks.sessionChainsRead < sessionChains || incomplete * 10 > sessionChains {
            limits.append(
                "Only \(walks.sessionChainsComplete) of the \(sessionChains) chains of logon sessions could be walked to "
                    + "their end: sessions may be missing.")
        } else if !hasBootSessions(index) {
            limits.append(
                "The sessions 0x3e7 (SYSTEM) and 0x3e6 (ANONYMOUS LOGON), which every Windows has, were not both found: "
                    + "the session table was not read correctly.")
        }
        let unreadable = walks.unreadableProcesses
        if unreadable * 10 > unreadable + index.snapshot.processes.count || index.snapshot.processes.isEmpty {
            limits.append(
                "\(unreadable.counted("process", "processes")) of "
                    + "\((unreadable + index.snapshot.processes.count).groupedText) could not be read: "
                    + "a session may be in use by one of them.")
        }
        if let pages = walks.handleTablePages, pages.missing * 10 > pages.missing + pages.read {
            limits.append(
                "\(pages.missing.groupedText) of \((pages.missing + pages.read).groupedText) pages of handle tables are "
                    + "not in the dump: holders may be missing.")
        }
        if walks.handleTablePages == nil, index.snapshot.tracking.isEnabled != true {
            limits.append(
                "Leak tracking was off and handle tables were not read: tokens that only a handle keeps were not seen.")
        }
        return limits
    }

    private static func furtherLimits(_ index: SnapshotIndex) -> [String] {
        let walks = index.snapshot.coverage
        var limits: [String] = []
        if !walks.isProcessListComplete {
            limits.append("The list of processes breaks off: a session may be in use by a process that was not seen.")
        }
        if walks.completeThreadLists < index.snapshot.processes.count {
            let missing = index.snapshot.processes.count - walks.completeThreadLists
            limits.append(
                "The threads of \(missing.counted("process", "processes")) were not all read: impersonations may be missing."
            )
        }
        if walks.handleTablePages == nil, index.snapshot.tracking.isEnabled == true {
            limits.append("Handle tables were not read: a process that holds a token only by a handle is not named.")
        }
        let unlisted = index.snapshot.logonSessions.count { !$0.isTokenListComplete }
        if unlisted > 0 {
            limits.append("The token lists of \(unlisted.counted("session")) break off: tokens may be missing.")
        }
        if !index.snapshot.unreadableTokens.isEmpty {
            limits.append(
                "\(index.snapshot.unreadableTokens.count.counted("token")) could not be read; they count as references."
            )
        }
        let missingPages = missingPages(index.snapshot.dump)
        if missingPages > 0 {
            limits.append(
                "The file is cut short: \(missingPages.counted("page")) that its header promises are missing.")
        }
        return limits
    }

    private static func missingPages(_ dump: DumpFacts) -> UInt64 {
        dump.expectedPages > dump.presentPages ? dump.expectedPages - dump.presentPages : 0
    }

    /// Both exist on the host from boot on; without them the walk failed (`sessions.md` §1).
    private static func hasBootSessions(_ index: SnapshotIndex) -> Bool {
        [LUID.localSystem, .anonymous].allSatisfy { index.sessionsByLUID[$0] != nil }
    }
}
