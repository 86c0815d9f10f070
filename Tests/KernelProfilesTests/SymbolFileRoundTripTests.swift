import BinaryReading
import Foundation
import Testing

@testable import KernelProfiles

@Suite("Symbol files written from built-in profiles")
struct SymbolFileRoundTripTests {
    @Test("come back as the same facts", arguments: ["6.1.7601.24540", "10.0.14393.4583", "10.0.22000.2538"])
    func roundTrip(version: String) throws {
        let builtIn = try #require(BuiltInProfiles.profile(version: version))
        let text = VolatilitySymbolFile.text(of: builtIn)
        let read = try KernelProfile(symbolFile: Array(text.utf8), path: "round trip")
        #expect(read.identity == builtIn.identity)
        #expect(read.version == builtIn.version)
        #expect(read.build == builtIn.build)
        for name in builtIn.structureNames {
            let expected = try #require(builtIn.structure(named: name))
            let found = try #require(read.structure(named: name))
            #expect(found.byteCount == expected.byteCount && found.kind == expected.kind, "\(name)")
            #expect(found.fields == expected.fields, "\(name)")
        }
        for name in builtIn.enumerationNames {
            #expect(read.enumeration(named: name) == builtIn.enumeration(named: name))
        }
        for name in builtIn.symbolNames {
            #expect(read.symbol(named: name) == builtIn.symbol(named: name), "\(name)")
        }
        let functions = builtIn.functions
        #expect(read.functions == functions)
        for function in functions.indices.filter({ $0 % 41 == 0 }).map({ functions[$0] }) {
            #expect(read.function(named: function.name) == function)
            for rva in [function.rva, function.rva + function.extent - 1, function.rva + function.extent] {
                #expect(read.function(containing: rva) == builtIn.function(containing: rva))
            }
        }
    }

    @Test("a packed file is unpacked, a damaged or endless one refused", .enabled(if: Self.xz != nil, "no xz program"))
    func packed() throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "logonleak-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let file = folder.appending(path: "symbols.json")
        let builtIn = try #require(BuiltInProfiles.profile(version: "10.0.17763.5933"))
        try Data(VolatilitySymbolFile.text(of: builtIn).utf8).write(to: file)
        let process = Process()
        process.executableURL = Self.xz
        process.arguments = [file.path]
        try process.run()
        process.waitUntilExit()
        let packed = file.path + ".xz"

        #expect(try KernelProfile(symbolFileAt: packed).identity == builtIn.identity)
        #expect(throws: SymbolFileError.tooLarge(path: packed, limit: 1_000_000)) {
            try SymbolFileText.read(path: packed, maximumByteCount: 1_000_000)
        }
        var bytes = try Data(contentsOf: URL(filePath: packed))
        try bytes.prefix(bytes.count / 2).write(to: URL(filePath: packed))
        #expect { try KernelProfile(symbolFileAt: packed) } throws: { error in
            if case SymbolFileError.damagedPacking = error { true } else { false }
        }
        bytes[bytes.count / 2] ^= 0xFF
        try bytes.write(to: URL(filePath: packed))
        #expect(throws: SymbolFileError.self) { try KernelProfile(symbolFileAt: packed) }
    }

    static let xz = ["/usr/bin/xz", "/usr/local/bin/xz", "/opt/homebrew/bin/xz", "/bin/xz"].map { URL(filePath: $0) }
        .first { FileManager.default.isExecutableFile(atPath: $0.path) }

    @Test("a file that is not there, and a folder, are refused")
    func unreadable() {
        for path in ["/nowhere/symbols.json", NSTemporaryDirectory()] {
            #expect(throws: SymbolFileError.self) { try KernelProfile(symbolFileAt: path) }
        }
    }
}
