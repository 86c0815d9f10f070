extension MachineModel {
    // MARK: - Split pairs, window managers

    mutating func leaveHalves(_ options: ForgeOptions, _ residents: Residents) {
        let tool = startTool("ElevationBroker.exe", residents)
        passVisitors(options, own: 6, areAdministrators: true, residents) { model, visitor, number in
            model.keepCopy(of: visitor.token, in: tool)
            // A query for the linked token gives a handle to a token of the full half.
            if number % 3 != 0, let full = model.logonSessions[visitor.session].buddy,
                let cached = model.logonSessions[full].cachedToken
            {
                model.keepCopy(of: model.tokens[cached], in: tool)
            }
        }
        for _ in 0..<2 { leaveWindowManager(in: tool, residents) }
    }

    /// A terminal session has ended; somebody keeps the tokens of its window manager and its font driver.
    private mutating func leaveWindowManager(in tool: Int, _ residents: Residents) {
        let terminal = beginTerminalSession()
        terminalSessions[terminal].isLive = false
        if features.hasFontDriverAccounts { logOnFontDriver(terminal, keptBy: tool, residents) }
        if features.hasWindowManagerAccounts { logOnWindowManager(terminal, keptBy: tool, residents) }
    }

    // MARK: - Several holders

    mutating func mixHolders(_ options: ForgeOptions, _ residents: Residents) {
        let holders = ["SessionAudit.exe", "PrintBroker.exe", "BackupAgent.exe"].map { startTool($0, residents) }
        let canLink = features.build >= 10240
        var previous: ModelToken?
        passVisitors(options, own: 12, residents) { model, visitor, number in
            for holder in holders.prefix(1 + number % 3) { model.keepCopy(of: visitor.token, in: holder) }
            if canLink, number % 4 == 3, let other = previous {
                let linked = model.duplicate(
                    other, by: .init(process: 0, thread: 4, method: .duplicate, path: .driverClient), isPrimary: false)
                let linking = model.keepCopy(of: visitor.token, in: holders[2])
                model.tokens[linking].trustLink = linked
            }
            if number == 1 { model.keepCopy(of: model.enlarged(visitor.token), in: holders[0]) }
            previous = visitor.token
        }
    }

    /// A token of somebody in so many groups that it takes pages of its own.
    mutating func enlarged(_ token: ModelToken) -> ModelToken {
        var groups = groupLists[token.groups]
        let more = (0..<200).map { GroupMembership(domainUser(UInt32(9000 + $0))) }
        groups.insert(contentsOf: more, at: groups.count - 1)
        groupLists.append(groups)
        var copy = token
        copy.groups = groupLists.count - 1
        return copy
    }

    // MARK: - Containers

    mutating func startContainers(_ options: ForgeOptions, _ residents: Residents) {
        let tool = startTool("ContainerWatch.exe", residents)
        for _ in 0..<2 {
            guard case .other(let silo) = addOther("Job") else { continue }
            otherReferences(of: silo, from: residents)
            startContainer(silo, residents)
            // Somebody worked in the container and has left.
            let token = containerLogon(silo, residents)
            keepCopy(of: token, in: tool)
        }
    }

    private mutating func otherReferences(of silo: Int, from residents: Residents) {
        open(.other(silo), in: residents.host("netsvcs"), access: 0x1F_003F)
    }

    private mutating func startContainer(_ silo: Int, _ residents: Residents) {
        let anonymous = addLogonSession(luid: 0x3E6, account: "ANONYMOUS LOGON", authority: "NT AUTHORITY")
        let system = addLogonSession(luid: 0x3E7, account: computerName + "$", authority: "WORKGROUP")
        logonSessions[anonymous].silo = silo
        logonSessions[system].silo = silo
        for number in anonymousTokens {
            var token = tokens[number]
            token.session = anonymous
            token.tokenID = 0
            _ = addToken(makeToken(token))
        }
        var token = residents.systemToken
        token.session = system
        token = makeToken(token)
        let smss = startProcess("smss.exe", parent: residents.system, token: token, terminal: nil, threads: 2)
        for image in ["wininit.exe", "services.exe", "lsass.exe", "CExecSvc.exe"] {
            _ = startProcess(image, parent: smss, token: token, terminal: 0)
        }
        let user = containerLogon(silo, residents)
        _ = startProcess("cmd.exe", parent: smss, token: user, terminal: 0)
    }

    private mutating func containerLogon(_ silo: Int, _ residents: Residents) -> ModelToken {
        let session = addLogonSession(account: "ContainerAdministrator", authority: "User Manager")
        logonSessions[session].silo = silo
        let groups = addGroups(
            [
                .init(SecurityIdentifier(5, 93, 2, 1), 0), .init(.everyone), .init(.administrators, 0xE),
                .init(.service), .init(.authenticatedUsers), .init(.logon(logonSessions[session].luid), 0xC000_0007),
            ], integrity: 0x3000)
        return logOnToken(session, groups: groups, flags: 0x2081, privileges: 0x80_0000, isPrimary: true, residents)
    }

    // MARK: - Terminal sessions

    mutating func stampSystemTokens(_ options: ForgeOptions, _ residents: Residents) {
        let tool = startTool("HelpdeskAgent.exe", residents)
        for _ in 0..<(options.tokensPerVisitor ?? 6) {
            let terminal = beginTerminalSession()
            terminalSessions[terminal].isLive = false
            let creator = ModelCreator(
                process: tool, thread: someThread(of: tool), method: .duplicate, path: .duplicateCall)
            let copy = duplicate(residents.systemToken, by: creator, isPrimary: true, terminal: terminal)
            open(.token(copy), in: tool, access: 0xF01FF)
        }
    }

    // MARK: - AppContainers

    mutating func leaveAppContainers(_ options: ForgeOptions, _ residents: Residents) {
        let broker = startTool("WebBroker.exe", residents)
        passVisitors(options, own: 8, residents) { model, visitor, number in
            model.keepCopy(of: model.contained(visitor.token), in: broker, isPrimary: number % 2 == 0)
        }
    }

    /// A token for an AppContainer: low integrity, the package's SID.
    private mutating func contained(_ token: ModelToken) -> ModelToken {
        var copy = token
        copy.flags |= 0x4000
        copy.package = SecurityIdentifier(
            15, [2] + (0..<7).map { _ in UInt32(truncatingIfNeeded: generator.within(1...4_000_000_000)) })
        var groups = groupLists[token.groups].filter { $0.attributes & 0x20 == 0 }
        groups.append(.init(.integrity(0x1000), 0x60))
        groupLists.append(groups)
        copy.groups = groupLists.count - 1
        return copy
    }
}
