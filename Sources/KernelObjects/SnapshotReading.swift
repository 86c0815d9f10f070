import AddressTranslation
import BinaryReading
import KernelSymbols
import MemoryImages

/// Reads one dump, step by step: the kernel's lists first, then, where they do not suffice, its pool.
struct SnapshotReading {
    private let kernel: Kernel
    private let context: ReadingContext
    private let types: ObjectTypes
    private let modules: [Module]
    private let unloadedModules: [UnloadedModule]
    private let naming: FrameNaming
    private let moduleSymbols: ModuleSymbolSource?
    private let processList: ProcessList
    private let threadList: ThreadList
    private let handles: HandleTables
    private var discovery: TokenDiscovery

    private var processes: [Process] = []
    private var threads: [Thread] = []
    private var handleTables: [HandleTable] = []
    private var coverage = Coverage(handleTablePages: Coverage.HandleTablePages(read: 0, missing: 0))

    init(_ kernel: Kernel, moduleSymbols: ModuleSymbolSource?) throws(LayoutError) {
        self.kernel = kernel
        self.moduleSymbols = moduleSymbols
        context = ReadingContext(kernel)
        for warning in kernel.dump.warnings {
            context.note(
                .image, "the dump file", at: nil, why: warning.description,
                limits: "whatever lay in pages that are missing or cannot be placed")
        }
        for missing in kernel.inference?.missing ?? [] {
            context.note(
                .kernelVariables, missing.symbol, at: nil,
                why: "nobody has symbols of this kernel, and it was not found", limits: missing.limits)
        }
        types = ObjectTypes(context)
        let moduleList = try ModuleList(context)
        modules = moduleList.loadedModules()
        unloadedModules = moduleList.unloadedModules()
        naming = FrameNaming(
            modules: modules, unloadedModules: unloadedModules, kernelBase: kernel.base, profile: kernel.profile)
        processList = try ProcessList(context, types: types)
        threadList = try ThreadList(context)
        let tokenLayouts = try TokenReading.Layouts(context.profile, types: types, naming: naming)
        handles = try HandleTables(context, types: types, tokens: tokenLayouts)
        discovery = TokenDiscovery(context, tokenLayouts, table: try LogonSessionTable(context))
    }

    /// Reads all that the kernel lists: processes with their threads and handles, logon sessions, and the tokens that these lead to.
    mutating func readLists() throws(LayoutError) {
        let outcome = processList.read()
        coverage.isProcessListComplete = outcome.isComplete
        coverage.unreadableProcesses = outcome.unreadable
        discovery.readSessionTable()
        take(outcome.processes)
        offerSystemTokens()
        discovery.expand()
    }

    /// Whether the pool must be searched.
    func needsScan(_ policy: PoolScanPolicy) -> Bool {
        switch policy {
        case .pool: return true
        case .never: return false
        case .auto:
            guard coverage.isProcessListComplete, let totals = types.tokenTotals else { return true }
            return Int(totals.objects) > discovery.count
        }
    }

    /// Searches the pool for tokens, sessions and processes that no list shows.
    mutating func scanPool() throws(LayoutError) {
        let candidates = try PoolScan(context, types: types, modules: modules).candidates()
        take(processList.processes(amongCandidates: candidates.processes, known: processes))
        discovery.readAhead(candidates.tokens)
        for candidate in candidates.tokens { discovery.offer(poolCandidate: candidate) }
        discovery.expand()
        discovery.offer(sessionCandidates: candidates.logonSessions)
        discovery.expand()
        coverage.tokenSources.insert(.poolScan)
    }

    /// Takes in processes with their threads and handle tables, and offers the tokens that these name.
    private mutating func take(_ found: [Process]) {
        var foundThreads: [Thread] = []
        for process in found {
            let list = threadList.threads(of: process)
            foundThreads += list.threads
            coverage.completeThreadLists += list.isComplete ? 1 : 0
        }
        let tables = handles.read(of: found)
        coverage.handleTablePages?.read += tables.pages.read
        coverage.handleTablePages?.missing += tables.pages.missing
        processes += found
        threads += foundThreads
        handleTables += tables.tables
        discovery.adopt(tables.tokens)
        offerTokens(of: found, foundThreads, tables.tables)
    }

