/// Somebody who logged on to a terminal session.
struct Visitor {
    let account: String
    let terminal: Int
    /// The session in which the user's programs run: of a UAC pair the limited half.
    let session: Int
    /// The token that the logon made; only of somebody who stays it is still there.
    let token: ModelToken
}

extension MachineModel {
    private static let firstNames = [
        "anna", "bjorn", "carla", "dmitri", "elif", "farah", "goran", "hanna", "ivo", "jürgen", "lena", "мария",
        "nadia",
        "oskar", "petra", "quentin", "søren", "tara", "ugo", "vera", "wim", "xenia", "yann", "žofie", "åsa", "玲",
    ]
    private static let lastNames = [
        "adler", "costa", "duval", "eriksen", "fischer", "green", "horvat", "jensen", "kowalski", "larsen", "novak",
        "olsen", "petrov", "quist", "rossi", "santos", "tanaka", "ueda", "vogel", "weber", "yilmaz",
    ]

    /// A name for an account.
    mutating func takeName() -> String {
        generator.pick(Self.firstNames) + "." + generator.pick(Self.lastNames)
    }

    /// Starts what runs in every terminal session: csrss, winlogon, font driver host, window manager.
    mutating func startTerminalSession(_ residents: Residents) -> (terminal: Int, winlogon: Int) {
        let terminal = beginTerminalSession()
        let csrss = startSystemProcess("csrss.exe", parent: residents.smss, residents, terminal: terminal)
        let winlogon = startSystemProcess("winlogon.exe", parent: residents.smss, residents, terminal: terminal)
        let first = processes.count
        if features.hasFontDriverAccounts {
            let token = logOnFontDriver(terminal, keptBy: winlogon, residents)
            _ = startProcess("fontdrvhost.exe", parent: winlogon, token: token, terminal: terminal)
        }
        if features.hasWindowManagerAccounts {
            let token = logOnWindowManager(terminal, keptBy: winlogon, residents)
            _ = startProcess("dwm.exe", parent: winlogon, token: token, terminal: terminal)
        }
        for process in first..<processes.count { open(.process(process), in: csrss, access: 0x1F_FFFF) }
        return (terminal, winlogon)
    }

    /// The account of a terminal session's font driver host logs on; a process keeps the token.
    @discardableResult
    mutating func logOnFontDriver(_ terminal: Int, keptBy holder: Int, _ residents: Residents) -> ModelToken {
        let id = terminalSessions[terminal].id
        let session = addLogonSession(account: "UMFD-\(id)", authority: "Font Driver Host")
        var token = virtualAccountToken(session, group: .fontDriverGroup, terminal: id, residents)
        stamp(&token, terminal: terminal)
        open(.token(addToken(token)), in: holder, access: 0xF01FF)
        keepUnreferenced(token, residents)
        return token
    }

    /// The account of a terminal session's window manager logs on; a process keeps the token.
    @discardableResult
    mutating func logOnWindowManager(_ terminal: Int, keptBy holder: Int, _ residents: Residents) -> ModelToken {
        let id = terminalSessions[terminal].id
        let full = addLogonSession(account: "DWM-\(id)", authority: "Window Manager")
        let limited = addLogonSession(account: "DWM-\(id)", authority: "Window Manager")
        var limitedToken = virtualAccountToken(limited, group: .windowManagerGroup, terminal: id, residents)
        stamp(&limitedToken, terminal: terminal)
        open(.token(addToken(limitedToken)), in: holder, access: 0xF01FF)
        link(full: full, limited: limited, limitedToken: limitedToken)
        keepUnreferenced(limitedToken, residents)
        return limitedToken
    }

    private mutating func virtualAccountToken(
        _ session: Int, group: SecurityIdentifier, terminal: UInt32, _ residents: Residents
    ) -> ModelToken {
        let user = SecurityIdentifier(5, group.subauthorities + [terminal])
        let groups = addGroups(
            [
                .init(user, 0), .init(.everyone), .init(.users), .init(.interactive), .init(.authenticatedUsers),
                .init(group), .init(.logon(logonSessions[session].luid), 0xC000_0007), .init(.local),
            ], integrity: 0x4000)
        return logOnToken(session, groups: groups, flags: 0x2081, privileges: 0x3080_4000, isPrimary: true, residents)
    }

    /// Somebody logs on to a terminal session through Remote Desktop.
    ///
    /// - Parameters:
    ///   - isAdministrator: The account gets a UAC pair of sessions.
    ///   - winlogon: The process that keeps the token; nil for somebody who has left by the time of the dump.
    mutating func logOnVisitor(
        _ account: String, number: UInt32, terminal: Int, isAdministrator: Bool, winlogon: Int?,
        _ residents: Residents
    ) -> Visitor {
        let full = isAdministrator ? addLogonSession(account: account, authority: domainName) : nil
        let session = addLogonSession(account: account, authority: domainName)
        var token = logOnToken(
            session, groups: visitorGroups(session, number: number, isAdministrator: isAdministrator),
            flags: isAdministrator ? 0x2A01 : 0x2001, privileges: 0x2_0880_0000, isPrimary: true, residents,
            source: "User32  ")
        stamp(&token, terminal: terminal)
        if let winlogon { open(.token(addToken(token)), in: winlogon, access: 0xF01FF) }
        if let full { link(full: full, limited: session, limitedToken: token) }
        keepUnreferenced(token, residents)
        return Visitor(account: account, terminal: terminal, session: session, token: token)
    }

    private mutating func visitorGroups(_ session: Int, number: UInt32, isAdministrator: Bool) -> Int {
        var groups: [GroupMembership] = [
            .init(domainUser(number), 0), .init(domainUser(513)), .init(.everyone), .init(.users),
            .init(.remoteInteractive), .init(.interactive), .init(.authenticatedUsers), .init(.thisOrganization),
            .init(.logon(logonSessions[session].luid), 0xC000_0007), .init(.local),
        ]
        if isAdministrator { groups.insert(.init(.administrators, 0x10), at: 3) }
        for _ in 0..<generator.below(8) { groups.append(.init(domainUser(UInt32(1100 + generator.below(90))))) }
        return addGroups(groups, integrity: 0x2000)
    }

    /// Starts the shell and some programs of somebody who is at work.
    mutating func startShell(of visitor: Visitor, winlogon: Int) {
        let explorer = startProcess(
            "explorer.exe", folder: #"\Windows"#, parent: winlogon, token: visitor.token, terminal: visitor.terminal)
        for image in ["WINWORD.EXE", "msedge.exe", "Teams.exe"].prefix(1 + generator.below(3)) {
            _ = startProcess(
                image, folder: #"\Program Files\Office"#, parent: explorer, token: visitor.token,
                terminal: visitor.terminal)
        }
    }
}
