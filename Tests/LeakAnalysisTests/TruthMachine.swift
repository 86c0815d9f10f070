import BinaryReading
import Foundation
import KernelObjects
import LeakAnalysis
import LeakTestSupport
import Testing

/// A machine whose truth file was written by other hands, as a snapshot.
///
/// The truth does not give the fast-reference bits of every slot, so that counts of pointers are made up to leave exactly the kernel
/// references that it names: what is tested is the attribution, not the reading.
struct TruthMachine {
    static let names = [
        "article-14393", "clean-14393", "grabber-17763", "grabber-7601-rtm", "grabber-runs-17134", "hoard-17763",
        "kernelref-19041", "kernelref-22000", "la57-20348", "mixed-18362", "network-20348", "silo-17763", "ts-7601",
        "uac-19041", "untracked-20348", "zombies-22000", "zombies-9600",
    ]

    let truth: [String: Any]
    private var builder = SnapshotBuilder()
    private var sessionOfToken: [String: [String: Any]] = [:]
    private var linkedToken: [String: VirtualAddress] = [:]
    private var processByID: [UInt64: VirtualAddress] = [:]

    /// nil where the shared folder, the file or an `xz` program to unpack it is missing.
    init?(_ name: String, withHandles: Bool) throws {
        guard let data = try Self.load(name) else { return nil }
        guard let truth = try JSONSerialization.jsonObject(with: data) as? [String: Any] else { return nil }
        self.truth = truth
        let dump = truth.object("dump")
        builder.processes = []
        builder.tokens = []
        builder.sessions = []
        builder.build = dump["build"] as? Int ?? 0
        let isTrackable = dump["trackable"] as? Bool ?? false
        builder.tracking = LeakTracking(
            isSupported: isTrackable, isEnabled: dump["tracking"] as? Bool, tokensPinTerminalSessions: true)
        if withHandles {
            builder.coverage.handleTablePages = Coverage.HandleTablePages(read: 1, missing: 0)
            builder.handles = HandleEvidence()
        }
        for process in truth.objects("processes") {
            processByID[process["pid"] as? UInt64 ?? 0] = VirtualAddress(process.number("address") ?? 0)
        }
        for token in truth.objects("tokens") {
            for pin in token.objects("pins") where pin["kind"] as? String == "trustLink" {
                linkedToken[pin["token"] as? String ?? ""] = VirtualAddress(token.number("address") ?? 0)
            }
        }
        for session in truth.objects("logonSessions") {
            for token in session.strings("tokens") { sessionOfToken[token] = session }
        }
        for process in truth.objects("processes") { add(process: process, withHandles: withHandles) }
        for token in truth.objects("tokens") { add(token: token, withHandles: withHandles) }
        for session in truth.objects("logonSessions") { add(session: session) }
    }

    var analysis: Analysis { builder.analysis }

    /// The truth beside the package (`../shared`), or beside the folder of a worktree.
    private static func load(_ name: String) throws -> Data? {
        let package = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        for folder in ["../shared/dumps", "../../shared/dumps"].map({ package.appending(path: $0) }) {
            let plain = folder.appending(path: name + ".truth.json")
            if let data = try? Data(contentsOf: plain) { return data }
            let packed = folder.appending(path: name + ".truth.json.xz")
            guard FileManager.default.fileExists(atPath: packed.path) else { continue }
            let process = Foundation.Process()
            process.executableURL = URL(filePath: "/usr/bin/env")
            process.arguments = ["xz", "-dc", packed.path]
            let pipe = Pipe()
            process.standardOutput = pipe
            try process.run()
            let data = pipe.fileHandleForReading.readDataToEndOfFile()
            process.waitUntilExit()
            return process.terminationStatus == 0 ? data : nil
        }
        return nil
    }

    private mutating func add(session: [String: Any]) {
        let isSilo = session["silo"] as? Bool ?? false
        let list: LogonSession.TokenListState =
            switch session["tokenList"] as? String {
            case "empty": .empty
            case "populated": .populated
            default: .uninitialized
            }
        builder.session(
            session.number("luid") ?? 0, references: session["referenceCount"] as? Int64 ?? 0,
            flags: UInt32(session.number("flags") ?? 0), account: session["account"] as? String,
            authority: session["authority"] as? String, buddy: session.number("buddy"),
            cachedToken: session.number("cachedToken").map { VirtualAddress($0) },
            // Each container has its own entry of a LUID; the truth does not name the jobs.
            silo: isSilo ? VirtualAddress(0xffff_9000_0000_0000) : nil, list: list,
            at: VirtualAddress(session.number("address") ?? 0))
    }

    private mutating func add(process: [String: Any], withHandles: Bool) {
        let address = VirtualAddress(process.number("address") ?? 0)
        let id = process["pid"] as? UInt64 ?? 0
        let hasExited = process["exited"] as? Bool ?? false
        var threads: Set<UInt64> = []
        var own: Int64 = 0
        var kernel: Int64 = 0
        for pin in process.objects("heldBy") {
            switch pin["kind"] as? String {
            case "processHandle":
                own += 1
                let entry = entry(pin, to: address)
                if withHandles { builder.handles?.toProcesses.append(entry) }
            case "threadHandle":
                let thread = pin["tid"] as? UInt64 ?? 0
                if threads.insert(thread).inserted {
                    addThread(thread, of: id, at: address, hasExited: hasExited, token: nil)
                }
                let object = SnapshotBuilder.threadAddress(thread)
                let entry = entry(pin, to: object)
                if withHandles { builder.handles?.toThreads.append(entry) }
            case "kernelReferences": kernel += pin["count"] as? Int64 ?? 0
            default: Issue.record("an unknown pin of a process: \(pin)")
            }
        }
        let image = process["image"] as? String ?? ""
        builder.processes.append(
            Process(
                address: address, processID: id, parentProcessID: process["parent"] as? UInt64 ?? 0, imageName: image,
                imagePath: nil, shortImageName: process["imageFileName"] as? String ?? "",
                created: Self.time(process["created"] as? String), exitedAt: nil, hasExited: hasExited,
                terminalSessionID: process["terminalSession"] as? UInt32,
                primaryToken: process.number("token").map { VirtualAddress($0) }, primaryTokenFastReferences: 0,
                handleTable: nil, activeThreadCount: nil, directoryTableBase: 0,
                pointerCount: own + kernel + Int64(threads.count), handleCount: own))
    }