    private mutating func offerTokens(of processes: [Process], _ threads: [Thread], _ tables: [HandleTable]) {
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
    private mutating func offerSystemTokens() {
        for symbol in ["SeAnonymousLogonToken", "SeAnonymousLogonTokenNoEveryone"] {
            guard let variable = context.address(of: symbol), let token = try? context.memory.loadAddress(at: variable),
                !token.isNull
            else { continue }
            discovery.offer(token, source: .systemVariable, named: symbol)
        }
    }

    /// All that was read, sorted.
    mutating func snapshot() throws(LayoutError) -> Snapshot {
        let sessions = discovery.table.sessions.values.sorted { ($0.luid, $0.address) < ($1.luid, $1.address) }
        let tokens = discovery.sortedTokens()
        processes.sort { $0.address < $1.address }
        threads.sort { $0.address < $1.address }
        try nameServices(tokens)
        coverage.sessionChainsRead = discovery.table.chainsRead
        coverage.sessionChainsComplete = discovery.table.chainsComplete
        coverage.tokenSources.formUnion([
            .primaryToken, .impersonation, .sessionCache, .trustLink, .handle, .systemVariable,
        ])
        // Token lists only where the kernel keeps them.
        if sessions.contains(where: { $0.tokenListState != .uninitialized }) {
            coverage.tokenSources.insert(.tokenList)
        }
        let facts = DumpFacts(of: kernel, sessions: sessions, processes: processes, context)
        let tracking = try LeakTracking(reading: context)
        let (places, addresses) = concurrently {
            UserFramePlaces(tokens)
        } _: {
            Self.kernelFrames(of: tokens)
        }
        let frames = frames(at: addresses)
        var creators = CreatorImageReading(context, processes: processes)
        let creatorImages = creators.images(for: places)
        let poolUsage = try PoolUsageReading(context).usage(tokens: tokens, sessions: sessions)
        kernel.addressSpace.physicalMemory.releasePages()
        return Snapshot(
            dump: facts, kernel: KernelFacts(of: kernel), tracking: tracking, modules: modules,
            unloadedModules: unloadedModules, processes: processes, threads: threads, handleTables: handleTables,
            tokens: tokens, logonSessions: sessions, unreadableTokens: discovery.unreadable, coverage: coverage,
            tokenTypeTotals: types.tokenTotals, poolUsage: poolUsage, frames: frames, creatorImages: creatorImages,
            gaps: context.closedGaps)
    }

    private mutating func nameServices(_ tokens: [Token]) throws(LayoutError) {
        let services = try ServiceReading(context)
        var primary: [VirtualAddress: Token] = [:]
        for token in tokens where token.sources.contains(.primaryToken) { primary[token.address] = token }
        for index in processes.indices {
            let token = processes[index].primaryToken.flatMap { primary[$0] }
            processes[index].services = services.services(of: processes[index], token: token)
        }
    }

    /// The kernel's frames of all creation traces; user frames come last in a trace and are another process's in each.
    private func frames(at addresses: [VirtualAddress]) -> [VirtualAddress: StackFrame] {
        var frames: [VirtualAddress: StackFrame] = [:]
        var functions = ModuleFunctionReading(context.memory, source: moduleSymbols)
        for address in addresses { frames[address] = naming.frame(at: address, &functions) }
        return frames
    }

    /// The kernel's return addresses in all creation traces, each once.
    private static func kernelFrames(of tokens: [Token]) -> [VirtualAddress] {
        var seen = PositionTable()
        var addresses: [VirtualAddress] = []
        for token in tokens {
            for address in token.creation?.trace ?? [] {
                guard address.isKernel else { break }
                guard seen[address] == nil else { continue }
                seen[address] = addresses.count
                addresses.append(address)
            }
        }
        return addresses
    }
}
