import BinaryReading
import DumpForge
import KernelProfiles
import Testing

/// A machine to lay out: which kernel, which story, which way of mapping.
struct MachineCase: CustomTestStringConvertible, Sendable {
    let version: String
    let scenario: ForgeScenario
    var levels = 4
    var isLarge = false
    var isEncoded = false

    var testDescription: String { "\(scenario.rawValue) on \(version)" }

    func options() throws -> ForgeOptions {
        let profile = try #require(BuiltInProfiles.profile(version: version))
        var options = ForgeOptions(scenario: scenario, profile: profile, seed: 7)
        options.logonSessions = scenario == .article ? 60 : nil
        options.pageTableLevels = levels
        options.largeKernelPages = isLarge
        options.encodedDebuggerData = isEncoded
        return options
    }

    static let all: [Self] = [
        .init(version: "10.0.14393.6343", scenario: .article),
        .init(version: "10.0.14393.4583", scenario: .clean, isEncoded: true),
        .init(version: "6.1.7601.17514", scenario: .grabber),
        .init(version: "6.1.7601.24540", scenario: .grabber, isLarge: true),
        .init(version: "6.3.9600.19913", scenario: .clean),
        .init(version: "10.0.10240.17394", scenario: .grabber),
        .init(version: "10.0.17763.5933", scenario: .grabber),
        .init(version: "10.0.18362.836", scenario: .article),
        .init(version: "10.0.19041.2006", scenario: .grabber),
        .init(version: "10.0.20348.1006", scenario: .article, levels: 5),
        .init(version: "10.0.22000.318", scenario: .clean, isLarge: true),
    ]
}

@Suite("What lies in a forged machine's memory")
struct MachineLayoutTests {
    private func forge(_ row: MachineCase) throws -> (ForgedDumpReader, ForgedTruth) {
        let options = try row.options()
        let machine = try ForgedMachine(options)
        let truth = machine.truth(for: .full)
        let reader = ForgedDumpReader(
            try machine.dumpBytes(as: .full), profile: options.profile, levels: row.levels,
            mask: truth.dump.invalidPTEMask)
        return (reader, truth)
    }