    private mutating func addThread(
        _ id: UInt64, of process: UInt64, at address: VirtualAddress, hasExited: Bool, token: VirtualAddress?
    ) {
        builder.threads.append(
            Thread(
                address: SnapshotBuilder.threadAddress(id), threadID: id, processID: process, process: address,
                hasExited: hasExited, impersonationToken: token, impersonationLevel: 2, adjustedClientToken: nil))
    }

    /// A handle whose owner the truth names by its id.
    private func entry(_ pin: [String: Any], to object: VirtualAddress) -> ObjectHandle {
        let owner = pin["pid"] as? UInt64 ?? 0
        return ObjectHandle(
            object: object, process: processByID[owner] ?? .null, value: pin.number("handle") ?? 0,
            access: UInt32(pin.number("access") ?? 0), isKernelHandle: pin["kernelHandle"] as? Bool ?? false,
            pointerReferences: 1)
    }

    private mutating func add(token: [String: Any], withHandles: Bool) {
        let named: [String: Token.Sources] = [
            "tokenList": .tokenList, "primaryToken": .primaryToken, "impersonation": .impersonation,
            "sessionCache": .sessionCache, "trustLink": .trustLink, "handle": .handle,
        ]
        var sources = Token.Sources(token.strings("reachable").compactMap { named[$0] })
        if withHandles, token.strings("reachable") == ["poolOnly"] { sources = .poolScan }
        if !withHandles { sources.remove(.handle) }
        guard !sources.isEmpty else { return }
        let text = token["address"] as? String ?? ""
        let address = VirtualAddress(token.number("address") ?? 0)
        let session = sessionOfToken[text]
        var pointers: Int64 = 0
        var handles: Int64 = 0
        for pin in token.objects("pins") {
            switch pin["kind"] as? String {
            case "handle":
                handles += 1
                pointers += 1
                let entry = entry(pin, to: address)
                if withHandles { builder.handles?.toTokens.append(entry) }
            case "kernelReferences": pointers += pin["count"] as? Int64 ?? 0
            case "impersonation":
                pointers += 1
                let process = pin["pid"] as? UInt64 ?? 0
                addThread(
                    pin["tid"] as? UInt64 ?? 0, of: process, at: processByID[process] ?? .null,
                    hasExited: pin["exited"] as? Bool ?? false, token: address)
            default: pointers += 1
            }
        }
        let isPinning = token["pinsTerminalSession"] as? Bool ?? false
        let terminal = token["terminalSession"] as? UInt32 ?? 0
        builder.tokens.append(
            Token(
                address: address, tokenID: LUID(token.number("tokenId") ?? 0),
                authenticationID: LUID(token.number("luid") ?? 0), parentTokenID: LUID(0), modifiedID: LUID(0),
                originatingLogonSession: .localSystem, sourceName: "", kind: .primary, impersonationLevel: 0,
                flags: UInt32(token.number("flags") ?? 0), terminalSessionID: terminal, isInUse: false,
                user: SID(token["user"] as? String ?? ""), groups: Self.groups(of: session), integrityLevel: nil,
                privileges: Token.Privileges(present: 0, enabled: 0, enabledByDefault: 0),
                logonSession: session?.number("address").map { VirtualAddress($0) },
                sessionObject: isPinning ? VirtualAddress(0xffff_e000_0000_0000 + UInt64(terminal) * 0x100) : .null,
                trustLinkedToken: linkedToken[text], creation: nil,
                pointerCount: pointers, handleCount: handles, sources: sources))
    }

    /// The truth counts groups but does not list them: the one that shows the session's kind is enough.
    private static func groups(of session: [String: Any]?) -> [Token.Group] {
        let groups = [
            "interactive": "S-1-5-4", "remoteInteractive": "S-1-5-14", "network": "S-1-5-2", "batch": "S-1-5-3",
            "service": "S-1-5-6",
        ]
        let sid = (session?["kind"] as? String).flatMap { groups[$0] }.flatMap { SID($0) }
        return sid.map { [Token.Group(sid: $0, attributes: 7)] } ?? []
    }

    private static func time(_ text: String?) -> FileTime? {
        guard let text, let date = try? Date(text.prefix(19) + "Z", strategy: .iso8601) else { return nil }
        return FileTime(UInt64(date.timeIntervalSince1970 + 11_644_473_600) * FileTime.unitsPerSecond)
    }
}

extension [String: Any] {
    func object(_ key: String) -> [String: Any] { self[key] as? [String: Any] ?? [:] }
    func objects(_ key: String) -> [[String: Any]] { self[key] as? [[String: Any]] ?? [] }
    func strings(_ key: String) -> [String] { self[key] as? [String] ?? [] }
    func number(_ key: String) -> UInt64? { (self[key] as? String).flatMap { UInt64(hexText: $0) } }
}
