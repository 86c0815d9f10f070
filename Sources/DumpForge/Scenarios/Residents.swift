/// The processes and sessions that every machine has, by their numbers in the model.
struct Residents {
    var system = 0
    var smss = 0
    var csrss = 0
    var services = 0
    var lsass = 0
    var systemSession = 0
    /// The token that system services get copies of.
    var systemToken: ModelToken
    var localServiceToken: ModelToken
    var networkServiceToken: ModelToken
    /// Service hosts by group.
    var hosts: [String: Int] = [:]

    init() {
        let nothing = ModelToken(
            session: 0, isPrimary: true, flags: 0, groups: 0, privileges: 0, origin: 0, source: "")
        systemToken = nothing
        localServiceToken = nothing
        networkServiceToken = nothing
    }

    /// The host of a service group, or services.exe where there is none.
    func host(_ group: String) -> Int { hosts[group] ?? services }
}

extension MachineModel {
    /// Lets the machine start: the system's sessions, its processes, the first terminal sessions.
    mutating func bootSystem() -> Residents {
        var residents = Residents()
        let system = makeSystemSessions(&residents)
        _ = beginTerminalSession()
        residents.system = startProcess(
            "System", folder: nil, parent: nil, token: residents.systemToken, terminal: nil, threads: 6, taking: system)
        if features.build >= 17134 { startKernelProcess("Registry", residents) }
        residents.smss = startProcess(
            "smss.exe", parent: residents.system, token: residents.systemToken, terminal: nil, threads: 2)
        if features.build >= 10586 { startKernelProcess("MemCompression", residents) }
        residents.csrss = startSystemProcess("csrss.exe", parent: residents.smss, residents, terminal: 0)
        let wininit = startSystemProcess("wininit.exe", parent: residents.smss, residents, terminal: 0)
        residents.services = startSystemProcess("services.exe", parent: wininit, residents, terminal: 0)
        residents.lsass = startSystemProcess("lsass.exe", parent: wininit, residents, terminal: 0)
        makeServiceSessions(&residents)
        startServices(&residents)
        openOrdinaryHandles(residents)
        return residents
    }

    private mutating func startKernelProcess(_ image: String, _ residents: Residents) {
        _ = startProcess(
            image, folder: nil, parent: residents.system, token: residents.systemToken, terminal: nil, threads: 1)
    }

    /// Starts a process with the system's token.
    mutating func startSystemProcess(
        _ image: String, parent: Int, _ residents: Residents, terminal: Int
    ) -> Int {
        startProcess(image, parent: parent, token: residents.systemToken, terminal: terminal)
    }

    private mutating func makeSystemSessions(_ residents: inout Residents) -> Int {
        let anonymous = addLogonSession(luid: 0x3E6, account: "ANONYMOUS LOGON", authority: "NT AUTHORITY")
        residents.systemSession = addLogonSession(luid: 0x3E7, account: computerName + "$", authority: domainName)
        let groups = addGroups([.init(.anonymous, 0), .init(.everyone)], integrity: 0)
        for _ in 0..<2 {
            var token = ModelToken(
                session: anonymous, isPrimary: true, flags: 0, groups: groups, privileges: 0x80_0000, origin: 0,
                source: "*SYSTEM*")
            token.isMadeBySystem = true
            token.kernelReferences = 1
            token.creator = ModelCreator(process: 0, thread: 4, method: .create, path: .bootAnonymous)
            anonymousTokens.append(addToken(makeToken(token)))
        }
        let systemGroups = addGroups(
            [.init(.system, 0), .init(.administrators, 0xE), .init(.everyone), .init(.authenticatedUsers)],
            integrity: 0x4000)
        var token = ModelToken(
            session: residents.systemSession, isPrimary: true, flags: 0x2087, groups: systemGroups,
            privileges: 0x1F_F3FF_FE9C, origin: 0, source: "*SYSTEM*")
        token.isMadeBySystem = true
        token.creator = ModelCreator(process: 0, thread: 4, method: .create, path: .bootSystem)
        residents.systemToken = makeToken(token)
        return addToken(residents.systemToken)
    }

    /// Adds a list of user and groups; an integrity label comes last where there is one.
    mutating func addGroups(_ groups: [GroupMembership], integrity: UInt32) -> Int {
        groupLists.append(groups + (integrity == 0 ? [] : [.init(.integrity(integrity), 0x60)]))
        return groupLists.count - 1
    }

