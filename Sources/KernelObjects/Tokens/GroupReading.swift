import AddressTranslation
import BinaryReading

/// Reads the user and the groups of tokens (`UserAndGroups`); tokens that have the same share one list, as the copies of a token do.
struct GroupReading {
    /// What a token's array says.
    struct List: Sendable {
        var user: SID?
        /// The groups after the user, without the integrity label.
        var groups: [Token.Group] = []
        /// Last part of the integrity label's SID.
        var integrityLevel: UInt32?

        /// - Parameter entries: All entries of the array, the user first.
        fileprivate init(_ entries: [Token.Group] = []) {
            user = entries.first?.sid
            groups = entries.dropFirst().filter { $0.attributes & GroupReading.integrityAttribute == 0 }
            integrityLevel =
                entries.last { $0.attributes & GroupReading.integrityAttribute != 0 }?.sid.subAuthorities.last
        }
    }

    private struct Entry {
        let sid: VirtualAddress
        let attributes: UInt32
    }

    private let memory: VirtualMemory
    private var sids: SIDReading
    private var lists: [List] = []
    /// For each list the words of its entries as they stand in memory: attributes, then those of the SID. A token's memory is compared
    /// with them without making anything of it.
    private var words: [[UInt32]] = []
    /// The list that was found last: tokens that lie side by side are mostly copies of one.
    private var last = -1
    /// The newest list of each fingerprint, and for each list the one before it.
    private var newest = PositionTable()
    private var older: [Int?] = []
    private var entries: [Entry] = []

    /// Most groups that are read of one token; the kernel allows about a thousand.
    private static let groupLimit: UInt32 = 4096
    /// Lists of one user that are compared, so that no dump can make this slow; SYSTEM has some dozens.
    private static let mostCandidates = 64
    /// SE_GROUP_INTEGRITY: the entry is the integrity label and no group.
    private static let integrityAttribute: UInt32 = 0x20

    init(_ memory: VirtualMemory) {
        self.memory = memory
        sids = SIDReading(memory)
    }

    /// The list of a token. Entries that cannot be read are left out and noted.
    mutating func list(of fields: TokenLayout.Fields, token: VirtualAddress, in context: ReadingContext) -> List {
        guard fields.groupCount > 0 else { return List() }
        guard fields.groupCount <= Self.groupLimit, fields.groups.isKernel else {
            Self.note(
                token, at: fields.groups, why: "its count \(fields.groupCount) or address is impossible", context)
            return List()
        }
        do throws(TranslationError) {
            try readEntries(at: fields.groups, count: Int(fields.groupCount), context.memory)
        } catch {
            Self.note(token, at: fields.groups, why: error.reasonText, context)
            return List()
        }
        if last >= 0, isRead(as: words[last]) { return lists[last] }
        guard let first = entries.first, let user = sids.sid(at: first.sid) else {
            if let first = entries.first { Self.note(token, at: first.sid, why: "there is no readable SID", context) }
            // Without its first entry nobody can say whose token it is: the rest are groups of an unknown user.
            return List()
        }
        var fingerprint = Fingerprint()
        for part in user.subAuthorities { fingerprint.combine(UInt64(part)) }
        fingerprint.combine(UInt64(entries.count))
        return known(fingerprint) ?? readList(fingerprint, token: token, context)
    }

    /// The list that was read before and that is the same; newer ones are looked at first.
    private mutating func known(_ fingerprint: Fingerprint) -> List? {
        var candidate = newest[fingerprint.value]
        for _ in 0..<Self.mostCandidates {
            guard let number = candidate else { return nil }
            if isRead(as: words[number]) {
                last = number
                return lists[number]
            }
            candidate = older[number]
        }
        return nil
    }

    /// Whether the entries at hand are those of a list, by its words.
    private func isRead(as words: [UInt32]) -> Bool {
        var next = 0
        for entry in entries {
            guard next < words.count, words[next] == entry.attributes, entry.sid.isKernel else { return false }
            let count = Self.wordCount(ofSIDAt: next + 1, in: words)
            let isEqual = try? memory.withBytes(at: entry.sid, count: 4 * count) { bytes in
                for word in 0..<count where bytes.value(UInt32.self, at: 4 * word) != words[next + 1 + word] {
                    return false
                }
                return true
            }
            guard isEqual == true else { return false }
            next += 1 + count
        }
        return next == words.count
    }

    /// Words of a SID: revision, count and authority in two, then one for each part.
    private static func wordCount(ofSIDAt index: Int, in words: [UInt32]) -> Int { 2 + Int(words[index] >> 8 & 0xF) }

    /// The words of entries as memory holds them.
    private static func words(of entries: [Token.Group]) -> [UInt32] {
        entries.flatMap { group in
            let authority = (group.sid.identifierAuthority << 16).byteSwapped
            let count = UInt32(group.sid.subAuthorities.count)
            let first = 1 | count << 8 | UInt32(truncatingIfNeeded: authority) << 16
            return [group.attributes, first, UInt32(truncatingIfNeeded: authority >> 16)] + group.sid.subAuthorities
        }
    }

    private mutating func readList(_ fingerprint: Fingerprint, token: VirtualAddress, _ context: ReadingContext) -> List
    {
        var found: [Token.Group] = []
        for entry in entries {
            if let sid = sids.sid(at: entry.sid) {
                found.append(Token.Group(sid: sid, attributes: entry.attributes))
            } else {
                Self.note(token, at: entry.sid, why: "there is no readable SID", context)
            }
        }
        let list = List(found)
        // A list with a gap is nobody else's.
        guard found.count == entries.count else { return list }
        older.append(newest[fingerprint.value])
        newest[fingerprint.value] = lists.count
        last = lists.count
        lists.append(list)
        words.append(Self.words(of: found))
        return list
    }

    private mutating func readEntries(at address: VirtualAddress, count: Int, _ memory: VirtualMemory)
        throws(TranslationError)
    {
        entries.removeAll(keepingCapacity: true)
        var read = entries
        entries = []
        try memory.withBytes(at: address, count: 16 * count) { bytes in
            for index in 0..<(bytes.byteCount / 16) {
                read.append(Entry(sid: bytes.address(at: 16 * index), attributes: bytes.value(at: 16 * index + 8)))
            }
        }
        entries = read
    }

    private static func note(
        _ token: VirtualAddress, at address: VirtualAddress, why: String, _ context: ReadingContext
    ) {
        context.note(
            .tokens, "_TOKEN.UserAndGroups", detail: "token \(token.debuggerText)", at: address, why: why,
            limits: "user, groups and logon kind of this token")
    }
}
