import BinaryReading
import KernelProfiles

/// The forged machine as plain values: who logged on, what runs, who holds what. It knows no addresses.
///
/// Objects refer to one another by their numbers in the arrays.
struct MachineModel {
    let features: KernelFeatures
    var generator: ForgeGenerator
    var computerName = "APP01"
    var domainName = "CONTOSO"
    var domain: [UInt32] = []

    var tokens: [ModelToken] = []
    var logonSessions: [ModelLogonSession] = []
    var terminalSessions: [ModelTerminalSession] = []
    var processes: [ModelProcess] = []
    var threads: [ModelThread] = []
    /// Lists of user and groups, shared by the tokens of a session.
    var groupLists: [[GroupMembership]] = []
    /// Type name of each object that only has to be there.
    var otherObjects: [String] = []
    /// Tokens of the system's globals: the anonymous logon tokens.
    var anonymousTokens: [Int] = []

    /// When the machine started, and the model's clock; 100 ns since 1601.
    let bootTime: UInt64
    var now: UInt64
    private var nextLUID: UInt64 = 0x400
    private var nextCID: UInt32 = 4
    private var nextTerminal: UInt32 = 0

    init(features: KernelFeatures, seed: UInt64) {
        self.features = features
        generator = ForgeGenerator(seed: seed)
        // Between 2018 and 2025.
        bootTime = 131_600_000_000_000_000 + UInt64(generator.below(2_200_000)) * 1_000_000_000
        now = bootTime
        domain = (0..<3).map { _ in UInt32(truncatingIfNeeded: generator.within(300_000_000...4_200_000_000)) }
        computerName = generator.pick(["APP", "RDS", "TS"]) + String(generator.within(10...99))
        domainName = generator.pick(["CONTOSO", "FABRIKAM", "NORDWIND"])
    }

    /// Lets time pass; at least some milliseconds, at most `seconds`.
    mutating func wait(seconds: Int) {
        now += UInt64(generator.within(10_000...(max(1, seconds) * 10_000_000)))
    }

    /// The next LUID of the boot-wide counter; others have been used up in between.
    mutating func takeLUID(skipping most: Int = 40) -> UInt64 {
        nextLUID += UInt64(generator.within(1...max(1, most)))
        return nextLUID
    }

    /// The next process or thread id; others are in use or were.
    mutating func takeCID() -> UInt32 {
        defer { nextCID += 4 * UInt32(1 + generator.below(4)) }
        return nextCID
    }

    /// Uses up LUIDs of objects that are long gone.
    mutating func skipLUIDs(_ most: Int) { nextLUID += UInt64(generator.below(most)) }

    /// The number of an account's SID in the domain.
    func domainUser(_ number: UInt32) -> SecurityIdentifier { SecurityIdentifier(5, [21] + domain + [number]) }

    // MARK: - Terminal sessions

    /// Begins a terminal session with the next id.
    mutating func beginTerminalSession() -> Int {
        terminalSessions.append(ModelTerminalSession(id: nextTerminal))
        nextTerminal += 1
        return terminalSessions.count - 1
    }

    // MARK: - Logon sessions

    /// Makes a logon session without tokens.
    mutating func addLogonSession(luid: UInt64? = nil, account: String, authority: String) -> Int {
        let luid = luid ?? takeLUID()
        logonSessions.append(ModelLogonSession(luid: luid, account: account, authority: authority))
        return logonSessions.count - 1
    }

    /// Makes two sessions the halves of a UAC pair, each with its cached token (`sessions.md` §3).
    ///
    /// The full half is given no other token: its own was closed once the pair had been linked.
    mutating func link(full: Int, limited: Int, limitedToken: ModelToken) {
        logonSessions[full].flags |= features.hasUsedFlag ? 0xA : 2
        logonSessions[limited].flags |= 4
        logonSessions[full].buddy = limited
        logonSessions[limited].buddy = full
        var fullToken = limitedToken
        fullToken.session = full
        if fullToken.flags & 0x800 != 0 { fullToken.flags = fullToken.flags & ~0xA00 | 0x86 }
        let creator = ModelCreator(process: 0, thread: 4, method: .duplicate, path: .linkSessions)
        logonSessions[full].cachedToken = duplicate(fullToken, by: creator, isPrimary: true, addedFlags: 0x20)
        logonSessions[limited].cachedToken = duplicate(limitedToken, by: creator, isPrimary: true, addedFlags: 0x20)
    }

    // MARK: - Tokens

    /// A token that the kernel makes from nothing; marks its session as used.
    mutating func makeToken(_ draft: ModelToken) -> ModelToken {
        var token = draft
        if token.modifiedID == 0 { token.modifiedID = takeLUID(skipping: 8) }
        token.tokenID = takeLUID(skipping: 8)
        if !features.tracking { token.creator = nil }
        logonSessions[token.session].flags |= features.hasUsedFlag ? 8 : 0
        return token
    }