    private mutating func makeServiceSessions(_ residents: inout Residents) {
        for (luid, name, sid) in [
            (UInt64(0x3E4), computerName + "$", SecurityIdentifier.networkService),
            (0x3E5, "LOCAL SERVICE", .localService),
        ] {
            let session = addLogonSession(
                luid: luid, account: name, authority: luid == 0x3E5 ? "NT AUTHORITY" : domainName)
            let groups = addGroups(
                [
                    .init(sid, 0), .init(.everyone), .init(.users), .init(.service), .init(.authenticatedUsers),
                    .init(.thisOrganization), .init(.logon(luid), 0xC000_0007),
                ], integrity: 0x4000)
            let token = logOnToken(
                session, groups: groups, flags: 0x2081, privileges: 0x30_A080_0000, isPrimary: true, residents)
            keepUnreferenced(token, residents)
            open(.token(addToken(token)), in: residents.services, access: 0xF01FF)
            if luid == 0x3E5 {
                residents.localServiceToken = token
            } else {
                residents.networkServiceToken = token
            }
        }
    }

    /// The token that LSA makes when somebody logs on.
    mutating func logOnToken(
        _ session: Int, groups: Int, flags: UInt32, privileges: UInt64, isPrimary: Bool, _ residents: Residents,
        source: String = "Advapi  "
    ) -> ModelToken {
        var token = ModelToken(
            session: session, isPrimary: isPrimary, flags: flags, groups: groups, privileges: privileges, origin: 0x3E7,
            source: source)
        token.level = isPrimary ? 0 : 2
        token.creator = ModelCreator(
            process: residents.lsass, thread: someThread(of: residents.lsass), method: .create,
            path: generator.chance(percent: 50) ? .logon : .logonOld)
        return makeToken(token)
    }

    /// The copy that LSA keeps of each session's token, which does not count as a reference (`sessions.md` §3).
    mutating func keepUnreferenced(_ token: ModelToken, _ residents: Residents) {
        let creator = ModelCreator(
            process: residents.lsass, thread: someThread(of: residents.lsass), method: .duplicate, path: .duplicateCall)
        let kept = duplicate(token, by: creator, isPrimary: true, addedFlags: 0x20)
        tokens[kept].terminalSession = 0
        tokens[kept].pinnedTerminal = nil
        open(.token(kept), in: residents.lsass, access: 0xF01FF)
    }

    private mutating func startServices(_ residents: inout Residents) {
        let groups: [(String, ModelToken)] = [
            ("DcomLaunch", residents.systemToken), ("RPCSS", residents.networkServiceToken),
            ("netsvcs", residents.systemToken), ("LocalServiceNetworkRestricted", residents.localServiceToken),
            ("LocalService", residents.localServiceToken), ("NetworkService", residents.networkServiceToken),
            ("termsvcs", residents.networkServiceToken), ("LocalSystemNetworkRestricted", residents.systemToken),
        ]
        for (group, token) in groups {
            let services = ServiceAccount.services(of: group, isAlone: features.build >= 15063)
            let host = startProcess(
                "svchost.exe", parent: residents.services, token: withServices(services, token), terminal: 0)
            processes[host].serviceGroup = group
            processes[host].services = services.map(\.name)
            residents.hosts[group] = host
        }
        _ = startSystemProcess("spoolsv.exe", parent: residents.services, residents, terminal: 0)
        _ = startProcess(
            "MsMpEng.exe", folder: #"\ProgramData\Microsoft\Windows Defender\Platform"#, parent: residents.services,
            token: residents.systemToken, terminal: 0)
    }

    /// Handles as any process has them: events, files, keys, its children.
    private mutating func openOrdinaryHandles(_ residents: Residents) {
        let types = ["Event", "File", "Key", "Section", "Mutant", "Semaphore", "ALPC Port", "Directory"]
        let shared = types.map { addOther($0) }
        for process in processes.indices {
            for _ in 0..<generator.within(3...8) {
                open(generator.pick(shared), in: process, access: generator.pick([0x1F_0003, 0x12_0089, 0x2_0019]))
            }
            if process != 0, generator.chance(percent: 50), let first = processes[process].threads.first {
                open(.thread(first), in: process, access: 0x1F_FFFF)
            }
            if process > residents.csrss {
                open(.process(process), in: residents.csrss, access: 0x1F_FFFF)
            }
        }
        open(.process(residents.lsass), in: residents.system, access: 0x1F_FFFF)
    }
}
