import DumpForge
import Foundation
import KernelProfiles
import Testing

/// volatility3, with symbols written from our profile, finds in forged dumps what the truth says.
@Suite("The same as volatility3", .enabled(if: PythonEnvironment.hasVolatility), .serialized)
struct VolatilityTests {
    private typealias Row = [String: Any]

    private static let recipe = ForgedDumps.Recipe(type: .full)

    /// The folder of symbols, written once.
    private static let symbols = Result { () throws -> String in
        let folder = URL(filePath: Scratch.file("symbols"))
        let profile = try #require(BuiltInProfiles.profile(version: recipe.version))
        let file = folder.appending(path: VolatilitySymbolFile.relativePath(for: try #require(profile.identity)))
        try FileManager.default.createDirectory(
            at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data(VolatilitySymbolFile.text(of: profile).utf8).write(to: file)
        return folder.path
    }

    private func rows(_ plugin: String) throws -> [Row] {
        let symbols = try Self.symbols.get()
        let run = try PythonEnvironment.run(
            program: "vol",
            [
                "-q", "--offline", "-r", "json", "-s", symbols, "--cache-path", symbols, "-f",
                try ForgedDumps.dump(Self.recipe).path, plugin,
            ])
        let parsed = try? JSONSerialization.jsonObject(with: run.output) as? [Row]
        return try #require(parsed, "\(plugin) said: \(run.text.prefix(400))\(run.errorText.suffix(800))")
    }

    private func number(_ row: Row, _ key: String) -> UInt64 { (row[key] as? NSNumber)?.uint64Value ?? .max }

    /// volatility3 prints the 48 bits of an address that its layer knows.
    private func address(_ row: Row, _ key: String) -> UInt64 {
        let bits = number(row, key)
        return bits >> 47 == 1 ? bits | 0xFFFF_0000_0000_0000 : bits
    }

    @Test("which kernel it is") func information() throws {
        let truth = try ForgedDumps.dump(Self.recipe).truth
        var values: [String: String] = [:]
        for row in try rows("windows.info") { values[row["Variable"] as? String ?? ""] = row["Value"] as? String }
        #expect(values["Kernel Base"] == "0x" + String(truth.dump.kernelBase & 0xFFFF_FFFF_FFFF, radix: 16))
        let buildLab = try #require(values["NTBuildLab"])
        #expect(buildLab.hasPrefix("17763.") && truth.dump.buildLab.hasPrefix(buildLab))
        #expect(values["Is64Bit"] == "True")
    }

    @Test("processes") func processes() throws {
        let truth = try ForgedDumps.dump(Self.recipe).truth
        let theirs = try rows("windows.pslist").map {
            "\(number($0, "PID")) \(number($0, "PPID")) \($0["ImageFileName"] as? String ?? "")"
        }
        #expect(theirs.sorted() == truth.processes.map { "\($0.processID) \($0.parent) \($0.imageFileName)" }.sorted())
    }

    @Test("modules") func modules() throws {
        let truth = try ForgedDumps.dump(Self.recipe).truth
        let theirs = try rows("windows.modules").map {
            "\(address($0, "Base")) \(number($0, "Size")) \($0["Name"] as? String ?? "")"
        }
        #expect(theirs.sorted() == truth.modules.map { "\($0.base) \($0.byteCount) \($0.name)" }.sorted())
    }

    @Test("SIDs of the processes' tokens") func identifiers() throws {
        let truth = try ForgedDumps.dump(Self.recipe).truth
        var theirs: [UInt64: [String]] = [:]
        for row in try rows("windows.getsids") {
            theirs[number(row, "PID"), default: []].append(row["SID"] as? String ?? "")
        }
        let tokens = Dictionary(uniqueKeysWithValues: truth.tokens.map { ($0.address, $0) })
        for process in truth.processes {
            guard let token = tokens[process.token] else { continue }
            let list = theirs[UInt64(process.processID)] ?? []
            #expect(list.first == token.user, "\(process.imageFileName)")
            // The truth counts user and groups without the integrity label.
            #expect(list.filter { !$0.hasPrefix("S-1-16-") }.count == token.groups, "\(process.imageFileName)")
        }
    }

    @Test("handles to tokens, processes and threads") func handles() throws {
        let truth = try ForgedDumps.dump(Self.recipe).truth
        var expected: Set<String> = []
        for token in truth.tokens {
            for case .handle(let process, let handle, let access, false) in token.pins {
                expected.insert("\(process) \(handle) Token \(access) \(token.address)")
            }
        }
        let processes = Dictionary(uniqueKeysWithValues: truth.processes.map { ($0.processID, $0) })
        for process in truth.processes {
            for case .processHandle(let holder, let handle) in process.heldBy where holder != 4 {
                expected.insert("\(holder) \(handle) Process \(process.address)")
            }
        }
        var theirs: Set<String> = []
        for row in try rows("windows.handles") where processes[UInt32(clamping: number(row, "PID"))] != nil {
            let start = "\(number(row, "PID")) \(number(row, "HandleValue"))"
            switch row["Type"] as? String {
            case "Token": theirs.insert("\(start) Token \(number(row, "GrantedAccess")) \(address(row, "Offset"))")
            case "Process" where number(row, "PID") != 4: theirs.insert("\(start) Process \(address(row, "Offset"))")
            default: break
            }
        }
        #expect(expected.count > 20)
        #expect(expected.subtracting(theirs).isEmpty)
        #expect(theirs.filter { $0.contains(" Token ") } == expected.filter { $0.contains(" Token ") })
    }
}
