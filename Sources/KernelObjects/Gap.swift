public import BinaryReading

/// Something that could not be read: what, where, why, and which answer it limits.
public struct Gap: Hashable, Sendable {
    /// Which part of the answer a gap touches.
    public enum Subject: String, Hashable, Comparable, Sendable, CaseIterable {
        /// The file itself: truncation, damaged header.
        case image
        /// Modules, loaded or unloaded.
        case modules
        /// The table of logon sessions and its entries.
        case logonSessions
        /// Tokens and what hangs on them.
        case tokens
        /// Processes.
        case processes
        /// Threads.
        case threads
        /// Terminal sessions.
        case terminalSessions
        /// Handle tables.
        case handles
        /// Whether tracking was on; the totals of object types.
        case kernelVariables

        /// Orders as listed.
        public static func < (left: Subject, right: Subject) -> Bool {
            (allCases.firstIndex(of: left) ?? 0) < (allCases.firstIndex(of: right) ?? 0)
        }
    }

    /// Which part of the answer it touches.
    public let subject: Subject
    /// What was being read: `_TOKEN.UserAndGroups of token 0x…`.
    public let what: String
    /// Where; nil where no address is to blame.
    public let address: VirtualAddress?
    /// Why it failed.
    public let why: String
    /// Which answer is limited by it, in a sentence for people.
    public let limits: String

    /// Makes a gap.
    public init(subject: Subject, what: String, address: VirtualAddress?, why: String, limits: String) {
        self.subject = subject
        self.what = what
        self.address = address
        self.why = why
        self.limits = limits
    }
}
