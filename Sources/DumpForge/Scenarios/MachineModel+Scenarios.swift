extension MachineModel {
    /// Plays a scenario from boot to the moment of the dump.
    mutating func play(_ options: ForgeOptions) {
        let residents = bootSystem()
        _ = startTerminalSession(residents)
        for number in 0..<2 { arrive(number: UInt32(1200 + number), isAdministrator: number == 0, residents) }
        addServiceLogons(residents)
        switch options.scenario {
        case .clean: addUnusedSession()
        case .article: leak(options, residents, into: residents.lsass, thread: someThread(of: residents.lsass), each: 2)
        case .grabber, .corrupt:
            let grabber = startProcess(
                "RyansTokenGrabber.exe", folder: #"\Tools"#, parent: residents.services, token: residents.systemToken,
                terminal: 0)
            leak(options, residents, into: grabber, thread: someThread(of: grabber), each: 1)
        default: playSpecialCase(options, residents)
        }
        if options.scenario == .corrupt { chooseDamage(leakingProcess: processes.count - 1) }
        wait(seconds: 86_400)
    }

    /// Somebody logs on and is still at work when the dump is taken.
    private mutating func arrive(number: UInt32, isAdministrator: Bool, _ residents: Residents) {
        let place = startTerminalSession(residents)
        let visitor = logOnVisitor(
            takeName(), number: number, terminal: place.terminal, isAdministrator: isAdministrator,
            winlogon: place.winlogon, residents)
        startShell(of: visitor, winlogon: place.winlogon)
        impersonate(visitor.token, in: residents.host("termsvcs"))
    }

    /// A thread of a service impersonates somebody.
    private mutating func impersonate(_ token: ModelToken, in process: Int) {
        let thread = generator.pick(processes[process].threads)
        guard threads[thread].impersonation == nil else { return }
        let creator = ModelCreator(
            process: process, thread: threads[thread].id, method: .duplicate, path: .alpcConnect)
        threads[thread].impersonation = duplicate(token, by: creator, isPrimary: false)
    }

    /// Network, batch and service logons as any server has them.
    private mutating func addServiceLogons(_ residents: Residents) {
        for number in 0..<2 {
            let token = serviceLogon(
                takeName(), number: UInt32(1300 + number), kind: .network, isPrimary: false, residents)
            open(.token(addToken(token)), in: residents.host("netsvcs"), access: 0xC)
        }
        for (account, kind, parent, image) in [
            ("svc_backup", SecurityIdentifier.batch, residents.host("netsvcs"), "taskhostw.exe"),
            ("svc_agent", .service, residents.services, "AppWorker.exe"),
        ] {
            let token = serviceLogon(account, number: 1400, kind: kind, isPrimary: true, residents)
            open(.token(addToken(token)), in: parent, access: 0xF01FF)
            _ = startProcess(image, parent: parent, token: token, terminal: 0)
        }
    }

    mutating func serviceLogon(
        _ account: String, number: UInt32, kind: SecurityIdentifier, isPrimary: Bool, _ residents: Residents
    ) -> ModelToken {
        let session = addLogonSession(account: account, authority: domainName)
        let groups = addGroups(
            [
                .init(domainUser(number), 0), .init(domainUser(513)), .init(.everyone), .init(.users), .init(kind),
                .init(.authenticatedUsers), .init(.thisOrganization),
                .init(.logon(logonSessions[session].luid), 0xC000_0007),
            ], integrity: 0x3000)
        let token = logOnToken(
            session, groups: groups, flags: 0x2001, privileges: 0x80_0000, isPrimary: isPrimary, residents,
            source: kind == .network ? "NtLmSsp " : "Advapi  ")
        keepUnreferenced(token, residents)
        return token
    }

    /// A session that LSA began and nobody used.
    private mutating func addUnusedSession() {
        let session = addLogonSession(account: "", authority: "")
        logonSessions[session].isUnused = true
    }

    /// Visitors come and go; a process keeps copies of their tokens.
    ///
    /// - Parameter each: Copies of each visitor's token where the options say nothing.
    private mutating func leak(
        _ options: ForgeOptions, _ residents: Residents, into process: Int, thread: UInt32, each: Int
    ) {
        let wanted = options.logonSessions ?? defaultSessions(of: options.scenario)
        var number: UInt32 = 2000
        while logonSessions.count < wanted {
            number += 1
            let terminal = beginTerminalSession()
            terminalSessions[terminal].isLive = false
            let isAdministrator = wanted - logonSessions.count > 1 && generator.chance(percent: 12)
            let visitor = logOnVisitor(
                takeName(), number: number, terminal: terminal, isAdministrator: isAdministrator, winlogon: nil,
                residents)
            let creator = ModelCreator(process: process, thread: thread, method: .duplicate, path: .duplicateCall)
            for _ in 0..<max(1, options.tokensPerVisitor ?? each) {
                let token = duplicate(visitor.token, by: creator, isPrimary: generator.chance(percent: 30))
                for _ in 0..<max(1, options.handlesPerToken) {
                    open(.token(token), in: process, access: generator.pick([0xF01FF, 0xC, 0xA]))
                }
            }
            logOff(visitor)
        }
    }

    private func defaultSessions(of scenario: ForgeScenario) -> Int {
        switch scenario {
        case .article: 380
        case .clean: logonSessions.count
        case .grabber: logonSessions.count + 24
        case .corrupt: logonSessions.count + 60
        default: logonSessions.count + 12
        }
    }

    /// Somebody leaves: LSA declares the logoff, the terminal session has ended.
    mutating func logOff(_ visitor: Visitor) {
        wait(seconds: 4000)
        skipLUIDs(200)
        guard features.hasLogoffFlags else { return }
        let declared: UInt32 = generator.chance(percent: 90) ? 0x30 : 0x10
        logonSessions[visitor.session].flags |= declared
        if let full = logonSessions[visitor.session].buddy { logonSessions[full].flags |= declared }
    }
}
