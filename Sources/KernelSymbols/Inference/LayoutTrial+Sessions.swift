import AddressTranslation
import BinaryReading

extension LayoutTrial {
    private static var chainCount: Int { 16 }
    /// Entries that the whole search may pass; the longest chains of the worst machines have some ten thousand.
    private static var mostSteps: Int { 1_000_000 }
    private static var sessionsSought: Int { 8 }
    private static var longestName: Int { 0x1000 }
    private static var nodeTokenOffset: Int { 0x10 }

    /// Finds `SepLogonSessions`: the one pointer in the image to sixteen chain heads from which the sessions of the processes' tokens are
    /// reached (`sessions.md` §1).
    mutating func findSessionTable() throws(LayoutRefusal) {
        var tables: [(table: VirtualAddress, place: UInt32)] = []
        var steps = Self.mostSteps
        for entry in ground.pointers.distinct where entry.value.rawValue & 0xF == 0 {
            guard let heads = heads(at: entry.value), reachesSession(heads, steps: &steps) else { continue }
            tables.append((entry.value, entry.rva))
        }
        guard let first = tables.first else {
            throw LayoutRefusal("no variable of the image leads to the logon sessions")
        }
        guard tables.count == 1 else {
            throw LayoutRefusal("several variables of the image seem to lead to the logon sessions")
        }
        note(
            "SepLogonSessions", at: ground.place.base + Int(first.place),
            "the variable of the image from whose sixteen chains the sessions of the processes' tokens are reached")
        for head in heads(at: first.table) ?? [] where !head.isNull { checkChain(from: head) }
    }

    /// Sixteen pointers that are null or may be entries of the table, one of them at least.
    private func heads(at table: VirtualAddress) -> [VirtualAddress]? {
        let heads = try? memory.withBytes(at: table, count: 8 * Self.chainCount) { bytes -> [VirtualAddress]? in
            var heads: [VirtualAddress] = []
            for index in 0..<Self.chainCount {
                let head = VirtualAddress(bytes.loadIfPresent(UInt64.self, at: 8 * index) ?? 1)
                guard head.isNull || (head.isKernel && head.rawValue & 0xF == 0 && !ground.place.contains(head)) else {
                    return nil
                }
                heads.append(head)
            }
            return heads.allSatisfy(\.isNull) ? nil : heads
        }
        return heads ?? nil
    }

    /// Whether one of the known sessions is in a chain that its LUID belongs in.
    ///
    /// - Parameter steps: How many entries may still be passed: chains of a damaged dump may never end.
    private func reachesSession(_ heads: [VirtualAddress], steps: inout Int) -> Bool {
        for (session, luid) in sessions.sorted(by: { $0.value < $1.value }).prefix(Self.sessionsSought) {
            for bucket in Self.buckets(of: luid) where isReached(session, from: heads[bucket], steps: &steps) {
                return true
            }
        }
        return false
    }

    private func isReached(_ session: VirtualAddress, from head: VirtualAddress, steps: inout Int) -> Bool {
        var current = head
        while current.isKernel, current.rawValue & 0xF == 0, steps > 0 {
            if current == session { return true }
            guard let next = probe.pointer("_SEP_LOGON_SESSION_REFERENCES.Next", of: current) else { return false }
            steps -= 1
            current = next
            // A chain that leads back to its head never ends.
            if current == head { return false }
        }
        return false
    }

    /// The buckets in which builds put a LUID: by its low four bits, or by a multiplication.
    private static func buckets(of luid: UInt64) -> Set<Int> {
        let low = UInt32(truncatingIfNeeded: luid)
        return [Int(low & 0xF), Int((low &* 0x5B25_0A24) >> 28)]
    }

    private mutating func checkChain(from head: VirtualAddress) {
        var current = head
        var seen = Set<VirtualAddress>()
        while current.isKernel, seen.count < Self.sampleCount, seen.insert(current).inserted {
            tally.count(isEntry(current), "entries of the session table have their fields in place")
            checkTokenList(of: current)
            guard let next = probe.pointer("_SEP_LOGON_SESSION_REFERENCES.Next", of: current) else { return }
            current = next
        }
    }

    private func isEntry(_ session: VirtualAddress) -> Bool? {
        guard let luid = probe.word("_SEP_LOGON_SESSION_REFERENCES.LogonId", of: session),
            let flags = probe.doubleWord("_SEP_LOGON_SESSION_REFERENCES.Flags", of: session),
            let buddy = probe.word("_SEP_LOGON_SESSION_REFERENCES.BuddyLogonId", of: session),
            let count = referenceCount(of: session),
            let token = probe.pointer("_SEP_LOGON_SESSION_REFERENCES.Token", of: session)
        else { return nil }
        let names = ["AccountName", "AuthorityName"].map { layout.offset("_SEP_LOGON_SESSION_REFERENCES.\($0)") }
        return luid != 0 && luid < 1 << 48 && buddy < 1 << 48 && flags < 0x1000 && count < 1 << 31
            && (token.isNull || token.isKernel)
            && names.allSatisfy { isNameOrAbsent(session + $0) }
    }

    private func referenceCount(of session: VirtualAddress) -> UInt64? {
        let isWide = layout.field("_SEP_LOGON_SESSION_REFERENCES.ReferenceCount")?.byteCount == 8
        return isWide
            ? probe.word("_SEP_LOGON_SESSION_REFERENCES.ReferenceCount", of: session)
            : probe.doubleWord("_SEP_LOGON_SESSION_REFERENCES.ReferenceCount", of: session).map(UInt64.init)
    }

    /// Lengths and buffer of a name fit together; the text itself may be paged out.
    func isNameOrAbsent(_ address: VirtualAddress) -> Bool {
        guard let length = try? memory.load(UInt16.self, at: address),
            let maximum = try? memory.load(UInt16.self, at: address + 2),
            let buffer = try? memory.loadAddress(at: address + 8)
        else { return true }
        return length & 1 == 0 && length <= maximum && Int(length) <= Self.longestName
            && (buffer.isKernel || (length == 0 && buffer.isNull))
    }

    /// The first token that a session lists must name the session (`sessions.md` §4).
    private mutating func checkTokenList(of session: VirtualAddress) {
        guard layout.field("_SEP_LOGON_SESSION_REFERENCES.TokenList") != nil,
            let first = probe.pointer("_SEP_LOGON_SESSION_REFERENCES.TokenList", of: session), !first.isNull
        else { return }
        let head = session + layout.offset("_SEP_LOGON_SESSION_REFERENCES.TokenList")
        guard first != head else { return tally.count(true, "lists of tokens begin and end at their session") }
        guard first.isKernel else { return tally.count(false, "lists of tokens begin and end at their session") }
        guard let back = try? memory.loadAddress(at: first + 8) else { return }
        tally.count(back == head, "lists of tokens begin and end at their session")
        guard let token = try? memory.loadAddress(at: first + Self.nodeTokenOffset),
            let owner = probe.pointer("_TOKEN.LogonSession", of: token)
        else { return }
        tally.count(owner == session, "listed tokens name the session that lists them")
        if owner == session, tokens.count < 2 * Self.sampleCount { check(token: token) }
    }
}
