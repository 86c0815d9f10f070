/// One logon session, token or process with everything that keeps it, as a tree.
///
/// A child keeps its parent, or is kept by it where the link says so. An object stands in a tree once: where it comes up again the node
/// is marked as repeated and has no children, so that rings end.
public struct Explanation: Sendable {
    /// What an argument names.
    public enum Subject: String, Hashable, Sendable, CaseIterable {
        /// A logon session, or several under one LUID.
        case logonSession
        /// A token.
        case token
        /// A process.
        case process
    }

    /// How much of a tree is built. Whatever is left out is counted in a node of its own.
    public struct Limits: Hashable, Sendable {
        /// Most children of one node.
        public var children: Int
        /// Most nodes of one explanation.
        public var nodes: Int
        /// Most links from the root to a node.
        public var depth: Int

        /// Makes limits.
        public init(children: Int = 100, nodes: Int = 20_000, depth: Int = 64) {
            self.children = Swift.max(children, 1)
            self.nodes = Swift.max(nodes, 1)
            self.depth = Swift.min(Swift.max(depth, 1), Self.maximumDepth)
        }

        /// Deepest tree that is ever built; writers of trees descend as deep.
        public static let maximumDepth = 64
    }

    /// The argument as it was given.
    public let argument: String
    /// What it names; nil where nothing fits.
    public let subject: Subject?
    /// What it could mean as well, in words.
    public let otherReadings: [String]
    /// What it names; several where containers use one LUID again, none where nothing fits.
    public let found: [Node]

    /// Explains what an argument names.
    ///
    /// Understood are, in this order: the LUID of a logon session in hex (`0x3e7`, `0:3e7`); the kernel address of a session, token or
    /// process, with or without the debugger's backquote; a process id, in decimal or in hex with `0x`; a token id in hex. A number of
    /// decimal digits alone is a process id before it is anything else.
    ///
    /// - Parameters:
    ///   - argument: What the user wrote.
    ///   - analysis: Where to look.
    ///   - limits: How much of the tree is built.
    public init(of argument: String, in analysis: Analysis, limits: Limits = Limits()) {
        let readings = ExplanationQuery(argument).readings(in: analysis)
        self.argument = argument
        subject = readings.first?.subject
        otherReadings = readings.dropFirst().map { $0.words(in: analysis) }
        var builder = ExplanationBuilder(analysis, limits: limits)
        found = readings.first.map { builder.roots(of: $0) } ?? []
    }
}
