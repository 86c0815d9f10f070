import AddressTranslation
import BinaryReading

/// What no search needs but the walks read: each member that another kernel may keep elsewhere has a question here.
extension LayoutTrial {
    private static var threadsLookedAt: Int { 8 }
    private static var longestThreadList: Int { 4096 }
    /// LUIDs are counted up from the boot on; no machine comes so far.
    private static var impossibleLUID: UInt64 { 1 << 48 }

    mutating func checkDetails() {
        for process in processes {
            checkTerminalSession(of: process)
            tally.count(hasPath(process), "the image paths of processes have possible lengths")
            tally.count(isCounted(process), "the headers of objects count references")
            checkThreads(of: process)
        }
        for token in tokens {
            tally.count(isCounted(token), "the headers of objects count references")
            tally.count(hasSoundDetails(token), "privileges, flags and origin of tokens are possible")
            checkLinks(of: token)
        }
        checkTotals()
    }

    /// The session block of a process has its id at +8 on every build (`sessions.md` §8).
    private mutating func checkTerminalSession(of process: VirtualAddress) {
        guard let block = probe.pointer("_EPROCESS.Session", of: process), !block.isNull,
            let token = probe.primaryToken(of: process), let own = probe.doubleWord("_TOKEN.SessionId", of: token)
        else { return }
        let number = block.isKernel ? try? memory.load(UInt32.self, at: block + 8) : .max
        tally.count(number.map { $0 == own }, "processes are in the terminal session of their token")
    }

    private func hasPath(_ process: VirtualAddress) -> Bool? {
        guard let name = probe.pointer("_EPROCESS.SeAuditProcessCreationInfo", of: process), !name.isNull else {
            return nil
        }
        return name.isKernel && isNameOrAbsent(name)
    }

    private func isCounted(_ object: VirtualAddress) -> Bool? {
        guard let pointers = probe.word("_OBJECT_HEADER.PointerCount", of: probe.header(of: object)),
            let handles = probe.word("_OBJECT_HEADER.HandleCount", of: probe.header(of: object))
        else { return nil }
        return (1..<(1 << 48)).contains(pointers) && handles < 1 << 32
    }

    private mutating func checkThreads(of process: VirtualAddress) {
        let head = process + layout.offset("_EPROCESS.ThreadListHead")
        let ring = probe.ring(from: head, limit: Self.longestThreadList)
        if ring.closes, let active = probe.doubleWord("_EPROCESS.ActiveThreads", of: process) {
            tally.count(Int(active) <= ring.nodes.count, "processes have the threads that they count")
        }
        for node in ring.nodes.prefix(Self.threadsLookedAt) {
            let thread = node - layout.offset("_ETHREAD.ThreadListEntry")
            let state = try? memory.load(UInt8.self, at: thread + layout.offset("_KTHREAD.State"))
            tally.count(state.map { $0 <= 10 }, "threads are in a state that there is")
            checkImpersonation(of: thread)
        }
    }

    /// A thread that says that it impersonates has a token.
    private mutating func checkImpersonation(of thread: VirtualAddress) {
        guard let flag = layout.field("_ETHREAD.ActiveImpersonationInfo")?.bits,
            let flags = probe.doubleWord("_ETHREAD.CrossThreadFlags", of: thread),
            let security = probe.word("_ETHREAD.ClientSecurity", of: thread)
        else { return }
        guard flag.extract(from: UInt64(flags)) == 1 else { return }
        let token = VirtualAddress(security & ~7)
        tally.count(
            token.isKernel ? isOfType(types.token, token) : false, "threads that impersonate have a token")
    }

    private func hasSoundDetails(_ token: VirtualAddress) -> Bool? {
        let privileges = layout.offset("_TOKEN.Privileges")
        guard let present = try? memory.load(UInt64.self, at: token + privileges),
            let enabled = try? memory.load(UInt64.self, at: token + privileges + 8),
            let flags = probe.doubleWord("_TOKEN.TokenFlags", of: token),
            let origin = probe.word("_TOKEN.OriginatingLogonSession", of: token),
            let parent = probe.word("_TOKEN.ParentTokenId", of: token),
            let isInUse = try? memory.load(UInt8.self, at: token + layout.offset("_TOKEN.TokenInUse"))
        else { return nil }
        return enabled & ~present == 0 && flags < 1 << 28 && origin < Self.impossibleLUID
            && parent < Self.impossibleLUID && isInUse <= 1
    }

    /// What a token and its session point to as tokens must be tokens.
    private mutating func checkLinks(of token: VirtualAddress) {
        if layout.field("_TOKEN.TrustLinkedToken") != nil {
            checkLink(probe.pointer("_TOKEN.TrustLinkedToken", of: token))
        }
        if let session = probe.pointer("_TOKEN.LogonSession", of: token) {
            checkLink(probe.pointer("_SEP_LOGON_SESSION_REFERENCES.Token", of: session))
        }
    }

    private mutating func checkLink(_ token: VirtualAddress?) {
        guard let token, !token.isNull else { return }
        tally.count(
            token.isKernel ? isOfType(types.token, token) : false, "what tokens and sessions name as tokens are tokens")
    }

    /// The types count at least as many objects as were looked at.
    private mutating func checkTotals() {
        for (type, count) in [(types.process, processes.count), (types.token, tokens.count)] {
            guard let type, types.objects.indices.contains(type),
                let total = probe.doubleWord("_OBJECT_TYPE.TotalNumberOfObjects", of: types.objects[type])
            else { continue }
            tally.count(Int(total) >= count, "types count the objects that there are")
        }
    }
}
