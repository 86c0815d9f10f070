import BinaryReading
import DumpForge
import KernelProfiles
import Testing

@Suite("Facts of a forged machine besides sessions and tokens")
struct MachineFactsTests {
    private func forge(_ row: MachineCase) throws -> (ForgedDumpReader, ForgedTruth) {
        let machine = try ForgedMachine(try row.options())
        let truth = machine.truth(for: .full)
        return (
            ForgedDumpReader(
                try machine.dumpBytes(as: .full), profile: machine.options.profile, levels: row.levels,
                mask: truth.dump.invalidPTEMask), truth
        )
    }

    @Test("creation stacks lie inside the functions that they name")
    func creationStacks() throws {
        let (reader, truth) = try forge(.init(version: "10.0.17763.5933", scenario: .grabber))
        let pointer = try #require(reader.profile.structure(named: "_TOKEN")?["DiagnosticInfo"]).offset
        var methods: Set<String> = []
        for token in truth.tokens {
            let creator = try #require(token.creator)
            methods.insert(creator.method)
            let entry = reader.read(token.address + UInt64(pointer))
            #expect(reader.read(entry) == UInt64(creator.processID))
            #expect(reader.read(entry + 8) == UInt64(creator.threadID))
            #expect(reader.read(entry + 0x20, 4) == ["create": 12, "duplicate": 13, "filter": 15][creator.method])
            let image = (0..<15).map { UInt8(reader.read(entry + 0x10 + UInt64($0), 1)) }.prefix { $0 != 0 }
            #expect(String(decoding: image, as: UTF8.self) == creator.image)
            for (index, frame) in creator.kernelFrames.enumerated() {
                #expect(reader.read(entry + 0x28 + UInt64(index) * 8) == frame.address)
                let rva = UInt32(frame.address - truth.dump.kernelBase)
                let function = try #require(reader.profile.function(containing: rva))
                #expect(frame.symbol == "nt!\(function.name)+\((rva - function.rva).hexText)")
                #expect(rva - function.rva < function.extent)
            }
            for (index, frame) in creator.userFrames.enumerated() {
                #expect(reader.read(entry + 0x28 + UInt64(creator.kernelFrames.count + index) * 8) == frame.address)
            }
            // What follows cannot continue the trace: it is neither user code nor the kernel's.
            let next = reader.read(entry + 0x28 + UInt64(creator.kernelFrames.count + creator.userFrames.count) * 8)
            #expect(next >> 47 != 0 && !(truth.dump.kernelBase..<truth.dump.kernelBase + 0x200_0000).contains(next))
        }
        #expect(methods == ["create", "duplicate"])
    }

    @Test(
        "a token's session object leads to the block of its terminal session",
        arguments: MachineCase.all.filter { $0.version != "6.1.7601.17514" })
    func terminalSessions(_ row: MachineCase) throws {
        let (reader, truth) = try forge(row)
        let member = try #require(reader.profile.structure(named: "_TOKEN")?["SessionObject"]).offset
        for token in truth.tokens {
            let object = reader.read(token.address + UInt64(member))
            #expect((object != 0) == token.pinsTerminalSession)
            guard object != 0 else { continue }
            let block = reader.read(object + 0x18)
            #expect(reader.read(block + 8, 4) == UInt64(token.terminalSession))
            let state = truth.terminalSessions.first { $0.id == token.terminalSession }
            #expect((reader.read(block + 4, 4) & 2 != 0) == (state?.isLive == false))
        }
    }

    @Test("no kernel without MS16-111 pins a terminal session, and none before 14393 knows creators")
    func olderKernels() throws {
        let (_, truth) = try forge(.init(version: "6.1.7601.17514", scenario: .grabber))
        #expect(!truth.dump.trackable && !truth.dump.tracking)
        #expect(truth.tokens.allSatisfy { $0.creator == nil && !$0.pinsTerminalSession })
        #expect(truth.logonSessions.allSatisfy { $0.tokenList == "uninitialized" })
        #expect(truth.holders.map(\.holder).allSatisfy { $0.hasSuffix(":RyansTokenGrabber.exe") })
    }

