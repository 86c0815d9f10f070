import DumpForge
import Foundation
import Testing

/// What the commands say of creation stacks.
@Suite("Creation stacks on the command line")
struct CreationStackCommandTests {
    /// A frame of the JSON, as far as it is compared.
    private struct Frame: Equatable {
        let address: String
        let module: String?
        let symbol: String?
        let displacement: String?
        let isFromOtherProcess: Bool?

        init(_ json: [String: Any]) {
            address = json["address"] as? String ?? ""
            module = json["module"] as? String
            symbol = json["symbol"] as? String
            displacement = json["displacement"] as? String
            isFromOtherProcess = json["fromOtherProcess"] as? Bool
        }
    }

    /// The frames of all tokens by their address in hexadecimal.
    private func stacks(_ arguments: String...) throws -> [String: [Frame]] {
        let run = try Run(Program.url, ["analyze"] + arguments + ["--format", "json", "--quiet"])
        try #require(run.status == 0, "\(run.errorText)")
        let json = try #require(try JSONSerialization.jsonObject(with: Data(run.text.utf8)) as? [String: Any])
        var stacks: [String: [Frame]] = [:]
        for token in try #require(json["tokens"] as? [[String: Any]]) {
            guard let address = token["address"] as? String, let creator = token["creator"] as? [String: Any],
                let stack = creator["stack"] as? [[String: Any]]
            else { continue }
            stacks[address] = stack.map(Frame.init)
        }
        return stacks
    }

    private func hex(_ number: UInt64) -> String { "0x" + String(number, radix: 16) }

    @Test("user frames in the JSON are what the truth says", arguments: [ForgedDumpType.bitmapKernel, .bitmapFull])
    func json(type: ForgedDumpType) throws {
        let dump = try ForgedDumps.dump(.init(scenario: .zombies, type: type, sessions: 40))
        let stacks = try stacks(dump.path)
        var compared = 0
        for token in dump.truth.tokens {
            guard let creator = token.creator, let stack = stacks[hex(token.address)] else { continue }
            for (frame, truth) in zip(stack.dropFirst(creator.kernelFrames.count), creator.userFrames) {
                #expect(frame.address == hex(truth.address))
                #expect(frame.module == truth.module)
                #expect(frame.isFromOtherProcess == truth.isFromOtherProcess)
                let text = frame.symbol.map { "\($0)+\(frame.displacement ?? "")" }
                #expect(text == truth.symbol)
                if text == nil { #expect(frame.displacement == truth.offset.map(hex)) }
                compared += 1
            }
        }
        #expect(compared > 50)
    }

    @Test("explain marks frames that another process tells") func explanation() throws {
        let dump = try ForgedDumps.dump(.init(scenario: .zombies, sessions: 40))
        let token = try #require(
            dump.truth.tokens.first { $0.creator?.userFrames.contains { $0.isFromOtherProcess } == true })
        let run = try Program.run("explain", dump.path, hex(token.address))
        #expect(run.status == 0)
        #expect(run.text.contains("    ntdll+0x1054 (image of another process)"), "\(run.text)")
    }

    @Test(
        "a driver's frames bear the names of its PDB, each to its function's end",
        .enabled(if: SharedDatabases.isAvailable))
    func driverSymbols() throws {
        let dump = try ForgedDumps.dump(.init(scenario: .kernelrefs, sessions: 80))
        let folder = try store(ofDriver: "srv2", in: dump.path)
        let stacks = try stacks(dump.path, "--symbols", folder)
        let functions = try functionsOfDriver()
        let driver = try #require(dump.truth.modules.first { $0.name == "srv2.sys" })
        var named = 0
        var bare = 0
        for frame in stacks.values.flatMap(\.self) where frame.module == "srv2" {
            let address = try #require(UInt64(frame.address.dropFirst(2), radix: 16))
            let rva = address - driver.base
            // The image's own table says that a function begins at 0x1100: what lies before is no name for what lies behind.
            let function = functions.first { $0.begin >= 0x1100 && $0.begin <= rva && rva < $0.end }
            #expect(frame.symbol == function?.name)
            #expect(frame.displacement == hex(rva - (function?.begin ?? 0)))
            if function == nil { bare += 1 } else { named += 1 }
        }
        #expect(named > 0 && bare > 0)
        // Drivers without a PDB keep the names of their exports.
        #expect(stacks.values.flatMap(\.self).contains { $0.module == "netio" && $0.symbol == "Ordinal2" })
    }

    /// A symbol store with the corpus's driver as the PDB of a driver of a dump.
    private func store(ofDriver name: String, in dump: String) throws -> String {
        let manifest = try Program.run("symbols", "manifest", dump, "--modules", name)
        let line = try #require(manifest.text.split(separator: "\n").first { $0.hasPrefix(name + ".pdb,") })
        let key = String(line.split(separator: ",")[1])
        var bytes = [UInt8](try Data(contentsOf: SharedDatabases.folder.appending(path: "corpus/driver.pdb")))
        let count = bytes.replaceAll(guidBytes("302B0F0DC19C781C4C4C44205044422E"), with: guidBytes(key))
        try #require(count > 0)
        let folder = URL(filePath: Scratch.file("store"))
        let place = folder.appending(path: "\(name).pdb/\(key)")
        try FileManager.default.createDirectory(at: place, withIntermediateDirectories: true)
        try Data(bytes).write(to: place.appending(path: "\(name).pdb"))
        return folder.path
    }

    /// The bytes of a GUID in a file, of its 32 digits.
    private func guidBytes(_ digits: String) -> [UInt8] {
        let bytes = stride(from: 0, to: 32, by: 2).map { position in
            UInt8(digits.dropFirst(position).prefix(2), radix: 16) ?? 0
        }
        return [3, 2, 1, 0, 5, 4, 7, 6, 8, 9, 10, 11, 12, 13, 14, 15].map { bytes[$0] }
    }

    /// Functions of the corpus's driver as its answers list them.
    private func functionsOfDriver() throws -> [(name: String, begin: UInt64, end: UInt64)] {
        let data = try Data(contentsOf: SharedDatabases.folder.appending(path: "answers/driver.json"))
        let json = try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
        let functions = try #require(json["functions"] as? [String: [[UInt64]]])
        return functions.flatMap { name, places in places.map { (name, $0[0], $0[0] + $0[1]) } }
    }
}
