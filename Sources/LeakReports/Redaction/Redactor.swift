import BinaryReading
public import KernelObjects

/// Takes the names out of what was read from a dump, so that a report can be shown to others.
///
/// Pseudonyms stand for accounts, domains, computers, the parts of SIDs that belong to them, folders outside of Windows, and the paths of
/// the files that were opened. Names of programs, services and drivers stay, for without them no report helps; a name of an account, a
/// domain or a computer inside of them does not. Names that every Windows has stay. It works on the snapshot, before the analysis, so that
/// nothing that is drawn from it can hold a name.
public struct Redactor: Sendable {
    /// The pseudonyms that were given so far.
    public private(set) var key: RedactionKey
    /// Authorities that are Windows' own in the language of the dump.
    private var ownAuthorities: Set<String> = []
    private var machines: Set<String> = []
    private var sids: [SID: SID] = [:]

    /// Makes a redactor that knows the pseudonyms of a key.
    public init(key: RedactionKey = RedactionKey()) { self.key = key }

    /// A snapshot without names. Further snapshots get the same pseudonyms for the same names.
    public mutating func redact(_ snapshot: Snapshot) -> Snapshot {
        collectMachines(snapshot)
        collectProfiles(snapshot)
        var result = snapshot
        result.logonSessions = snapshot.logonSessions.map { session($0) }
        sids = [:]
        result.dump.computerName = snapshot.dump.computerName.map { key.pseudonym(of: $0, .machine) }
        result.dump.path = key.pseudonym(of: snapshot.dump.path, .file)
        if !["builtIn", "inferred"].contains(snapshot.kernel.symbolSource) {
            result.kernel.symbolSource = key.pseudonym(of: snapshot.kernel.symbolSource, .file)
        }
        var texts = TextRedaction(key)
        result.processes = snapshot.processes.map { process($0, &texts) }
        result.modules = snapshot.modules.map { module($0, &texts) }
        result.unloadedModules = snapshot.unloadedModules.map { module in
            UnloadedModule(
                name: texts.image(module.name), base: module.base, end: module.end, unloadedAt: module.unloadedAt)
        }
        result.tokens = snapshot.tokens.map { token($0, &texts) }
        result.frames = snapshot.frames.mapValues { frame in
            StackFrame(
                address: frame.address, module: frame.module.map { texts.image($0) }, symbol: frame.symbol,
                displacement: frame.displacement)
        }
        // Last, when every name has its pseudonym: descriptions of gaps may hold any of them.
        texts = TextRedaction(key)
        result.gaps = snapshot.gaps.map { gap in
            Gap(
                subject: gap.subject, what: texts.text(gap.what), address: gap.address, why: texts.text(gap.why),
                limits: texts.text(gap.limits))
        }
        return result
    }

    // MARK: Names

    /// The computer itself and those whose accounts, `NAME$`, have sessions; the authorities that are Windows' own in any language.
    private mutating func collectMachines(_ snapshot: Snapshot) {
        ownAuthorities = WellKnownNames.authorities
        machines = []
        if let name = snapshot.dump.computerName { machines.insert(name.lowercased()) }
        for session in snapshot.logonSessions {
            if let account = session.accountName, account.count > 1, account.hasSuffix("$") {
                machines.insert(account.dropLast().lowercased())
            }
            if [.localService, .anonymous].contains(session.luid), let authority = session.authorityName {
                ownAuthorities.insert(authority.lowercased())
            }
        }
    }

    /// Users whose folders images lie in, though no session names them.
    private mutating func collectProfiles(_ snapshot: Snapshot) {
        let paths = snapshot.processes.compactMap(\.imagePath) + snapshot.modules.compactMap(\.path)
        for path in paths + [snapshot.dump.path] {
            guard let user = ImagePath(path).profile, !WellKnownNames.accounts.contains(user.lowercased()) else {
                continue
            }
            _ = key.pseudonym(of: user, .user)
        }
    }

