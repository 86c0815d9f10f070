extension Explanation {
    /// An object, or a reference, in the tree of an explanation.
    public struct Node: Sendable {
        /// What it is.
        public enum Kind: String, Hashable, Sendable, CaseIterable {
            /// A logon session.
            case logonSession
            /// A token.
            case token
            /// An address that stands for a token and cannot be read as one.
            case unreadableToken
            /// A process.
            case process
            /// A thread.
            case thread
            /// An entry of a handle table.
            case handle
            /// References without an owner that could be named.
            case references
            /// Children that were left out.
            case omitted
        }

        /// What it is.
        public let kind: Kind
        /// Names the object: the same object has the same name in every explanation of a dump.
        public let id: String
        /// What ties it to its parent; nil in a root.
        public let link: Link?
        /// One line.
        public let label: String
        /// What is known of it, always in the same order.
        public let facts: [Fact]
        /// Whether the object stands in the tree already, with its children.
        public let isRepeated: Bool
        /// What keeps it, then what it keeps.
        public let children: [Node]
    }

    /// Something that is known of a node.
    public struct Fact: Sendable {
        /// A value of a fact.
        public enum Value: Hashable, Sendable {
            /// Not known or not there.
            case none
            /// Text.
            case text(String)
            /// A count.
            case number(Int64)
            /// An address, an identifier or a set of bits.
            case hex(UInt64)
            /// Yes or no.
            case flag(Bool)
            /// Several texts.
            case list([String])
        }

        /// Its name; a node has every name once.
        public let name: String
        /// Its value.
        public let value: Value
        /// The fact for people; empty where the label or another fact says it.
        public let lines: [String]

        init(_ name: String, _ value: Value, _ lines: [String] = []) {
            self.name = name
            self.value = value
            self.lines = lines
        }
    }

    /// What ties a node to its parent.
    public enum Link: String, Hashable, Sendable, CaseIterable {
        /// A token that counts in the session.
        case references
        /// A token of the session that does not count in it (flag 0x20).
        case notCounted
        /// The limited half of a UAC pair, which owns a reference on the full one.
        case limitedHalf
        /// The globals of a container, which reference its own sessions.
        case containerGlobals
        /// What the counter says beyond all that was found.
        case unexplained
        /// A handle to the object.
        case handle
        /// A process's primary token.
        case primaryToken
        /// A thread that impersonates the token.
        case impersonation
        /// A session that caches the token.
        case sessionCache
        /// A token whose `TrustLinkedToken` this one is.
        case trustLink
        /// References that nothing found explains.
        case kernelReferences
        /// A thread of the process whose object still exists.
        case thread
        /// A token that the parent keeps.
        case keepsToken
        /// An exited process that the parent keeps by a handle to it or to one of its threads.
        case keepsProcess
        /// Children that were left out.
        case omitted

        /// Whether the parent keeps the node; else the node keeps its parent, or belongs to it.
        public var isKeptByParent: Bool { self == .keepsToken || self == .keepsProcess }

        /// What stands before the node's label; empty where the label says all.
        public var phrase: String {
            switch self {
            case .references: "referenced by"
            case .notCounted: "not counted:"
            case .limitedHalf: "kept by its limited half,"
            case .containerGlobals, .unexplained: "referenced by"
            case .handle: "held by"
            case .primaryToken: "primary token of"
            case .impersonation: "impersonated by"
            case .sessionCache: "cached by"
            case .trustLink: "linked by"
            case .kernelReferences: "held by"
            case .thread: "kept by its"
            case .keepsToken, .keepsProcess: "keeps"
            case .omitted: ""
            }
        }
    }
}

extension Explanation.Fact.Value {
    init(_ text: String?) { self = text.map { .text($0) } ?? .none }
    init(_ number: Int64?) { self = number.map { .number($0) } ?? .none }
    init(_ flag: Bool?) { self = flag.map { .flag($0) } ?? .none }
    init(hex number: UInt64?) { self = number.map { .hex($0) } ?? .none }
}
