import AddressTranslation
import BinaryReading
public import KernelSymbols

extension Snapshot {
    /// Reads everything that the analysis needs from a dump.
    ///
    /// Whatever cannot be read is a gap of the snapshot and never the end of the reading.
    ///
    /// - Parameters:
    ///   - kernel: The kernel that was found in the dump.
    ///   - scan: When the pool is searched for tokens that nothing lists.
    /// - Throws: `LayoutError` where the kernel's profile lacks a structure or field without which nothing can be said.
    public init(reading kernel: Kernel, scan: PoolScanPolicy = .auto) throws(LayoutError) {
        let context = ReadingContext(kernel)
        let types = ObjectTypes(context)
        let moduleList = try ModuleList(context)
        let modules = moduleList.loadedModules()
        let unloadedModules = moduleList.unloadedModules()
        let naming = FrameNaming(
            modules: modules, unloadedModules: unloadedModules, kernelBase: kernel.base, profile: kernel.profile)

        let processes = try ProcessList(context, types: types).read()
        let threads = try Self.readThreads(of: processes.processes, context)
        let handles = try HandleTables(context, types: types).read(of: processes.processes)
        var table = try LogonSessionTable(context)
        table.readChains()
        var discovery = try TokenDiscovery(context, types: types, naming: naming, table: table)
        Self.offerTokens(of: processes.processes, threads.threads, handles.tables, to: &discovery)
        Self.offerSystemTokens(to: &discovery, context)
        discovery.expand()
        let isScanned = scan.isNeeded(found: discovery.count, total: types.tokenTotals?.objects)
        if isScanned {
            let candidates = try PoolScan(context, types: types, modules: modules).tokenCandidates()
            discovery.readAhead(candidates)
            for candidate in candidates { discovery.offer(poolCandidate: candidate) }
            discovery.expand()
        }

        let sessions = discovery.table.sessions.values.sorted { ($0.luid, $0.address) < ($1.luid, $1.address) }
        let tokens = discovery.sortedTokens()
        let listed = try Self.withServices(processes.processes, tokens, context)
        self.init(
            dump: DumpFacts(of: kernel, sessions: sessions, processes: listed, context),
            kernel: KernelFacts(of: kernel), tracking: try LeakTracking(reading: context), modules: modules,
            unloadedModules: unloadedModules, processes: listed, threads: threads.threads,
            handleTables: handles.tables,
            tokens: tokens,
            logonSessions: sessions, unreadableTokens: discovery.unreadable,
            coverage: Coverage(
                sessionChainsRead: discovery.table.chainsRead, sessionChainsComplete: discovery.table.chainsComplete,
                isProcessListComplete: processes.isComplete, unreadableProcesses: processes.unreadable,
                completeThreadLists: threads.complete,
                tokenSources: Self.sources(of: sessions).union(isScanned ? .poolScan : []),
                handleTablePages: handles.pages),
            tokenTypeTotals: types.tokenTotals, frames: Self.frames(of: tokens, naming), gaps: [])
        gaps = context.closedGaps
    }

    private static func withServices(_ processes: [Process], _ tokens: [Token], _ context: ReadingContext)
        throws(LayoutError) -> [Process]
    {
        let services = try ServiceReading(context)
        var primary: [VirtualAddress: Token] = [:]
        for token in tokens where token.sources.contains(.primaryToken) { primary[token.address] = token }
        return processes.map { process in
            var process = process
            process.services = services.services(of: process, token: process.primaryToken.flatMap { primary[$0] })
            return process
        }
    }

    private static func readThreads(of processes: [Process], _ context: ReadingContext) throws(LayoutError)
        -> (threads: [Thread], complete: Int)
    {
        let list = try ThreadList(context)
        var threads: [Thread] = []
        var complete = 0
        for process in processes {
            let found = list.threads(of: process)
            threads += found.threads
            complete += found.isComplete ? 1 : 0
        }
        threads.sort { $0.address < $1.address }
        return (threads, complete)
    }

    private static func offerTokens(
        of processes: [Process], _ threads: [Thread], _ tables: [HandleTable], to discovery: inout TokenDiscovery
    ) {
        discovery.readAhead(tables.lazy.flatMap(\.handles).filter { $0.kind == .token }.map(\.object))
        for process in processes {
            guard let token = process.primaryToken else { continue }
            discovery.offer(
                token, source: .primaryToken,
                named: "primary token of process \(process.processID) \(process.imageName)")
        }
        for thread in threads {
            for token in [thread.impersonationToken, thread.adjustedClientToken] {
                guard let token else { continue }
                discovery.offer(
                    token, source: .impersonation,
                    named: "impersonation of thread \(thread.threadID) of process \(thread.processID)")
            }
        }
        for table in tables {
            for handle in table.handles where handle.kind == .token {
                discovery.offer(
                    handle.object, source: .handle,
                    named: "handle \(table.value(of: handle).hexText) of process \(table.processID)")
            }
        }
    }

    /// Tokens that the kernel keeps for good; variables that hold them are no holders, but they complete the count of tokens.
    private static func offerSystemTokens(to discovery: inout TokenDiscovery, _ context: ReadingContext) {
        for symbol in ["SeAnonymousLogonToken", "SeAnonymousLogonTokenNoEveryone"] {
            guard let variable = context.address(of: symbol), let token = try? context.memory.loadAddress(at: variable),
                !token.isNull
            else { continue }
            discovery.offer(token, source: .systemVariable, named: symbol)
        }
    }

    /// The sources that were read; token lists only where the kernel keeps them.
    private static func sources(of sessions: [LogonSession]) -> Token.Sources {
        let sources: Token.Sources = [
            .primaryToken, .impersonation, .sessionCache, .trustLink, .handle, .systemVariable,
        ]
        return sessions.contains { $0.tokenListState != .uninitialized } ? sources.union(.tokenList) : sources
    }

    private static func frames(of tokens: [Token], _ naming: FrameNaming) -> [VirtualAddress: StackFrame] {
        var frames: [VirtualAddress: StackFrame] = [:]
        for token in tokens {
            // User frames come last and have no names yet.
            for address in token.creation?.trace.prefix(while: \.isKernel) ?? [] where frames[address] == nil {
                frames[address] = naming.frame(at: address)
            }
        }
        return frames
    }
}

extension LeakTracking {
    init(reading context: ReadingContext) throws(LayoutError) {
        let layout = try TokenLayout(context.profile)
        let variable = context.address(of: "SeTokenLeakTracking")
        let isSupported = variable != nil && layout.hasDiagnosticInfo
        var isEnabled: Bool? = isSupported ? nil : false
        if let variable, isSupported {
            do throws(TranslationError) { isEnabled = try context.memory.load(UInt32.self, at: variable) != 0 } catch {
                context.note(
                    .kernelVariables, "SeTokenLeakTracking", at: variable, why: error.reasonText,
                    limits: "whether creators were recorded; the tokens themselves tell")
            }
        }
        // The switch that turns the pin off again; unreadable means off, its default.
        let switchedOff = context.address(of: "SeTokenDoesNotTrackSessionObject").flatMap {
            try? context.memory.load(UInt32.self, at: $0)
        }
        self.init(
            isSupported: isSupported, isEnabled: isEnabled,
            tokensPinTerminalSessions: layout.hasSessionObject && (switchedOff ?? 0) == 0)
    }
}
