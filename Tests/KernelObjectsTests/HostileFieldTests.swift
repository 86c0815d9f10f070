import DumpForge
import Testing

@testable import KernelObjects

/// Links, counts and lengths that cannot be: the rest of the machine is read all the same.
@Suite("Impossible links, counts and lengths")
struct HostileFieldTests {
    /// Values that a walk, an allocation or a difference may trip over.
    private static let values: [UInt64] = [.max, 1, 0x7FFF_FFFF_FFFF_FFFF, 0xFFFF_8000_0000_0000]

    struct Field: Sendable, CustomTestStringConvertible {
        let structure: String
        let name: String
        var testDescription: String { "\(structure).\(name)" }
    }

    private static let fields: [Field] = [
        (
            "_SEP_LOGON_SESSION_REFERENCES",
            [
                "Next", "LogonId", "ReferenceCount", "BuddyLogonId", "AccountName", "AuthorityName", "TokenList",
                "CachedHandlesTable",
            ]
        ),
        (
            "_TOKEN",
            [
                "UserAndGroupCount", "UserAndGroups", "LogonSession", "AuthenticationId", "DiagnosticInfo",
                "SessionObject",
                "TrustLinkedToken", "TokenFlags", "VariableLength",
            ]
        ),
        (
            "_EPROCESS",
            [
                "ActiveProcessLinks", "ThreadListHead", "Token", "ObjectTable", "UniqueProcessId", "Session",
                "SeAuditProcessCreationInfo", "CreateTime", "ExitTime", "ActiveThreads",
            ]
        ),
    ].flatMap { structure, names in names.map { Field(structure: structure, name: $0) } }

    @Test("every value in every field that is followed", .timeLimit(.minutes(15)), arguments: fields)
    func field(_ field: Field) throws {
        let sound = try Self.dump.get()
        let whole = try Self.whole.get()
        let offset = try sound.offset(field.structure, field.name)
        let victim = try Self.victim(of: field.structure, in: sound.truth)
        for value in Self.values + [victim + UInt64(offset)] {
            var dump = sound
            try dump.put(value, at: victim + UInt64(offset))
            let snapshot = try dump.read()
            // One spoilt object costs at most what only it leads to.
            #expect(snapshot.processes.count >= whole.processes.count - 1, "\(value)")
            #expect(snapshot.logonSessions.count >= whole.logonSessions.count / 2, "\(value)")
            #expect(snapshot.tokens.count >= whole.tokens.count / 2, "\(value)")
        }
    }

    @Test("names of impossible length", arguments: [0x0010_FFFE, 0xFFFF_FFFF, 0xFFFE_FFFE, 0x0008_0010])
    func nameLength(_ lengths: UInt64) throws {
        var dump = try Self.dump.get()
        let session = try #require(dump.truth.logonSessions.last { !$0.account.isEmpty })
        let offset = try UInt64(dump.offset("_SEP_LOGON_SESSION_REFERENCES", "AccountName"))
        try dump.put(lengths, byteCount: 4, at: session.address + offset)
        let snapshot = try dump.read()
        let found = try #require(snapshot.logonSessions.first { $0.address.rawValue == session.address })
        #expect(found.luid.rawValue == session.luid)
        #expect(!snapshot.gaps.isEmpty)
    }

    @Test("handle tables of every level that lead nowhere", arguments: [0, 1, 2, 3])
    func handleTable(level: UInt64) throws {
        var dump = try Self.dump.get()
        let process = try #require(dump.truth.processes.first { $0.handles > 0 && $0.processID != 4 })
        let table = try dump.word(at: process.address + UInt64(dump.offset("_EPROCESS", "ObjectTable")))
        let code = try table + UInt64(dump.offset("_HANDLE_TABLE", "TableCode"))
        let next = try table + UInt64(dump.offset("_HANDLE_TABLE", "NextHandleNeedingPool"))
        for target in [0, 0xFFFF_F000_0000_0000, table & ~3, process.address & ~3] {
            try dump.put(target | level, at: code)
            for limit: UInt64 in [0, 0xFFFF_FFFF] {
                try dump.put(limit, byteCount: 4, at: next)
                #expect(try dump.read().processes.count == dump.truth.processes.count)
            }
        }
    }

    @Test("a session table that is not there is a gap, not an empty table", arguments: [0, 0xFFFF_F000_0000_0000, 1])
    func sessionTable(pointer: UInt64) throws {
        var dump = try Self.dump.get()
        try dump.put(pointer, at: try dump.variable("SepLogonSessions"))
        let snapshot = try dump.read()
        #expect(snapshot.coverage.sessionChainsRead < 16)
        #expect(!snapshot.gaps.isEmpty)
        // Tokens still name their sessions.
        #expect(snapshot.logonSessions.count > 1)
    }

    private static let dump = Result { try HostileDump() }
    private static let whole = dump.flatMap { dump in Result { try dump.read() } }

    private static func victim(of structure: String, in truth: ForgedTruth) throws -> UInt64 {
        switch structure {
        case "_TOKEN": try #require(truth.tokens.last { $0.isListed }).address
        case "_EPROCESS": try #require(truth.processes.last).address
        default: try #require(truth.logonSessions.last { !$0.tokens.isEmpty }).address
        }
    }
}
