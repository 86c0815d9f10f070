/// What stands in for the symbols of a kernel that nobody has symbols for, and why it may be believed.
public struct KernelInference: Hashable, Sendable {
    /// How far the borrowed layouts may be trusted.
    public enum Confidence: String, Hashable, Sendable {
        /// Another revision of the same build, the sizes that KDBG states are the same, and nothing in the dump contradicts it.
        case certain
        /// Nothing contradicts it, but KDBG could not confirm it, or the build is another one and KDBG confirms it.
        case likely
        /// Another build's layouts that KDBG could not confirm, or some of what was checked does not fit.
        case possible
    }

    /// Something that was taken from another kernel or found in the dump.
    public struct Fact: Hashable, Sendable {
        /// What: a symbol's name, `layouts`, `the object header cookie`.
        public let name: String
        /// Its value: an address, a version, a number.
        public let value: String
        /// How it was found.
        public let how: String
    }

    /// A question that was put to the dump many times, and how it answered.
    public struct Check: Hashable, Sendable {
        /// What must hold where the layouts are right.
        public let question: String
        /// How often it held.
        public internal(set) var held: Int
        /// How often it did not.
        public internal(set) var failed: Int
    }

    /// A symbol that the walks would use and that was not found.
    public struct Missing: Hashable, Sendable {
        /// Its name.
        public let symbol: String
        /// What its absence limits.
        public let limits: String
    }

    /// How far it may be trusted.
    public let confidence: Confidence
    /// Version of the kernel whose layouts are borrowed.
    public let layoutVersion: String
    /// What was borrowed or found.
    public let facts: [Fact]
    /// What was checked.
    public let checks: [Check]
    /// What was not found.
    public let missing: [Missing]
    /// `ObHeaderCookie` as the type objects show it; nil on kernels that have none.
    public let objectHeaderCookie: UInt8?
    /// Whether leak tracking was on, as the tokens show; nil where they do not, or the kernel has none.
    public let recordsCreators: Bool?
}