    @Test("the session table and its token lists say what the truth says", arguments: MachineCase.all)
    func sessions(_ row: MachineCase) throws {
        let (reader, truth) = try forge(row)
        let heads = reader.read(try #require(reader.symbol("SepLogonSessions", base: truth.dump.kernelBase)))
        var found: [UInt64: UInt64] = [:]
        for bucket in 0..<16 {
            var address = reader.read(heads + UInt64(bucket) * 8)
            while address != 0, found[address] == nil {
                found[address] = reader.field("LogonId", of: "_SEP_LOGON_SESSION_REFERENCES", at: address)
                address = try #require(reader.field("Next", of: "_SEP_LOGON_SESSION_REFERENCES", at: address))
            }
        }
        #expect(found == Dictionary(uniqueKeysWithValues: truth.logonSessions.map { ($0.address, $0.luid) }))
        for session in truth.logonSessions { try check(session, reader: reader, truth: truth) }
    }

    private func check(_ session: ForgedTruth.LogonSession, reader: ForgedDumpReader, truth: ForgedTruth) throws {
        let type = "_SEP_LOGON_SESSION_REFERENCES"
        let count = try #require(reader.field("ReferenceCount", of: type, at: session.address))
        #expect(count == UInt64(bitPattern: session.referenceCount))
        #expect(reader.field("Flags", of: type, at: session.address) == UInt64(session.flags))
        let layout = try #require(reader.profile.structure(named: type))
        let name = try #require(layout["AccountName"])
        #expect(reader.text(at: session.address + UInt64(name.offset)) == session.account)
        // sessions.md §3: the count is that of the referencing tokens, and one more for a linked limited half.
        let linked: Int64 = session.flags & 2 != 0 && session.buddy != nil ? 1 : 0
        if session.state != .unused {
            #expect(session.referenceCount == Int64(session.referencingTokens.count) + linked)
        }
        guard let list = layout["TokenList"], truth.dump.tracking else { return }
        let head = session.address + UInt64(list.offset)
        var listed: [UInt64] = []
        var node = reader.read(head)
        while node != head, listed.count <= session.tokens.count {
            listed.append(reader.read(node + 16))
            #expect(reader.read(reader.read(node + 8)) == node)
            node = reader.read(node)
        }
        #expect(listed.sorted() == session.referencingTokens)
    }

    @Test("tokens carry what the truth says, and their counts add up", arguments: MachineCase.all)
    func tokens(_ row: MachineCase) throws {
        let (reader, truth) = try forge(row)
        var handleReferences: [UInt64: (references: Int64, handles: Int64)] = [:]
        for process in truth.processes {
            for entry in try HandleTableWalk(reader: reader, process: process.address).entries {
                let known = handleReferences[entry.object] ?? (0, 0)
                handleReferences[entry.object] = (known.references + entry.references, known.handles + 1)
            }
        }
        let slot = try #require(reader.profile.structure(named: "_EPROCESS")?["Token"]).offset
        var primary: [UInt64: Int64] = [:]
        for process in truth.processes {
            let value = reader.read(process.address + UInt64(slot))
            #expect(value & ~0xF == process.token)
            primary[process.token, default: 0] += Int64(value & 0xF) + 1
        }
        for token in truth.tokens {
            let header = token.address - 0x30
            #expect(reader.field("TokenId", of: "_TOKEN", at: token.address) == token.tokenID)
            #expect(reader.field("AuthenticationId", of: "_TOKEN", at: token.address) == token.luid)
            #expect(reader.field("TokenFlags", of: "_TOKEN", at: token.address) == UInt64(token.flags))
            #expect(reader.field("SessionId", of: "_TOKEN", at: token.address) == UInt64(token.terminalSession))
            let others = token.pins.reduce(Int64(0)) { sum, pin in
                switch pin {
                case .impersonation, .sessionCache, .trustLink: sum + 1
                case .kernelReferences(let count): sum + Int64(count)
                case .handle, .primaryToken: sum
                }
            }
            let handles = handleReferences[header] ?? (0, 0)
            let expected = handles.references + (primary[token.address] ?? 0) + others
            #expect(Int64(bitPattern: reader.read(header)) == expected)
            #expect(token.pointerCount == expected)
            #expect(Int64(bitPattern: reader.read(header + 8)) == handles.handles)
        }
    }

    @Test("the lists of processes and modules are whole in both directions", arguments: MachineCase.all)
    func lists(_ row: MachineCase) throws {
        let (reader, truth) = try forge(row)
        let link = UInt64(try #require(reader.profile.structure(named: "_EPROCESS")?["ActiveProcessLinks"]).offset)
        let processes = walk(reader, head: reader.header(0x28)).map { $0 - link }
        #expect(processes.sorted() == truth.processes.map(\.address).sorted())
        for process in truth.processes {
            #expect(
                reader.field("UniqueProcessId", of: "_EPROCESS", at: process.address) == UInt64(process.processID))
        }
        let modules = walk(reader, head: reader.header(0x20))
        #expect(modules.map { reader.read($0 + 0x30) } == truth.modules.map(\.base))
        #expect(modules.map { reader.text(at: $0 + 0x58) } == truth.modules.map(\.name))
    }

    private func walk(_ reader: ForgedDumpReader, head: UInt64) -> [UInt64] {
        var found: [UInt64] = []
        var node = reader.read(head)
        while node != head, found.count < 10_000 {
            #expect(reader.read(reader.read(node) + 8) == node)
            found.append(node)
            node = reader.read(node)
        }
        return found
    }

    @Test("the kernel's image names its symbol file; types can be told without symbols", arguments: MachineCase.all)
    func image(_ row: MachineCase) throws {
        let (reader, truth) = try forge(row)
        let base = truth.dump.kernelBase
        #expect(reader.read(base, 2) == 0x5A4D)
        let headers = base + reader.read(base + 0x3C, 4)
        #expect(reader.read(headers, 4) == 0x4550)
        let record = base + reader.read(base + reader.read(headers + 0xB8, 4) + 0x14, 4)
        #expect(reader.read(record, 4) == 0x5344_5352)
        let guid = try #require(reader.profile.identity?.guid)
        #expect(reader.read(record + 4, 4) == UInt64(guid.data1))
        #expect(reader.read(record + 12) == guid.data4.byteSwapped)
        // formats.md §4.3: the type of types has number 2, and every entry of the table has its own number.
        let table = try #require(reader.symbol("ObTypeIndexTable", base: base))
        let number = UInt64(try #require(reader.profile.structure(named: "_OBJECT_TYPE")?["Index"]).offset)
        for index in 2..<32 {
            #expect(reader.read(reader.read(table + UInt64(index) * 8) + number, 1) == UInt64(index))
        }
        let cookie = reader.symbol("ObHeaderCookie", base: base).map { reader.read($0, 1) }
        for token in truth.tokens.prefix(50) {
            let header = token.address - 0x30
            var index = reader.read(header + 0x18, 1)
            if let cookie { index ^= cookie ^ (header >> 8 & 0xFF) }
            #expect(reader.text(at: reader.read(table + index * 8) + 0x10) == "Token")
        }
    }

    @Test("the page shared with every process passes as one", arguments: MachineCase.all)
    func sharedData(_ row: MachineCase) throws {
        let (reader, truth) = try forge(row)
        let shared: UInt64 = 0xFFFF_F780_0000_0000
        #expect([6, 10].contains(reader.read(shared + 0x26C, 4)))
        #expect(reader.read(shared + 0x2C, 2) == 0x8664)
        let slot = UInt64(try #require(reader.profile.structure(named: "_KPROCESS")?["DirectoryTableBase"]).offset)
        for process in truth.processes {
            let base = reader.read(process.address + slot)
            #expect(reader.translate(shared, base: base) == reader.translate(shared))
            #expect(reader.translate(truth.dump.kernelBase, base: base) == reader.translate(truth.dump.kernelBase))
            guard process.processID != 4 else { continue }
            #expect(reader.translate(0x7FFE_0000, base: base) == reader.translate(shared))
        }
    }
}

/// The entries of a process' handle table, by the description of formats.md §7.4.
private struct HandleTableWalk {
    let entries: [(object: UInt64, references: Int64)]

    init(reader: ForgedDumpReader, process: UInt64) throws {
        let table = try #require(reader.field("ObjectTable", of: "_EPROCESS", at: process))
        let code = try #require(reader.field("TableCode", of: "_HANDLE_TABLE", at: table))
        let limit = try #require(reader.field("NextHandleNeedingPool", of: "_HANDLE_TABLE", at: table))
        let hasCredit = reader.profile.structure(named: "_HANDLE_TABLE_ENTRY")?["RefCnt"] != nil
        var entries: [(object: UInt64, references: Int64)] = []
        for handle in stride(from: UInt64(4), to: limit, by: 4) where handle & 0x3FF != 0 {
            var page = code & ~7
            if code & 7 == 1 { page = reader.read(page + (handle >> 10) * 8) }
            let low = reader.read(page + (handle & 0x3FF) * 4)
            let object = hasCredit ? (low >> 20) << 4 | 0xFFFF_0000_0000_0000 : low & ~7
            guard hasCredit ? low >> 20 != 0 : low > 7 else { continue }
            entries.append((object, hasCredit ? Int64(low >> 1 & 0xFFFF) + 1 : 1))
        }
        self.entries = entries
    }
}
