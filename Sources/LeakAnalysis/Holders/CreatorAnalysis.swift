public import BinaryReading
public import KernelObjects

/// Who made tokens that hold leaks: shown beside the holder, never instead of it (rule R7).
public struct CreatorAnalysis: Sendable {
    /// What the tokens of one group share.
    public struct Key: Hashable, Sendable {
        /// Process id of the creating thread.
        public let processID: UInt64
        /// Image name as recorded.
        public let imageName: String
        /// Which kernel routine made them.
        public let method: TokenCreation.Method
        /// Return addresses that all have in common, innermost first.
        public let trace: [VirtualAddress]

        /// The same whatever the stack: the key of the maker.
        package var maker: Key { Key(processID: processID, imageName: imageName, method: method, trace: []) }

        /// Whether it is of a maker, whatever the stack.
        @inlinable
        package func hasMaker(_ maker: Key) -> Bool {
            processID == maker.processID && method == maker.method && imageName == maker.imageName
        }
    }

    /// What they share.
    public let key: Key
    /// Tokens that hold a leaked session or terminal session.
    public let tokens: Int
    /// Leaked sessions that they reference.
    public let leakedSessions: Int
}

extension TokenCreation.Method {
    /// `CreateMethod` as the kernel numbers it.
    public var number: UInt32 {
        switch self {
        case .create: 12
        case .duplicate: 13
        case .filter: 15
        case .other(let number): number
        }
    }
}
