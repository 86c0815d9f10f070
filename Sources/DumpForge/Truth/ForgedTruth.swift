/// What a forged dump holds, as far as an analysis can be judged by it: the truth file's contents as values.
public struct ForgedTruth: Hashable, Sendable {
    /// Something that was lost on purpose.
    public struct Loss: Hashable, Sendable {
        /// What it was: a token, a page of a handle table, a logon session.
        public let what: String
        /// Where it was.
        public let address: UInt64
        /// Why it cannot be read.
        public let why: String
    }
}
