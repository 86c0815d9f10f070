public import BinaryReading

/// Something that the analysis found out, with what proves it and what to do.
public struct Finding: Sendable {
    /// Which rule speaks.
    public enum Rule: String, Hashable, Sendable, CaseIterable {
        /// Leaked logon sessions, by holder.
        case leakedSessions = "leaked-sessions"
        /// Leaked sessions of which no token was found.
        case unattributedSessions = "unattributed-sessions"
        /// Leaked terminal sessions.
        case leakedTerminalSessions = "leaked-terminal-sessions"
        /// Exited processes whose objects are kept.
        case zombies = "zombies"
        /// A process with very many token handles.
        case tokenHoard = "token-hoard"
        /// Tokens that kernel code keeps.
        case kernelReferences = "kernel-references"
        /// Sessions that their own cached token keeps: a defect of the system.
        case selfPinnedSessions = "self-pinned-sessions"
        /// Creators are not recorded.
        case trackingOff = "tracking-off"
        /// Counters that what was found does not explain.
        case openAccounts = "open-accounts"
        /// Parts of the dump that cannot be read.
        case damage = "damage"
    }

    /// A field in memory that proves something.
    public struct Evidence: Hashable, Sendable {
        /// Address of the object; nil where it is no object.
        public let address: VirtualAddress?
        /// The field, with its type.
        public let field: String
        /// Its value.
        public let value: String

        init(_ address: VirtualAddress?, _ field: String, _ value: String) {
            self.address = address
            self.field = field
            self.value = value
        }
    }

    /// Which rule speaks; several findings of one rule speak of different holders.
    public let rule: Rule
    /// How much it matters.
    public let severity: Severity
    /// How sure it is.
    public let confidence: Confidence
    /// One sentence.
    public let headline: String
    /// What it means.
    public let detail: String
    /// What proves it; a long list is cut.
    public let evidence: [Evidence]
    /// What to do next.
    public let advice: String

    /// Most items of evidence in one finding.
    static let maximumEvidence = 10
}
