/// What tokens and logon sessions cost in pool, by the headers of their blocks.
public struct PoolUsage: Hashable, Sendable {
    /// Blocks of one tag that belong to what was found.
    public struct Blocks: Hashable, Sendable {
        /// The pool tag: `Toke`.
        public let tag: String
        /// Number of blocks; where not every object was looked at, as many as the share of those with a block says.
        public let count: Int
        /// Blocks whose header was read and carries the tag.
        public let measured: Int
        /// Bytes of those, headers included.
        public let measuredByteCount: Int

        /// Makes a measurement.
        public init(tag: String, count: Int, measured: Int, measuredByteCount: Int) {
            self.tag = tag
            self.count = count
            self.measured = measured
            self.measuredByteCount = measuredByteCount
        }

        /// Bytes of all blocks: measured, or extrapolated from those that were.
        public var byteCount: Int {
            guard measured > 0 else { return 0 }
            return Int(Double(measuredByteCount) * Double(count) / Double(measured))
        }

        /// Whether not every block was measured.
        public var isExtrapolated: Bool { measured < count }
    }

    /// By tag: `Toke` (tokens), `SeTd` (their dynamic parts), `SeAt` (their creation entries), `SeLs` (logon sessions); only those found.
    public let blocks: [Blocks]

    /// Makes a list of measurements.
    public init(blocks: [Blocks] = []) { self.blocks = blocks }

    /// Bytes of all.
    public var byteCount: Int { blocks.reduce(0) { $0 + $1.byteCount } }
}
