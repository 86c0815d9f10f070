import BinaryReading
import DumpForge
import Testing

@testable import DebuggerShell

/// `!logonsession` and our own commands against the truth, over a machine whose kernel recorded who made its tokens.
@Suite("logon sessions, and what leaks")
struct ObjectLeakTests {
    private let machine: ShellFixture

    init() throws { machine = try Self.grabber.get() }

    static let grabber = Result { try ShellFixture(.grabber, "10.0.17763.5933") }

    /// The lines of a session, from its head to the next one.
    private func block(of session: ForgedTruth.LogonSession, level: Int) -> ArraySlice<String> {
        machine.answer("!logonsession \(String(session.luid, radix: 16)) \(level)")[...]
    }

    @Test("!logonsession 0 shows every session in the documented form, and counts them (debugger-commands.md §9)")
    func all() {
        let lines = machine.answer("!logonsession 0")
        #expect(lines.prefix(3) == ["", "Dumping all logon sessions.", ""])
        #expect(lines.last == "\(machine.truth.logonSessions.count) sessions in the system.")
        let heads = lines.indices.filter { lines[$0].hasPrefix("** Session ") }
        #expect(heads.count == machine.truth.logonSessions.count)
        #expect(lines[heads[0]].hasPrefix("** Session   0 = 0xffff"))
        for session in machine.truth.logonSessions {
            let head = " = 0x\(String(session.address, radix: 16))"
            let place = heads.first { lines[$0].hasSuffix(head) }
            let low = String(session.luid & 0xFFFF_FFFF, radix: 16)
            #expect(
                place.map { lines[$0 + 1] } == "   LogonId     = {0x\(low) 0x\(String(session.luid >> 32, radix: 16))}")
            #expect(place.map { lines[$0 + 2] } == "   References  = \(session.referenceCount)")
            let account = session.authority.isEmpty ? session.account : "\(session.authority)\\\(session.account)"
            if !session.account.isEmpty { #expect(place.map { lines[$0 + 3] } == "   Account     = \(account)") }
            #expect(place.map { lines[$0 + 4].hasPrefix("   State       = \(session.state.rawValue), ") } == true)
        }
    }

    @Test("level 1 lists the tokens, 2 their makers, 3 their SIDs, 4 the creation stacks")
    func levels() throws {
        let session = try #require(machine.truth.logonSessions.first { $0.state == .leaked && !$0.tokens.isEmpty })
        #expect(block(of: session, level: 0).allSatisfy { !$0.contains("** Token") })
        let tokens = block(of: session, level: 1).filter { $0.hasPrefix("   ** Token ") }
        #expect(tokens.count == session.tokens.count)
        for address in session.tokens {
            #expect(tokens.contains { $0.contains(" = 0x\(String(address, radix: 16)) ") })
        }
        let deepest = Array(block(of: session, level: 4))
        for token in machine.truth.tokens where session.tokens.contains(token.address) {
            let creator = try #require(token.creator)
            let start = try #require(deepest.firstIndex { $0.contains(" = 0x\(String(token.address, radix: 16)) ") })
            let cid = "\(creator.processID.paddedHexDigits(4)).\(creator.threadID.paddedHexDigits(4))"
            #expect(deepest[start + 1] == "      Created by  = \(creator.image) Cid \(cid), \(creator.method)")
            #expect(deepest[start + 2].hasPrefix("      Held by     = "))
            #expect(deepest[start + 3].hasPrefix("      User        = \(token.user)"))
            let stack = deepest[(start + 4)...].prefix { !$0.hasPrefix("   ** ") }.filter {
                $0.hasPrefix("      Stack ")
            }
            #expect(stack.count >= creator.kernelFrames.count)
            for (line, frame) in zip(stack, creator.kernelFrames) {
                #expect(line == "      Stack       = \(VirtualAddress(frame.address).debuggerText) \(frame.symbol)")
            }
        }
    }

    @Test("a LUID in Windows' own spelling, one that is not there, and a level that is none")
    func arguments() {
        #expect(machine.answer("!logonsession 0:3e7") == machine.answer("!kdexts.logonsession 3e7"))
        #expect(machine.answer("!logonsession 3e7")[1] == "   LogonId     = {0x3e7 0x0}")
        #expect(machine.answer("!logonsession 12345").first == "No logon session has the LUID 0x12345.")
        #expect(machine.answer("!logonsession 3e7 5") == ["A level is 0 to 4; 5 is none."])
        #expect(machine.answer("!logonsession").count == 2)
    }

    @Test("!holders ranks them as the truth does, !creators names the maker")
    func holders() throws {
        let lines = machine.answer("!holders")
        #expect(lines[0].split(separator: " ") == ["Holder", "Sessions", "Alone", "Terminals", "Tokens", "Handles"])
        for (holder, line) in zip(machine.truth.holders, lines.dropFirst(2)) {
            let cells = line.split(separator: " ").map(String.init)
            #expect(
                cells.prefix(3) == [holder.holder, String(holder.leakedSessions), String(holder.leakedSessionsAlone)])
        }
        let grabber = try #require(machine.truth.processes.first { $0.image == "RyansTokenGrabber.exe" })
        let makers = machine.answer("!creators")
        #expect(makers.contains { $0.hasPrefix("\(grabber.processID):RyansTokenGrab") && $0.contains(" duplicate ") })
        let stacks = machine.answer("!creators -v")
        #expect(stacks.contains { $0.contains(" nt!SepDuplicateToken+0x") })
    }

    @Test("!leaks gives the verdict, !explain the tree of one session, token or process")
    func verdict() throws {
        #expect(machine.answer("!leaks").first?.hasPrefix("LEAK (certain): ") == true)
        #expect(machine.answer("!leaks -v").count > machine.answer("!leaks").count)
        let session = try #require(machine.truth.logonSessions.first { $0.state == .leaked && !$0.tokens.isEmpty })
        let tree = machine.answer("!explain 0x\(String(session.luid, radix: 16))")
        #expect(tree.first?.contains("0x\(String(session.luid, radix: 16))") == true)
        #expect(tree.contains { $0.contains("RyansTokenGrabber.exe") })
        let token = try #require(session.tokens.first)
        #expect(machine.answer("!explain \(VirtualAddress(token).debuggerText)").first?.hasPrefix("token ") == true)
        let system = machine.answer("!explain @$proc")
        #expect(system.first?.contains("4:System") == true)
        #expect(machine.answer("!explain").count == 2)
    }
}