    /// Adds a token to the machine; one that is not added lived and is gone.
    mutating func addToken(_ token: ModelToken) -> Int {
        tokens.append(token)
        return tokens.count - 1
    }

    /// Adds a copy of a token.
    ///
    /// - Parameters:
    ///   - level: Impersonation level of an impersonation token.
    ///   - terminal: The terminal session that the copy is stamped with; nil keeps the source's.
    mutating func duplicate(
        _ source: ModelToken, by creator: ModelCreator, isPrimary: Bool, level: UInt32 = 2, terminal: Int? = nil,
        addedFlags: UInt32 = 0
    ) -> Int {
        var copy = source
        copy.flags = copy.flags & ~0x420 | addedFlags
        copy.isPrimary = isPrimary
        copy.level = isPrimary ? 0 : level
        copy.isInUse = false
        copy.isMadeBySystem = creator.process == 0
        copy.creator = creator
        copy.captureCount = 0
        copy.kernelReferences = 0
        copy.trustLink = nil
        copy.damage = nil
        if let terminal { stamp(&copy, terminal: terminal) }
        return addToken(makeToken(copy))
    }

    /// Sets a token's terminal session, which pins the session's object where the kernel tracks it.
    func stamp(_ token: inout ModelToken, terminal: Int) {
        let id = terminalSessions[terminal].id
        if id != token.terminalSession, features.tracksSessionObject { token.pinnedTerminal = terminal }
        token.terminalSession = id
    }

    // MARK: - Processes and threads

    /// Starts a process with a copy of a token.
    ///
    /// - Parameter taking: The number of a token that the process takes as it is; its copy is not made then.
    mutating func startProcess(
        _ image: String, folder: String? = #"\Windows\System32"#, parent: Int?, token source: ModelToken,
        terminal: Int?, threads count: Int? = nil, taking: Int? = nil
    ) -> Int {
        wait(seconds: 5)
        let id = takeCID()
        var token = taking ?? 0
        if taking == nil {
            let parent = parent ?? 0
            let creator = ModelCreator(
                process: parent, thread: firstThread(of: parent), method: .duplicate,
                path: parent == 0 ? .firstProcess : .newProcess)
            token = duplicate(source, by: creator, isPrimary: true, terminal: terminal)
        }
        tokens[token].isInUse = true
        let number = processes.count
        processes.append(
            ModelProcess(
                id: id, parent: parent.map { processes[$0].id } ?? 0, image: image, folder: folder, created: now,
                token: token, tokenCredit: UInt64(generator.within(1...15)), terminal: terminal))
        for _ in 0..<(count ?? generator.within(1...4)) { addThread(to: number) }
        return number
    }

    private mutating func addThread(to process: Int) {
        threads.append(ModelThread(id: takeCID(), process: process, created: now + UInt64(generator.below(9_000_000))))
        processes[process].threads.append(threads.count - 1)
    }

    /// The id of a process' first thread; of the System process, the id that boot's tokens name.
    func firstThread(of process: Int) -> UInt32 {
        guard process != 0, let first = processes[process].threads.first else { return 4 }
        return threads[first].id
    }

    /// The id of some thread of a process.
    mutating func someThread(of process: Int) -> UInt32 {
        process == 0 ? 4 : threads[generator.pick(processes[process].threads)].id
    }

    // MARK: - Handles

    /// Opens a handle to an object and returns its value.
    @discardableResult
    mutating func open(_ object: ObjectReference, in process: Int, access: UInt32) -> UInt64 {
        // Some values belong to handles that were closed.
        if generator.chance(percent: 15) { processes[process].nextHandle += 4 * UInt64(1 + generator.below(3)) }
        if processes[process].nextHandle % 0x400 == 0 { processes[process].nextHandle += 4 }
        let value = processes[process].nextHandle
        processes[process].nextHandle += 4
        let isKernel = process == 0
        processes[process].handles.append(
            ModelHandle(
                value: isKernel ? value | 0xFFFF_FFFF_8000_0000 : value, object: object, access: access,
                credit: takeCredit()))
        return value
    }

    private mutating func takeCredit() -> UInt64 {
        guard features.hasHandleCredit else { return 0 }
        if generator.chance(percent: 4) { return 0 }
        return UInt64(generator.chance(percent: 85) ? 0x7FFF - generator.below(64) : 1 + generator.below(0x7FFE))
    }

    /// Makes an object of a type that only has to be there.
    mutating func addOther(_ type: String) -> ObjectReference {
        otherObjects.append(type)
        return .other(otherObjects.count - 1)
    }
}
