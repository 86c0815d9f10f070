import BinaryReading
import DumpForge
import FileMapping
import KernelProfiles
import KernelSymbols
import MemoryImages
import Testing

@testable import KernelObjects

/// The frames of creation traces against the truth of forged machines, on kernels of each form of VAD tree.
@Suite("Creation stacks")
struct CreationStackTests {
    struct Machine: Sendable, CustomTestStringConvertible {
        var version: String
        var scenario: ForgeScenario
        var type: ForgedDumpType

        var testDescription: String { "\(version) \(scenario) \(type.name)" }

        func forge() throws -> (bytes: [UInt8], truth: ForgedTruth) {
            let profile = try #require(BuiltInProfiles.profile(version: version))
            var options = ForgeOptions(scenario: scenario, profile: profile, seed: 21)
            options.logonSessions = scenario == .zombies ? 40 : 24
            let machine = try ForgedMachine(options)
            return (try machine.dumpBytes(as: type), machine.truth(for: type))
        }
    }

    /// Kernels without a record of creators have no user frames: the trees of those are tested by themselves.
    private static let machines = [
        Machine(version: "10.0.14393.6343", scenario: .kernelrefs, type: .bitmapKernel),
        Machine(version: "10.0.17763.5933", scenario: .grabber, type: .bitmapKernel),
        Machine(version: "10.0.17763.5933", scenario: .zombies, type: .bitmapFull),
        Machine(version: "10.0.19041.3570", scenario: .kernelrefs, type: .full),
        Machine(version: "10.0.20348.2031", scenario: .zombies, type: .rangeKernel),
        Machine(version: "10.0.22000.2538", scenario: .mixed, type: .rangeUser),
    ]

    @Test("every frame has the name that the truth says", arguments: machines)
    func frames(_ machine: Machine) throws {
        let (bytes, truth) = try machine.forge()
        let snapshot = try #require(try HostileDump.read(bytes))
        let tokens = Dictionary(uniqueKeysWithValues: snapshot.tokens.map { ($0.address.rawValue, $0) })
        var userFrames = 0
        for expected in truth.tokens {
            guard let creator = expected.creator, let creation = tokens[expected.address]?.creation else { continue }
            let frames = creation.trace.map { snapshot.frame(at: $0, of: creation.creator) }
            try #require(frames.count == creator.kernelFrames.count + creator.userFrames.count)
            for (frame, truth) in zip(frames, creator.kernelFrames) {
                #expect(frame.address.rawValue == truth.address)
                #expect(frame.text == truth.symbol)
                #expect(!frame.isFromOtherProcess)
            }
            for (frame, truth) in zip(frames.dropFirst(creator.kernelFrames.count), creator.userFrames) {
                #expect(frame.address.rawValue == truth.address)
                #expect(frame.module == truth.module)
                #expect(frame.isFromOtherProcess == truth.isFromOtherProcess)
                let name = truth.symbol ?? truth.offset.map { "+" + $0.hexText }
                #expect(
                    frame.module == nil
                        || frame.text == "\(truth.module ?? "")\(truth.symbol == nil ? "" : "!")\(name ?? "")")
                userFrames += 1
            }
        }
        #expect(userFrames > 100)
        #expect(snapshot.gaps.isEmpty)
    }

    @Test("the scenarios show drivers, programs, libraries and creators that are gone")
    func coverage() throws {
        var symbols: Set<String> = []
        var modules: Set<String> = []
        var borrowed = 0
        for machine in Self.machines {
            for token in try machine.forge().truth.tokens {
                for frame in token.creator?.kernelFrames ?? [] {
                    symbols.insert(String(frame.symbol.prefix { $0 != "+" }))
                }
                for frame in token.creator?.userFrames ?? [] {
                    if let module = frame.module { modules.insert(module) }
                    borrowed += frame.isFromOtherProcess ? 1 : 0
                }
            }
        }
        #expect(
            symbols.isSuperset(of: ["ksecdd!QuerySecurityContextToken", "ksecdd", "srv2", "netio!Ordinal2", "WdFilter"])
        )
        #expect(modules.isSuperset(of: ["ntdll", "KernelBase", "lsass", "RyansTokenGrabber"]))
        #expect(borrowed > 0)
    }

    @Test(
        "the images of every running process, by each form of tree",
        arguments: ["6.1.7601.24540", "6.3.9600.19913", "10.0.10240.17394", "10.0.18362.418"])
    func trees(version: String) throws {
        guard let profile = BuiltInProfiles.profile(version: version) else {
            Issue.record("no profile \(version)")
            return
        }
        let machine = try ForgedMachine(ForgeOptions(scenario: .clean, profile: profile, seed: 4))
        let type = machine.naturalDumpType
        let kernel = try Kernel(in: try CrashDump(file: MappedFile(bytes: try machine.dumpBytes(as: type))))
        let context = ReadingContext(kernel)
        var tree = AddressDescriptorTree(try AddressDescriptorLayout(kernel.profile), context.memory)
        for process in machine.truth(for: type).processes where !process.exited {
            let outcome = tree.images(ofProcessAt: VirtualAddress(process.address))
            #expect(outcome.unreadable == nil)
            guard !["System", "Registry", "MemCompression"].contains(process.image) else {
                #expect(outcome.images.isEmpty)
                continue
            }
            let names = outcome.images.map { lastPathPart($0.path) }
            #expect(
                names.sorted()
                    == ([process.image] + [
                        "ntdll.dll", "kernel32.dll", "KernelBase.dll", "advapi32.dll", "sechost.dll", "rpcrt4.dll",
                    ]).sorted())
        }
    }
}
