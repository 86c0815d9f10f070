import AddressTranslation
import BinaryReading
import DumpForge
import FileMapping
import KernelObjects
import KernelProfiles
import KernelSymbols
import LeakAnalysis
import MemoryImages

/// A forged machine's dump in memory, and what the rooms make of it; the seed is fixed, so every run reads the same bytes.
struct ForgedDump {
    /// What went wrong before anything could be measured.
    enum Failure: Error { case noProfile(version: String) }

    let file: MappedFile
    let dump: CrashDump
    let kernel: Kernel

    init(sessions: Int, as type: ForgedDumpType) throws {
        let version = "10.0.14393.6343"
        guard let profile = BuiltInProfiles.profile(version: version) else { throw Failure.noProfile(version: version) }
        var options = ForgeOptions(scenario: .article, profile: profile, seed: 1)
        options.logonSessions = sessions
        file = MappedFile(bytes: try ForgedMachine(options).dumpBytes(as: type))
        dump = try CrashDump(file: file)
        kernel = try Kernel(in: dump)
    }

    /// All page numbers that the dump holds, in an order without pattern.
    func scatteredPages(seed: UInt64 = 1) -> [PageFrameNumber] {
        var pages = dump.physicalMemory.presentRuns.flatMap { run in
            (0..<run.pageCount).map { PageFrameNumber(run.firstPage.rawValue + $0) }
        }
        var generator = SeededGenerator(state: seed)
        pages.shuffle(using: &generator)
        return pages
    }

    /// Addresses that walks touch: of every process, thread, token and logon session, in an order without pattern.
    func scatteredAddresses(seed: UInt64 = 1) throws -> [VirtualAddress] {
        let snapshot = try Snapshot(reading: kernel)
        var addresses =
            snapshot.processes.map(\.address) + snapshot.threads.map(\.address) + snapshot.tokens.map(\.address)
            + snapshot.logonSessions.map(\.address)
        var generator = SeededGenerator(state: seed)
        addresses.shuffle(using: &generator)
        return addresses
    }
}

/// SplitMix64: the same sequence everywhere.
struct SeededGenerator: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var word = state
        word = (word ^ (word >> 30)) &* 0xBF58_476D_1CE4_E5B9
        word = (word ^ (word >> 27)) &* 0x94D0_49BB_1331_11EB
        return word ^ (word >> 31)
    }
}
