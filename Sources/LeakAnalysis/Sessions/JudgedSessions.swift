import BinaryReading
import KernelObjects

/// What is said of each session without asking who holds it.
struct JudgedSessions: Sendable {
    /// Tokens that reference each session.
    let referencing: [[Int]]
    /// Tokens that each session lists and that cannot be read.
    let unreadable: [[VirtualAddress]]
    /// How many there are of both.
    let totals: [Int]
    let kinds: [LogonKind]
    let judgements: [SessionStates.Judgement]

    init(_ index: SnapshotIndex) {
        referencing = index.tokensOfSession.map { $0.filter { index.snapshot.tokens[$0].isReferencingSession } }
        unreadable = index.snapshot.logonSessions.map { session in
            index.snapshot.unreadableTokens.isEmpty
                ? [] : Set(session.listedTokens).intersection(index.snapshot.unreadableTokens).sorted()
        }
        totals = zip(referencing, unreadable).map { $0.count + $1.count }
        kinds = LogonKinds(index).kinds
        judgements = SessionStates(index, kinds: kinds, referencing: totals).judgements()
    }
}