    private mutating func session(_ session: LogonSession) -> LogonSession {
        let authority = session.authorityName.map { self.authority($0) }
        let account = session.accountName.map { self.account($0, authority: session.authorityName ?? "") }
        return session.replacing(accountName: account, authorityName: authority)
    }

    private mutating func authority(_ name: String) -> String {
        let folded = name.lowercased()
        if name.isEmpty || ownAuthorities.contains(folded) { return name }
        return key.pseudonym(of: name, machines.contains(folded) ? .machine : .domain)
    }

    private mutating func account(_ name: String, authority: String) -> String {
        if name.isEmpty || WellKnownNames.accounts.contains(name.lowercased()) { return name }
        if name.count > 1, name.hasSuffix("$") { return key.pseudonym(of: String(name.dropLast()), .machine) + "$" }
        let folded = authority.lowercased()
        let isWindowsOwn =
            ownAuthorities.contains(folded) && !WellKnownNames.authoritiesWithOwnAccounts.contains(folded)
        return isWindowsOwn ? name : key.pseudonym(of: name, .user)
    }

    private mutating func redacted(_ sid: SID) -> SID {
        if let done = sids[sid] { return done }
        var result = sid
        if let part = sid.identifyingPart {
            let original = SID(
                identifierAuthority: sid.identifierAuthority, subAuthorities: part.head + Array(part.identifying))
            func pseudonym(_ number: Int) -> SID {
                let zeros = Array(repeating: UInt32(0), count: part.identifying.count - 1)
                return SID(
                    identifierAuthority: sid.identifierAuthority,
                    subAuthorities: part.head + zeros + [UInt32(clamping: number)])
            }
            let text = key.pseudonym(of: original.description, .sid) { pseudonym($0).description }
            let head = SID(text) ?? pseudonym(0)
            result = SID(
                identifierAuthority: head.identifierAuthority, subAuthorities: head.subAuthorities + Array(part.rest))
        }
        sids[sid] = result
        return result
    }

    // MARK: Objects

    private mutating func token(_ token: Token, _ texts: inout TextRedaction) -> Token {
        token.replacing(
            user: token.user.map { redacted($0) },
            groups: token.groups.map { Token.Group(sid: redacted($0.sid), attributes: $0.attributes) },
            sourceName: texts.text(token.sourceName),
            creation: token.creation.map { $0.replacing(imageName: texts.image($0.imageName)) })
    }

    private mutating func process(_ process: Process, _ texts: inout TextRedaction) -> Process {
        process.replacing(
            imageName: texts.image(process.imageName), imagePath: process.imagePath.map { path($0, &texts) },
            shortImageName: texts.image(process.shortImageName), services: process.services.map { texts.text($0) })
    }

    private mutating func module(_ module: Module, _ texts: inout TextRedaction) -> Module {
        Module(
            name: texts.image(module.name), path: module.path.map { path($0, &texts) }, base: module.base,
            byteCount: module.byteCount, timeDateStamp: module.timeDateStamp)
    }

    /// A path inside of Windows' own folder stays; of any other only the file's name does.
    private mutating func path(_ path: String, _ texts: inout TextRedaction) -> String {
        let parts = ImagePath(path)
        guard !parts.isInWindows, !parts.folder.isEmpty else { return texts.text(path) }
        return key.pseudonym(of: parts.folder, .folder) + "\\" + texts.image(parts.fileName)
    }
}

/// Texts and file names without the names that a key knows.
private struct TextRedaction {
    private var replacement: NameReplacement

    init(_ key: RedactionKey) { replacement = NameReplacement(key.entries) }

    mutating func text(_ text: String) -> String { replacement.apply(to: text) }

    /// The names of Windows' own images stay whole.
    mutating func image(_ name: String) -> String {
        WellKnownNames.images.contains(name.lowercased()) ? name : replacement.apply(to: name)
    }
}
