/// Tags of pool blocks that hold what this analysis looks for (`formats.md` §6.2).
enum PoolTag: UInt32, Hashable, Sendable, CaseIterable {
    /// `Toke`: token objects.
    case token = 0x656B_6F54
    /// `SeLs`: entries of the logon-session table, its array of heads, and nodes of token lists.
    case logonSession = 0x734C_6553
    /// `Proc`: process objects.
    case process = 0x636F_7250

    /// The bit that Windows 7 sets in the last byte of tags of protected blocks.
    private static let protectedBit: UInt32 = 0x8000_0000

    /// The tag that a word of memory is, protected or not.
    @inline(__always)
    init?(word: UInt32) {
        let plain = word & ~Self.protectedBit
        guard plain == Self.token.rawValue || plain == Self.logonSession.rawValue || plain == Self.process.rawValue
        else {
            return nil
        }
        self.init(rawValue: plain)
    }

    /// Whether a word is one of the tags; without branches, so that the compiler can look at many words at a time.
    @inline(__always)
    static func isTag(_ word: UInt32) -> UInt32 {
        let plain = word & ~protectedBit
        return (plain == token.rawValue ? 1 : 0) | (plain == logonSession.rawValue ? 1 : 0)
            | (plain == process.rawValue ? 1 : 0)
    }
}
