import KernelSymbols

/// What stands in for the symbols of a kernel that nobody has symbols for.
public struct InferenceFacts: Hashable, Sendable {
    /// Something that was borrowed from another kernel or found in the dump.
    public struct Fact: Hashable, Sendable {
        /// What: a symbol's name, `layouts`, `object header cookie`.
        public var name: String
        /// Its value: an address, a version, a number.
        public var value: String
        /// How it was found.
        public var how: String

        /// Makes a fact.
        public init(name: String, value: String, how: String) {
            self.name = name
            self.value = value
            self.how = how
        }
    }

    /// A question that was put to the dump, and how often it answered yes and no.
    public struct Check: Hashable, Sendable {
        /// What must hold where the layouts are right.
        public var question: String
        /// How often it held.
        public var held: Int
        /// How often it did not.
        public var failed: Int

        /// Makes a check.
        public init(question: String, held: Int, failed: Int) {
            self.question = question
            self.held = held
            self.failed = failed
        }
    }

    /// `certain`, `likely` or `possible`.
    public var confidence: String
    /// Version of the kernel whose layouts are borrowed.
    public var layouts: String
    /// What was borrowed or found.
    public var facts: [Fact]
    /// What was checked.
    public var checks: [Check]
    /// Symbols that the walks would use and that were not found.
    public var missing: [String]

    /// Makes facts.
    public init(confidence: String, layouts: String, facts: [Fact], checks: [Check], missing: [String]) {
        self.confidence = confidence
        self.layouts = layouts
        self.facts = facts
        self.checks = checks
        self.missing = missing
    }
}

extension InferenceFacts {
    init(_ inference: KernelInference) {
        self.init(
            confidence: inference.confidence.rawValue, layouts: inference.layoutVersion,
            facts: inference.facts.map { Fact(name: $0.name, value: $0.value, how: $0.how) },
            checks: inference.checks.map { Check(question: $0.question, held: $0.held, failed: $0.failed) },
            missing: inference.missing.map(\.symbol))
    }
}
