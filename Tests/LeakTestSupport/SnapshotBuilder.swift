package import BinaryReading
package import KernelObjects
package import LeakAnalysis

/// Builds snapshots of invented machines for tests: SYSTEM and ANONYMOUS LOGON exist, tracking is on, everything was readable.
package struct SnapshotBuilder {
    package static let captured = FileTime(133_000_000_000_000_000)

    package var build = 17763
    package var tracking = LeakTracking(isSupported: true, isEnabled: true, tokensPinTerminalSessions: true)
    package var coverage = Coverage(
        sessionChainsRead: 16, sessionChainsComplete: 16, isProcessListComplete: true, completeThreadLists: .max,
        tokenSources: [.tokenList, .primaryToken, .impersonation, .sessionCache, .trustLink])
    package var processes: [Process] = []
    package var threads: [Thread] = []
    package var tokens: [Token] = []
    package var sessions: [LogonSession] = []
    package var unreadableTokens: Set<VirtualAddress> = []
    package var totals: ObjectTypeTotals?
    package var gaps: [Gap] = []
    package var frames: [VirtualAddress: StackFrame] = [:]
    package var handles: HandleEvidence?
    /// Tables as they are read; `handles` are what the analysis counts, where it is set.
    package var handleTables: [HandleTable] = []
    package var computerName: String?
    package var captured = Self.captured
    package var uptimeSeconds: UInt64 = 10_000
    package var path = "MEMORY.DMP"
    package var modules: [Module] = []

    package init() {
        session(0x3e7, references: 1)
        session(0x3e6, references: 1)
        let token = token(0x100, in: 0x3e7, terminal: 0)
        process(4, "System", token: token, terminal: nil, created: 0)
    }

    package static func sessionAddress(_ luid: UInt64) -> VirtualAddress {
        VirtualAddress(0xffff_a000_0000_0000 &+ luid &* 0x100)
    }
    package static func tokenAddress(_ id: UInt64) -> VirtualAddress {
        VirtualAddress(0xffff_b000_0000_0000 &+ id &* 0x1000)
    }
    package static func processAddress(_ id: UInt64) -> VirtualAddress {
        VirtualAddress(0xffff_c000_0000_0000 &+ id &* 0x1000)
    }
    package static func threadAddress(_ id: UInt64) -> VirtualAddress {
        VirtualAddress(0xffff_d000_0000_0000 &+ id &* 0x1000)
    }

    @discardableResult
    package mutating func session(
        _ luid: UInt64, references: Int64 = 1, flags: UInt32 = 0x8, account: String? = "user",
        authority: String? = "CONTOSO",
        buddy: UInt64? = nil, cachedToken: VirtualAddress? = nil, silo: VirtualAddress? = nil,
        list: LogonSession.TokenListState = .populated, listed: [VirtualAddress] = [], at address: VirtualAddress? = nil
    ) -> VirtualAddress {
        let address = address ?? Self.sessionAddress(luid)
        sessions.append(
            LogonSession(
                address: address, luid: LUID(luid), buddy: buddy.map { LUID($0) }, sibling: nil,
                referenceCount: references,
                flags: LogonSession.Flags(rawValue: flags), accountName: account, authorityName: authority,
                cachedToken: cachedToken, serverSilo: silo, tokenListState: list, listedTokens: listed,
                isTokenListComplete: true, origin: .chain(bucket: Int(luid & 15))))
        return address
    }

    @discardableResult
    package mutating func token(
        _ id: UInt64, in luid: UInt64, flags: UInt32 = 0x2000, user: String = "S-1-5-21-1-2-3-1001",
        groups: [String] = ["S-1-1-0", "S-1-5-4"], terminal: UInt32 = 1, pinsTerminal: Bool = false,
        session: VirtualAddress? = nil, trustLink: VirtualAddress? = nil, creation: TokenCreation? = nil,
        pointers: Int64? = nil, handles: Int64? = 0, sources: Token.Sources = .tokenList
    ) -> VirtualAddress {
        let address = Self.tokenAddress(id)
        tokens.append(
            Token(
                address: address, tokenID: LUID(id), authenticationID: LUID(luid), parentTokenID: LUID(0),
                modifiedID: LUID(id), originatingLogonSession: .localSystem, sourceName: "User32", kind: .primary,
                impersonationLevel: 0, flags: flags, terminalSessionID: terminal, isInUse: false, user: SID(user),
                groups: groups.compactMap { SID($0) }.map { Token.Group(sid: $0, attributes: 7) },
                integrityLevel: 0x2000,
                privileges: Token.Privileges(present: 0, enabled: 0, enabledByDefault: 0),
                logonSession: session ?? Self.sessionAddress(luid),
                sessionObject: pinsTerminal ? VirtualAddress(0xffff_e000_0000_0000 + UInt64(terminal) * 0x100) : .null,
                trustLinkedToken: trustLink, creation: creation, pointerCount: pointers, handleCount: handles,
                sources: sources))
        return address
    }

    @discardableResult
    package mutating func process(
        _ id: UInt64, _ image: String, token: VirtualAddress?, terminal: UInt32? = 1, exited: Bool = false,
        created: UInt64 = 100, pointers: Int64? = nil, handles: Int64? = 0
    ) -> VirtualAddress {
        let address = Self.processAddress(id)
        processes.append(
            Process(
                address: address, processID: id, parentProcessID: 4, imageName: image, imagePath: nil,
                shortImageName: String(image.prefix(14)), created: Self.time(created),
                exitedAt: exited ? Self.time(created + 50) : nil, hasExited: exited, terminalSessionID: terminal,
                primaryToken: token, primaryTokenFastReferences: 0, handleTable: exited ? nil : VirtualAddress(1 << 63),
                activeThreadCount: exited ? 0 : 1, directoryTableBase: 0x1000, pointerCount: pointers,
                handleCount: handles))
        return address
    }

    @discardableResult
    package mutating func thread(
        _ id: UInt64, of process: UInt64, impersonating token: VirtualAddress? = nil, adjusted: VirtualAddress? = nil,
        exited: Bool = false
    ) -> VirtualAddress {
        let address = Self.threadAddress(id)
        threads.append(
            Thread(
                address: address, threadID: id, processID: process, process: Self.processAddress(process),
                hasExited: exited, impersonationToken: token, impersonationLevel: 2, adjustedClientToken: adjusted))
        return address
    }

    /// A handle of a process to a token.
    package mutating func handle(_ value: UInt64, of process: UInt64, to token: VirtualAddress, isKernel: Bool = false)
    {
        var evidence = handles ?? HandleEvidence()
        evidence.toTokens.append(Self.entry(value, process, token, isKernel))
        handles = evidence
    }

    package mutating func processHandle(_ value: UInt64, of process: UInt64, to object: VirtualAddress) {
        var evidence = handles ?? HandleEvidence()
        evidence.toProcesses.append(Self.entry(value, process, object, false))
        handles = evidence
    }

    package mutating func threadHandle(_ value: UInt64, of process: UInt64, to object: VirtualAddress) {
        var evidence = handles ?? HandleEvidence()
        evidence.toThreads.append(Self.entry(value, process, object, false))
        handles = evidence
    }

    private static func entry(_ value: UInt64, _ process: UInt64, _ object: VirtualAddress, _ isKernel: Bool)
        -> ObjectHandle
    {
        ObjectHandle(
            object: object, process: processAddress(process), value: value, access: 0xF01FF, isKernelHandle: isKernel,
            pointerReferences: 1)
    }

    /// A time so many seconds after the boot, which was 10,000 seconds before the capture.
    package static func time(_ seconds: UInt64) -> FileTime {
        FileTime(captured.rawValue - 10_000 * FileTime.unitsPerSecond + seconds * FileTime.unitsPerSecond)
    }

    package var snapshot: Snapshot {
        var coverage = coverage
        if coverage.completeThreadLists == .max { coverage.completeThreadLists = processes.count }
        return Snapshot(
            dump: DumpFacts(
                path: path, format: "PAGEDU64", dumpType: 1, build: build, captured: captured,
                uptimeSeconds: uptimeSeconds, processorCount: 2, bugCheckCode: 0x80, bugCheckParameters: [1, 2, 3, 4],
                computerName: computerName, hasUserPages: true, isLive: false, expectedPages: 100, presentPages: 100),
            kernel: KernelFacts(
                base: VirtualAddress(0xffff_f800_0000_0000), byteCount: 0x80_0000,
                directoryTableBase: PhysicalAddress(0x1aa000), pagingLevels: 4,
                identity: PDBIdentity(
                    name: "ntkrnlmp.pdb", guid: GUID(data1: 1, data2: 2, data3: 3, data4: 4), age: 1),
                version: "10.0.17763.1", symbolSource: "builtIn"),
            tracking: tracking, modules: modules, processes: processes, threads: threads, handleTables: handleTables,
            tokens: tokens, logonSessions: sessions,
            unreadableTokens: unreadableTokens, coverage: coverage, tokenTypeTotals: totals, frames: frames, gaps: gaps)
    }

    package var analysis: Analysis { Analysis(of: snapshot, handles: handles) }
}

extension Analysis {
    /// What is said of the session with a LUID, the first of several.
    package func session(_ luid: UInt64) -> SessionAnalysis? {
        sessions.first { snapshot.logonSessions[$0.session].luid == LUID(luid) }
    }

    /// Labels of the holders of a session.
    package func holderLabels(_ luid: UInt64) -> [String] { session(luid)?.holders.map(label(of:)) ?? [] }
}
