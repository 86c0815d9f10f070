import BinaryReading
import DumpForge
import Foundation
import KernelProfiles
import Testing

/// A Python interpreter in which other people's dump readers are installed; named by `LOGONLEAK_PYTHON`.
private struct ExternalPython {
    let path: String

    /// The interpreter, where it can import a module.
    init?(module: String) {
        guard let path = ProcessInfo.processInfo.environment["LOGONLEAK_PYTHON"] else { return nil }
        self.path = path
        guard let answer = try? run(["-c", "import \(module)"]), answer.status == 0 else { return nil }
    }

    func run(_ arguments: [String]) throws -> (status: Int32, output: String) {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: path)
        process.arguments = arguments
        let pipe = Pipe()
        process.standardOutput = pipe
        process.standardError = FileHandle.nullDevice
        try process.run()
        let data = pipe.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return (process.terminationStatus, String(decoding: data, as: UTF8.self))
    }
}

private struct TemporaryFolder: ~Copyable {
    let url: URL

    init() throws {
        url = FileManager.default.temporaryDirectory.appendingPathComponent("logonleak-forge-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(at: url) }

    func path(_ name: String) -> String { url.appendingPathComponent(name).path }
}

@Suite("Other people's readers open forged dumps", .serialized)
struct ExternalReaderTests {
    private static let kdmp = ExternalPython(module: "kdmp_parser")
    private static let volatility = ExternalPython(module: "volatility3")

    private func machine(_ version: String, _ scenario: ForgeScenario) throws -> ForgedMachine {
        var options = ForgeOptions(
            scenario: scenario, profile: try #require(BuiltInProfiles.profile(version: version)), seed: 11)
        options.logonSessions = 40
        // volatility3 does not undo the mask of prototype entries.
        options.prototypePermille = 0
        return try ForgedMachine(options)
    }

    @Test(
        "kdmp-parser finds the same pages and translations",
        .enabled(if: kdmp != nil, "set LOGONLEAK_PYTHON to an interpreter with kdmp_parser"),
        arguments: [ForgedDumpType.full, .bitmapFull, .bitmapKernel, .rangeKernel, .rangeUser, .rangeFull])
    func kdmpParser(_ type: ForgedDumpType) throws {
        let python = try #require(Self.kdmp)
        let machine = try machine("10.0.19041.2006", .clean)
        let folder = try TemporaryFolder()
        try machine.write(to: folder.path("machine.dmp"), as: type)
        let truth = machine.truth(for: type)
        let full = ForgedDumpReader(
            try machine.dumpBytes(as: .full), profile: machine.options.profile, mask: truth.dump.invalidPTEMask)
        let addresses = [truth.dump.kernelBase, 0xFFFF_F780_0000_0000] + truth.processes.map(\.address)
        let script = """
            import sys, kdmp_parser
            dump = kdmp_parser.KernelDumpParser(sys.argv[1])
            print(int(dump.type), dump.directory_table_base)
            for text in sys.argv[2:]:
                address = int(text)
                page = dump.read_virtual_page(address & ~0xfff)
                print(dump.translate_virtual(address), page[address & 0xfff : (address & 0xfff) + 8].hex())
            """
        let answer = try python.run(["-c", script, folder.path("machine.dmp")] + addresses.map(String.init))
        #expect(answer.status == 0)
        var expected = ["\(type.rawValue) \(truth.dump.directoryTableBase)"]
        for address in addresses {
            let physical = try #require(full.translate(address))
            let offset = try #require(full.fileOffset(ofPhysical: physical))
            let digits = full.bytes[offset..<(offset + 8)].map { UInt64($0).paddedHexDigits(2) }.joined()
            expected.append("\(physical) \(digits)")
        }
        #expect(answer.output.split(separator: "\n").map(String.init) == expected)
    }

    @Test(
        "volatility3 lists the same processes, modules and SIDs",
        .enabled(if: volatility != nil, "set LOGONLEAK_PYTHON to an interpreter with volatility3"),
        arguments: ["10.0.14393.6343", "10.0.17763.5933", "6.3.9600.19913", "10.0.19041.2006", "10.0.22000.318"])
    func volatility3(_ version: String) throws {
        let python = try #require(Self.volatility)
        let machine = try machine(version, .article)
        let folder = try TemporaryFolder()
        try machine.write(to: folder.path("machine.dmp"), as: .full)
        let truth = machine.truth(for: .full)
        let identity = try #require(machine.options.profile.identity)
        let symbols = folder.url.appendingPathComponent(VolatilitySymbolFile.relativePath(for: identity))
        try FileManager.default.createDirectory(
            at: symbols.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data(VolatilitySymbolFile.text(of: machine.options.profile).utf8).write(to: symbols)
        func rows(_ plugin: String) throws -> [[String: Any]] {
            let script = "import sys; sys.argv[0] = 'vol'; from volatility3.cli import main; main()"
            let answer = try python.run([
                "-c", script, "-q", "--offline", "-r", "json", "-s", folder.url.path, "-f", folder.path("machine.dmp"),
                plugin,
            ])
            let parsed = try? JSONSerialization.jsonObject(with: Data(answer.output.utf8)) as? [[String: Any]]
            return try #require(parsed, "\(plugin) said: \(answer.output.prefix(400))")
        }
        let processes = try rows("windows.pslist").compactMap { row in
            (row["PID"] as? Int).map { "\($0) \(row["ImageFileName"] as? String ?? "?")" }
        }
        #expect(processes.sorted() == truth.processes.map { "\($0.processID) \($0.imageFileName)" }.sorted())
        let modules = try rows("windows.modules").compactMap { $0["Base"] as? UInt64 }
        // It prints addresses without their sign extension.
        #expect(modules.sorted() == truth.modules.map { $0.base & 0xFFFF_FFFF_FFFF }.sorted())
        let sids = try rows("windows.getsids").compactMap { row in
            (row["PID"] as? Int).map { "\($0) \(row["SID"] as? String ?? "?")" }
        }
        let users = Dictionary(uniqueKeysWithValues: truth.tokens.map { ($0.address, $0.user) })
        for process in truth.processes { #expect(sids.contains("\(process.processID) \(users[process.token] ?? "")")) }
    }
}