    @Test("threads that impersonate point to their tokens")
    func impersonation() throws {
        let (reader, truth) = try forge(.init(version: "10.0.19041.2006", scenario: .clean))
        let process = try #require(reader.profile.structure(named: "_EPROCESS"))
        let thread = try #require(reader.profile.structure(named: "_ETHREAD"))
        let link = UInt64(try #require(thread["ThreadListEntry"]).offset)
        var found: Set<UInt64> = []
        for row in truth.processes {
            let head = row.address + UInt64(try #require(process["ThreadListHead"]).offset)
            var node = reader.read(head)
            var count = 0
            while node != head, count <= row.threads {
                let flags = reader.read(node - link + UInt64(try #require(thread["CrossThreadFlags"]).offset), 4)
                let client = reader.read(node - link + UInt64(try #require(thread["ClientSecurity"]).offset))
                if flags & 8 != 0 { found.insert(client & ~7) }
                node = reader.read(node)
                count += 1
            }
            #expect(count == row.threads)
        }
        let expected = truth.tokens.filter { token in
            token.pins.contains { if case .impersonation = $0 { true } else { false } }
        }
        #expect(!found.isEmpty)
        #expect(found == Set(expected.map(\.address)))
    }

    @Test("with more runs than a header shows, page tables and the kernel are in the shown ones")
    func manyRuns() throws {
        var options = try MachineCase(version: "10.0.17134", scenario: .grabber).options()
        options.physicalRuns = 60
        let machine = try ForgedMachine(options)
        let truth = machine.truth(for: .full)
        let reader = ForgedDumpReader(
            try machine.dumpBytes(as: .full), profile: options.profile, mask: truth.dump.invalidPTEMask)
        #expect(reader.header(0x88, 4) == 42)
        let descriptor = reader.read(
            try #require(reader.symbol("MmPhysicalMemoryBlock", base: truth.dump.kernelBase)))
        #expect(reader.read(descriptor, 4) == 60)
        #expect(reader.read(descriptor + 8) == reader.header(0x90))
        for process in truth.processes { #expect(reader.translate(process.address) != nil) }
    }

    @Test(
        "a machine of every generation of kernels can be forged",
        arguments: [7601, 9600, 10240, 14393, 17134, 17763, 18362, 19041, 20348, 22000])
    func generations(_ build: Int) throws {
        let summaries = BuiltInProfiles.summaries.filter { $0.build == build }
        for summary in [summaries.first, summaries.last].compactMap({ $0 }) {
            let profile = try #require(summary.identity.flatMap { BuiltInProfiles.profile(matching: $0) })
            let machine = try ForgedMachine(ForgeOptions(scenario: .corrupt, profile: profile, seed: 5))
            #expect(try machine.dumpBytes(as: machine.naturalDumpType).count > 0x10_0000)
            #expect(machine.truth(for: machine.naturalDumpType).verdict == "leak")
        }
    }

    @Test("the debugger's data block, plain or encoded", arguments: [false, true])
    func debuggerData(_ isEncoded: Bool) throws {
        let (reader, truth) = try forge(
            .init(version: "10.0.14393.4583", scenario: .clean, isEncoded: isEncoded))
        let base = truth.dump.kernelBase
        let block = reader.header(0x80)
        let flag = try #require(reader.symbol("KdpDataBlockEncoded", base: base))
        let never = reader.read(try #require(reader.symbol("KiWaitNever", base: base)))
        let always = reader.read(try #require(reader.symbol("KiWaitAlways", base: base)))
        #expect(reader.read(flag, 1) == (isEncoded ? 1 : 0))
        func word(_ offset: UInt64) -> UInt64 {
            let raw = reader.read(block + offset)
            guard isEncoded else { return raw }
            // formats.md §3.3.
            let turn = never & 0x3F
            let mixed = raw ^ never
            let turned = turn == 0 ? mixed : mixed << turn | mixed >> (64 - turn)
            return (turned ^ flag).byteSwapped ^ always
        }
        #expect(word(0x10) & 0xFFFF_FFFF == 0x4742_444B)
        #expect(word(0x18) == base)
        #expect(word(0x48) == reader.header(0x20))
        #expect(word(0x50) == reader.header(0x28))
        #expect(word(0x270) == reader.symbol("MmPhysicalMemoryBlock", base: base))
        #expect(isEncoded || reader.read(block + 0x10, 4) == 0x4742_444B)
    }

    @Test("a damaged machine says what was lost, and loses it")
    func damage() throws {
        let (reader, truth) = try forge(.init(version: "10.0.19041.2006", scenario: .corrupt))
        #expect(Set(truth.missing.map(\.what)) == ["token", "logonSession", "forward link of a process"])
        for token in truth.tokens { #expect((reader.read(token.address - 0x30) == 0) == token.isMissing) }
        for session in truth.logonSessions {
            #expect((reader.read(session.address + 8) == 0) == session.isMissing)
        }
        #expect(
            truth.tokens.compactMap(\.damaged).sorted() == [
                "diagnostic", "group count", "groups pointer", "session pointer",
            ])
        #expect(truth.logonSessions.flatMap(\.damaged).count == 8)
        #expect(truth.logonSessions.contains { $0.isOffChain && !$0.isMissing })
        #expect(truth.verdict == "leak")
    }

    @Test("each scenario ends in the verdict that it is for")
    func verdicts() throws {
        for (scenario, verdict) in [(ForgeScenario.clean, "clean"), (.grabber, "leak"), (.article, "leak")] {
            let (_, truth) = try forge(.init(version: "10.0.20348.2529", scenario: scenario))
            #expect(truth.verdict == verdict)
            #expect(truth.counts.leakedSessions == truth.logonSessions.count { $0.state == .leaked })
        }
        let (_, article) = try forge(.init(version: "10.0.14393.6343", scenario: .article))
        #expect(article.holders.count == 1)
        #expect(article.holders.first?.holder.hasSuffix(":lsass.exe") == true)
        #expect(article.logonSessions.count == 60)
    }

    @Test("tracking off leaves no creators and no lists")
    func untracked() throws {
        var options = try MachineCase(version: "10.0.20348.2529", scenario: .grabber).options()
        options.tracking = false
        let truth = try ForgedMachine(options).truth(for: .full)
        #expect(truth.dump.trackable && !truth.dump.tracking)
        #expect(truth.tokens.allSatisfy { $0.creator == nil && !$0.isListed })
        #expect(truth.logonSessions.allSatisfy { $0.tokenList == "uninitialized" })
    }

    @Test("options that cannot be are refused")
    func refusals() throws {
        var options = try MachineCase(version: "10.0.20348.2529", scenario: .clean).options()
        options.processors = 0
        #expect(throws: ForgeError.self) { try ForgedMachine(options) }
        options.processors = 1
        options.pageTableLevels = 3
        #expect(throws: ForgeError.self) { try ForgedMachine(options) }
    }
}
