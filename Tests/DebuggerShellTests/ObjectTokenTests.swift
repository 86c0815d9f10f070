import BinaryReading
import DumpForge
import Testing

@testable import DebuggerShell

/// `!token`, `!sid`, `!handle`, `!object` and `!pool` against the machine's truth and the formats of `debugger-commands.md` §8.
@Suite("tokens, handles, objects and pool")
struct ObjectTokenTests {
    private let machine: ShellFixture

    init() throws { machine = try ShellFixture.article.get() }

    private func hex(_ number: UInt64) -> String { number.paddedHexDigits(16) }

    private func readableToken(_ fits: (ForgedTruth.Token) -> Bool) throws -> ForgedTruth.Token {
        try #require(machine.truth.tokens.first { !$0.isMissing && $0.damaged == nil && fits($0) })
    }

    @Test("!token prints what the token holds, line by line", arguments: [true, false])
    func token(isPrimary: Bool) throws {
        let token = try readableToken { $0.isPrimary == isPrimary && $0.user.hasPrefix("S-1-5-21-") }
        let lines = machine.answer("!token \(hex(token.address))")
        #expect(lines[0] == "_TOKEN 0x\(hex(token.address))")
        // The debugger writes zero without 0x.
        let terminal = token.terminalSession == 0 ? "0" : "0x\(String(token.terminalSession, radix: 16))"
        #expect(lines[1] == "TS Session ID: \(terminal)")
        #expect(lines[2] == "User: \(token.user)")
        #expect(lines[3] == "User Groups: ")
        let privileges = try #require(lines.firstIndex(of: "Privs: "))
        #expect(lines[privileges - 1].hasPrefix("Primary Group: S-1-"))
        let groups = Array(lines[4..<(privileges - 1)])
        #expect(groups.count % 2 == 0)
        for index in stride(from: 0, to: groups.count - 1, by: 2) {
            let number = index / 2
            #expect(groups[index].hasPrefix(" \(number < 10 ? "0" : "")\(number) S-1-"))
            #expect(groups[index + 1].hasPrefix("    Attributes - "))
        }
        #expect(lines.contains(" 23 0x000000017 SeChangeNotifyPrivilege           Attributes - Enabled Default "))
        #expect(lines.contains("Authentication ID:         (0,\(String(token.luid, radix: 16)))"))
        #expect(lines.contains("TokenType:                 \(isPrimary ? "Primary" : "Impersonation")"))
        let identifier = "Token ID: \(String(token.tokenID, radix: 16))"
        let padding = String(repeating: " ", count: 27 - identifier.count)
        #expect(lines.contains("\(identifier)\(padding)ParentToken ID: \(String(token.parentTokenID, radix: 16))"))
        #expect(lines.contains("Modified ID:               (0, \(String(token.modifiedID, radix: 16)))"))
        #expect(lines.contains("OriginatingLogonSession: \(String(token.originatingLogonSession, radix: 16))"))
        #expect(
            lines.contains {
                $0.hasPrefix("Source: ") && $0.contains("TokenFlags: 0x\(String(token.flags, radix: 16)) (")
            })
        #expect(lines.contains("RestrictedSidCount: 0      RestrictedSids: 0x0000000000000000"))
        #expect(lines.contains("CapabilityCount: 0      Capabilities: 0x0000000000000000"))
    }

    @Test("!token -n adds names that are certain; without an address it takes the process's token")
    func names() throws {
        let system = try #require(machine.truth.processes.first { $0.processID == 4 })
        let lines = machine.answer("!token -n")
        #expect(
            lines.prefix(2) == [
                "Thread is not impersonating. Using process token...",
                "_EPROCESS 0x\(hex(system.address)), _TOKEN 0x0000000000000000",
            ])
        #expect(lines[2] == "_TOKEN 0x\(hex(system.token))")
        #expect(lines.contains("User: S-1-5-18 (Well Known Group: NT AUTHORITY\\SYSTEM)"))
        #expect(lines.contains { $0.hasSuffix(" S-1-5-32-544 (Alias: BUILTIN\\Administrators)") })
    }

    @Test("an address that is no token, and a counted reference, are refused in the debugger's words")
    func refusals() throws {
        let system = try #require(machine.truth.processes.first { $0.processID == 4 })
        #expect(
            machine.answer("!token \(hex(system.address))")
                == ["The address 0x\(hex(system.address)) does not point to a token object."])
        #expect(
            machine.answer("!token \(hex(system.token + 5))").first
                == "The address 0x\(hex(system.token + 5)) does not point to a token object.")
        #expect(machine.answer("!token ffffffff`fffffff0").count == 1)
    }

    @Test("!sid prints the SID at an address, with 1 its name")
    func sid() throws {
        let token = try readableToken { $0.user == "S-1-5-18" }
        let groups = try #require(machine.kernel.profile.structure(named: "_TOKEN")?["UserAndGroups"])
        let place = "poi(poi(\(hex(token.address))+0x\(String(groups.offset, radix: 16))))"
        #expect(machine.answer("!sid \(place)") == ["SID is: S-1-5-18"])
        #expect(machine.answer("!sid \(place) 1") == ["SID is: S-1-5-18 (Well Known Group: NT AUTHORITY\\SYSTEM)"])
        #expect(machine.answer("!sid 0").count == 1)
        #expect(machine.answer("!sid").first == "!sid needs an address.")
    }

    @Test("!handle shows each handle of a type, and one handle by its number")
    func handles() throws {
        let lsass = try #require(machine.truth.processes.first { $0.image == "lsass.exe" })
        var expected: Set<String> = []
        for token in machine.truth.tokens {
            for case .handle(let process, let handle, let access, false) in token.pins where process == lsass.processID
            {
                expected.insert(
                    "\(handle.paddedHexDigits(4)): Object: \(hex(token.address))  "
                        + "GrantedAccess: \(access.paddedHexDigits(8))")
            }
        }
        let lines = machine.answer("!handle 0 1 0n\(lsass.processID) Token")
        let rows = lines.filter { $0.contains(": Object: ") }
        #expect(!expected.isEmpty)
        #expect(Set(rows.map { String($0.prefix(51 + $0.prefix { $0 != ":" }.count)) }) == expected)
        #expect(rows.allSatisfy { $0.contains(" Entry: ffff") })
        #expect(lines[0] == "Searching for handles of type Token")
        #expect(lines[1] == "")
        #expect(lines[2] == "PROCESS \(hex(lsass.address))")
        #expect(
            lines.contains {
                $0.hasPrefix("Handle table at ffff") && $0.hasSuffix(" with \(lsass.handles) entries in use")
            })

        let first = try #require(rows.first)
        let number = first.prefix { $0 != ":" }
        let object = String(first.dropFirst(number.count + 10).prefix(16))
        let single = machine.answer("!handle \(number) 3 \(hex(lsass.address))")
        let place = try #require(single.firstIndex(of: first))
        #expect(single[place + 1].hasPrefix("Object: \(object)  Type: (ffff"))
        #expect(single[place + 1].hasSuffix(") Token"))
        #expect(single[place + 2].hasPrefix("    ObjectHeader: ffff") && single[place + 2].hasSuffix(" (new version)"))
        #expect(single[place + 3].hasPrefix("        HandleCount: "))
        #expect(machine.answer("!handle 7ffc 3 0n\(lsass.processID)").last?.contains("free handle") == true)
    }

    @Test("all processes: the head of a search for a type")
    func allHandles() {
        let lines = machine.answer("!handle 0 0 0 Nothing")
        #expect(
            lines.prefix(4) == [
                "**** NT ACTIVE PROCESS HANDLE DUMP ****", "", "Searching for handles of type Nothing", "",
            ])
        #expect(lines.count { $0.hasPrefix("PROCESS ") } == machine.truth.processes.count { !$0.exited })
        #expect(!lines.contains { $0.contains(": Object: ") })
    }

    @Test("!object shows type and counters")
    func object() throws {
        let token = try readableToken { $0.handleCount > 0 }
        let lines = machine.answer("!object \(hex(token.address))")
        #expect(lines[0].hasPrefix("Object: \(hex(token.address))  Type: (ffff") && lines[0].hasSuffix(") Token"))
        #expect(lines[1] == "    ObjectHeader: \(hex(token.address - 0x30)) (new version)")
        #expect(lines[2] == "    HandleCount: \(token.handleCount)  PointerCount: \(token.pointerCount)")
        #expect(machine.answer("!object 1234") == ["0000000000001234: Not a valid object (ObjectType invalid)"])
    }

    @Test("!pool finds the block around an address and says what its tag means")
    func pool() throws {
        let session = try #require(machine.chainedSessions.first)
        // A session table entry of this build takes 0xc0 bytes behind a header of 0x10 (formats.md §6.2).
        let lines = machine.answer("!pool \(hex(session.address + 0x20))")
        #expect(lines[0] == "Pool page \(hex(session.address + 0x20)) region is Paged pool")
        let block = try #require(lines.firstIndex { $0.hasPrefix("*") })
        #expect(lines[block].hasPrefix("*\(hex(session.address - 0x10)) size:   d0 previous size: "))
        #expect(lines[block].hasSuffix("  (Allocated) *SeLs"))
        #expect(lines[block + 1].hasSuffix("Pooltag SeLs : Logon session structures, Binary : nt!se"))
        #expect(lines.count > 3)
        let only = machine.answer("!pool \(hex(session.address + 0x20)) 2")
        #expect(only == [lines[0], lines[block], lines[block + 1]])
        #expect(
            machine.answer("!pool 10")
                == ["Address 0000000000000010 could not be read. It may be a freed, invalid or paged out page"])
    }

    @Test("a block is found without its neighbours too, as in pools whose headers do not link")
    func unlinkedPool() throws {
        let search = UnlinkedPoolSearch(DebuggerShell(over: machine.kernel).session)
        for session in machine.chainedSessions {
            let block = try #require(search.block(around: VirtualAddress(session.address + 0x38)))
            #expect(block.start == VirtualAddress(session.address - 0x10))
            #expect(PoolTagText.text(block.tag) == "SeLs")
        }
        for token in machine.truth.tokens where !token.isMissing {
            for distance in [0, 0x1f8] as [UInt64] {
                let block = search.block(around: VirtualAddress(token.address + distance))
                #expect(block.map { PoolTagText.text($0.tag) } == "Toke")
            }
        }
    }

    @Test("what is larger than a page stands in a table of its own")
    func bigPool() throws {
        // Pages of handle tables are such blocks (formats.md §6.2); TableCode stands at +8 on this build (§7.4).
        let header = try #require(machine.answer("!process 0 0 lsass.exe").first { $0.contains("ObjectTable: ") })
        let table = try #require(header.split(separator: " ").first { $0.count == 16 && $0.hasPrefix("ffff") })
        let lines = machine.answer("!pool (poi(\(table)+8) & fffffffffffffff8)")
        try #require(lines.count == 3)
        #expect(lines[0].hasPrefix("Pool page ffff") && lines[0].hasSuffix(" region is Paged pool"))
        #expect(lines[1].hasPrefix("*ffff"))
        #expect(lines[1].hasSuffix(" : large page allocation, tag is Obtb, size is 0x1000 bytes"))
        #expect(lines[2] == "                Pooltag Obtb : Handle tables, Binary : nt!ob")
    }
}
