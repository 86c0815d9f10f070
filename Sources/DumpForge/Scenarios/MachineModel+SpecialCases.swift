extension MachineModel {
    /// Plays the scenarios of one special case each.
    mutating func playSpecialCase(_ options: ForgeOptions, _ residents: Residents) {
        switch options.scenario {
        case .article, .grabber, .clean, .corrupt: break
        case .zombies: leaveZombies(options, residents)
        case .kernelrefs: keepInKernel(options, residents)
        case .selfpinned: pinThemselves(options, residents)
        case .uac: leaveHalves(options, residents)
        case .network: logOnOverNetwork(options, residents)
        case .hoard: hoard(options, residents)
        case .mixed: mixHolders(options, residents)
        case .silo: startContainers(options, residents)
        case .terminals: stampSystemTokens(options, residents)
        case .unlisted: hideInPool(options, residents)
        case .appcontainer: leaveAppContainers(options, residents)
        }
    }

    /// Lets visitors come and go until the machine has as many sessions as are wanted; at least one comes.
    ///
    /// - Parameters:
    ///   - own: Visitors where the options name no number of sessions.
    ///   - body: What each leaves behind; its number counts from zero.
    mutating func passVisitors(
        _ options: ForgeOptions, own: Int, areAdministrators: Bool = false, _ residents: Residents,
        _ body: (inout Self, Visitor, Int) -> Void
    ) {
        let wanted = options.logonSessions ?? logonSessions.count + own * (areAdministrators ? 2 : 1)
        var number = 0
        repeat {
            let terminal = beginTerminalSession()
            terminalSessions[terminal].isLive = false
            let visitor = logOnVisitor(
                takeName(), number: UInt32(2000 + number), terminal: terminal, isAdministrator: areAdministrators,
                winlogon: nil, residents)
            for _ in 0..<max(1, options.tokensPerVisitor ?? 1) { body(&self, visitor, number) }
            logOff(visitor)
            number += 1
        } while logonSessions.count < wanted
    }

    /// A program that runs as a service and keeps what it should not.
    mutating func startTool(_ image: String, _ residents: Residents) -> Int {
        startProcess(image, folder: #"\Tools"#, parent: residents.services, token: residents.systemToken, terminal: 0)
    }

    /// Copies a token and opens a handle to the copy.
    @discardableResult
    mutating func keepCopy(of token: ModelToken, in process: Int, isPrimary: Bool = false) -> Int {
        let creator = ModelCreator(
            process: process, thread: someThread(of: process), method: .duplicate, path: .duplicateCall)
        let copy = duplicate(token, by: creator, isPrimary: isPrimary)
        open(.token(copy), in: process, access: 0xF01FF)
        return copy
    }

    /// Copies a token for kernel code, which holds it by references alone.
    @discardableResult
    mutating func keepByReference(_ token: ModelToken, count: Int = 1) -> Int {
        let creator = ModelCreator(process: 0, thread: 4, method: .duplicate, path: .driverClient)
        let copy = duplicate(token, by: creator, isPrimary: false)
        tokens[copy].kernelReferences = count
        return copy
    }

    /// Ends a process: its handles are closed, its threads are through.
    mutating func exit(_ process: Int) {
        processes[process].exited = now
        processes[process].handles = []
        for thread in processes[process].threads { threads[thread].isExited = true }
    }

    // MARK: - Zombies

    /// By turns kept by a process handle, by a thread handle, by both, by a driver, and a dead thread's impersonation.
    private mutating func leaveZombies(_ options: ForgeOptions, _ residents: Residents) {
        let monitor = startTool("ProcessWatch.exe", residents)
        let debugger = startTool("StackSampler.exe", residents)
        passVisitors(options, own: 15, residents) { model, visitor, number in
            model.leaveZombie(of: visitor, kind: number % 5, monitor: monitor, debugger: debugger, residents)
        }
    }

    private mutating func leaveZombie(
        of visitor: Visitor, kind: Int, monitor: Int, debugger: Int, _ residents: Residents
    ) {
        let hasThread = [1, 2, 4].contains(kind)
        let zombie = startProcess(
            "reader.exe", folder: #"\Program Files\Reader"#, parent: residents.services,
            token: kind == 4 ? residents.systemToken : visitor.token,
            terminal: kind == 4 ? 0 : visitor.terminal, threads: hasThread ? 1 : 0)
        let thread = processes[zombie].threads.first
        if kind == 4, let thread {
            let creator = ModelCreator(
                process: zombie, thread: threads[thread].id, method: .duplicate, path: .duplicateCall)
            threads[thread].impersonation = duplicate(visitor.token, by: creator, isPrimary: false)
        }
        wait(seconds: 60)
        exit(zombie)
        if kind == 0 || kind == 2 { open(.process(zombie), in: monitor, access: 0x1400) }
        if let thread { open(.thread(thread), in: debugger, access: 0x1F_FFFF) }
        if kind == 3 { processes[zombie].kernelReferences = 1 }
    }

    // MARK: - The kernel itself

    private mutating func keepInKernel(_ options: ForgeOptions, _ residents: Residents) {
        passVisitors(options, own: 12, residents) { model, visitor, number in
            if number % 3 != 1 { model.keepByReference(visitor.token, count: 1 + number % 2) }
            if number % 3 != 0 { model.keepCopy(of: visitor.token, in: residents.system) }
        }
    }

    private mutating func hideInPool(_ options: ForgeOptions, _ residents: Residents) {
        passVisitors(options, own: 12, residents) { model, visitor, number in
            model.keepByReference(number == 1 ? model.enlarged(visitor.token) : visitor.token)
        }
    }

    private mutating func pinThemselves(_ options: ForgeOptions, _ residents: Residents) {
        passVisitors(options, own: 8, residents) { model, visitor, _ in
            guard model.logonSessions[visitor.session].cachedToken == nil else { return }
            let creator = ModelCreator(
                process: residents.lsass, thread: model.someThread(of: residents.lsass), method: .duplicate,
                path: .filterCache)
            model.logonSessions[visitor.session].cachedToken = model.duplicate(
                visitor.token, by: creator, isPrimary: true)
        }
    }

    // MARK: - Hoards, network

    /// Opens each copy four times: ten thousand handles are reached with a quarter of the tokens.
    private mutating func hoard(_ options: ForgeOptions, _ residents: Residents) {
        let host = residents.host("netsvcs")
        let living = processes.indices.filter { processes[$0].image == "explorer.exe" }.map {
            tokens[processes[$0].token]
        }
        let copies = options.tokensPerVisitor.map { $0 * living.count } ?? 2_600
        for number in 0..<copies where !living.isEmpty {
            let copy = keepCopy(of: living[number % living.count], in: host)
            for _ in 0..<3 { open(.token(copy), in: host, access: 0xC) }
            // Handles closed long ago: the table has grown to three levels.
            if number == 100 { processes[host].nextHandle = max(processes[host].nextHandle, 131_080 * 4) }
        }
    }

    private mutating func logOnOverNetwork(_ options: ForgeOptions, _ residents: Residents) {
        let wanted = options.logonSessions ?? logonSessions.count + 20
        var number = 0
        while logonSessions.count < wanted {
            let token = serviceLogon(
                takeName(), number: UInt32(3000 + number), kind: .network, isPrimary: false, residents)
            open(
                .token(addToken(token)), in: number % 2 == 0 ? residents.host("netsvcs") : residents.lsass, access: 0xC)
            if number % 4 == 3 {
                logonSessions[token.session].account = ""
                logonSessions[token.session].authority = ""
            }
            number += 1
        }
    }
}
