import BinaryReading
import DumpForge
import KernelProfiles
import KernelSymbols
import Testing

@Suite("Kernels without symbols")
struct InferenceTests {
    /// The kernel of a forged dump with its own profile hidden.
    private func inferred(_ dump: ForgedDump, alsoHiding others: String = "") throws -> Kernel {
        let key = try #require(dump.profile.identity?.storeKey)
        return try dump.kernel(hiding: HiddenProfiles(text: others.isEmpty ? key : "\(key),\(others)"))
    }

    /// Every symbol that was found must lie where the kernel's own symbols say.
    private func expectTrueSymbols(_ kernel: Kernel, of dump: ForgedDump, count: Int = 12) {
        let names = kernel.profile.symbolNames
        #expect(names.count >= count, "\(names)")
        for name in names {
            #expect(kernel.profile.symbol(named: name)?.rva == dump.profile.symbol(named: name)?.rva, "\(name)")
        }
        for name in ["SepLogonSessions", "PsActiveProcessHead", "PsLoadedModuleList", "SeTokenObjectType"] {
            #expect(kernel.address(of: name) != nil, "\(name)")
        }
    }

    /// Every field that a walk reads must lie where the kernel's own layouts say.
    private func expectTrueLayouts(_ kernel: Kernel, of dump: ForgedDump) throws {
        let structures = [
            "_EPROCESS", "_ETHREAD", "_TOKEN", "_SEP_LOGON_SESSION_REFERENCES", "_HANDLE_TABLE", "_HANDLE_TABLE_ENTRY",
            "_OBJECT_HEADER", "_OBJECT_TYPE", "_SEP_TOKEN_DIAG_TRACK_ENTRY",
        ]
        let fields = [
            "UniqueProcessId", "ActiveProcessLinks", "Token", "ObjectTable", "ImageFileName", "ThreadListHead", "Cid",
            "ClientSecurity", "LogonSession", "UserAndGroups", "SessionObject", "DiagnosticInfo", "VariablePart",
            "Next",
            "LogonId", "ReferenceCount", "TokenList", "ServerSilo", "TableCode", "ObjectPointerBits", "TypeIndex",
            "Index", "CreateMethod",
        ]
        for structure in structures {
            let truth = try #require(dump.profile.structure(named: structure) != nil ? dump.profile : nil)
            for field in fields {
                #expect(
                    kernel.profile.structure(named: structure)?[field]?.offset
                        == truth.structure(named: structure)?[field]?.offset, "\(structure).\(field)")
            }
        }
    }

    @Test(
        "an unknown revision borrows from its build, and everything found is true",
        arguments: [
            "6.3.9600.21620", "10.0.14393.4583", "10.0.17763.379", "10.0.17763.5933", "10.0.18362.836",
            "10.0.19041.3570", "10.0.20348.2529", "10.0.22000.318",
        ])
    func revision(_ version: String) throws {
        let dump = try ForgedDump(version)
        let kernel = try inferred(dump)
        let inference = try #require(kernel.inference)
        #expect(inference.confidence == .certain)
        #expect(inference.checks.allSatisfy { $0.failed == 0 && $0.held > 0 }, "\(inference.checks)")
        #expect(inference.layoutVersion.hasPrefix("\(version.split(separator: ".").prefix(3).joined(separator: "."))."))
        #expect(kernel.profile.source == .inferred(layouts: inference.layoutVersion))
        #expect(kernel.profile.functions.isEmpty)
        #expect(kernel.identity == dump.profile.identity)
        expectTrueSymbols(kernel, of: dump)
        for name in kernel.profile.symbolNames {
            #expect(inference.facts.contains { $0.name == name }, "\(name) is not named")
        }
    }

    @Test(
        "without header, KDBG and list heads the dump still tells", arguments: ["10.0.17763.5933", "10.0.20348.2529"])
    func withoutHints(_ version: String) throws {
        var dump = try ForgedDump(version)
        for field in [HeaderField.loadedModuleList, HeaderField.activeProcessHead, HeaderField.debuggerData] {
            dump.put(HeaderField.unset, at: field)
        }
        try dump.eraseDebuggerData()
        let kernel = try inferred(dump)
        let inference = try #require(kernel.inference)
        #expect(inference.confidence == .likely)
        #expect(!inference.facts.contains { $0.how.contains("from KDBG") || $0.how.contains("header of the dump") })
        expectTrueSymbols(kernel, of: dump, count: 10)
        try expectTrueLayouts(kernel, of: dump)
    }

    @Test("sizes that KDBG states differently refuse a layout; a little at the end does not where the build agrees")
    func sizes() throws {
        var dump = try ForgedDump()
        let size = try #require(dump.profile.structure(named: "_EPROCESS")?.byteCount)
        let place = try dump.debuggerDataOffset()
        dump.put(UInt64(size + 0x40), byteCount: 2, at: place + 0x2A8)
        #expect(try inferred(dump).inference?.confidence == .likely)
        dump.put(UInt64(size - 0x40), byteCount: 2, at: place + 0x2A8)
        #expect(try inferred(dump).inference?.confidence == .likely)
        dump.put(UInt64(size - 0x400), byteCount: 2, at: place + 0x2A8)
        let error = #expect(throws: KernelError.self) { _ = try inferred(dump) }
        #expect(
            error?.details.contains { $0.contains("SizeEProcess") } == true, "\(String(describing: error?.details))")
    }

    @Test("7601 differs within itself: another revision's sizes are refused") func windows7() throws {
        let dump = try ForgedDump("6.1.7601.24540", as: .summary)
        let error = #expect(throws: KernelError.self) { _ = try inferred(dump) }
        guard case .unknownKernel(_, build: 7601, let tried) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(!tried.isEmpty && tried.allSatisfy { $0.contains("KDBG") }, "\(tried)")
    }

    @Test("an unknown build takes the layouts of a neighbour that the dump confirms") func neighbour() throws {
        let dump = try ForgedDump("10.0.20348.1006")
        let kernel = try inferred(dump, alsoHiding: "build,layouts:10.0.20348")
        #expect(kernel.inference?.confidence == .likely)
        #expect(kernel.inference?.layoutVersion.hasPrefix("10.0.22000.") == true)
        expectTrueSymbols(kernel, of: dump)
        try expectTrueLayouts(kernel, of: dump)
    }

    @Test(
        "a neighbour's layouts are right or refused, also where no KDBG contradicts them",
        arguments: [
            "6.1.7601.24540", "6.3.9600.21620", "10.0.10240.17394", "10.0.14393.6343", "10.0.17134", "10.0.17763.5933",
            "10.0.18362.836", "10.0.19041.3570", "10.0.20348.2529", "10.0.22000.2538",
        ])
    func rightOrRefused(_ version: String) throws {
        let build = version.split(separator: ".").prefix(3).joined(separator: ".")
        var dump = try ForgedDump(version)
        try dump.eraseDebuggerData()
        guard let kernel = try? inferred(dump, alsoHiding: "build,layouts:\(build)") else { return }
        #expect(kernel.inference?.confidence == .possible)
        try expectTrueLayouts(kernel, of: dump)
    }

    @Test("symbols of the user's are used, whatever is hidden") func symbols() throws {
        let dump = try ForgedDump()
        let text = VolatilitySymbolFile.text(of: dump.profile)
        let symbols = try KernelProfile(symbolFile: Array(text.utf8), path: "own.json")
        let kernel = try dump.kernel(symbols: symbols, hiding: HiddenProfiles(text: "build"))
        #expect(kernel.profile.source == .symbolFile(path: "own.json"))
        #expect(kernel.inference == nil)
    }

    @Test("nothing is inferred where the kernel is known") func known() throws {
        let kernel = try ForgedDump().kernel()
        #expect(kernel.inference == nil)
        #expect(kernel.profile.source == .builtIn)
    }

    @Test("spoilt images end in an answer or a refusal") func spoilt() throws {
        let whole = try ForgedDump()
        let hidden = HiddenProfiles(text: try #require(whole.profile.identity?.storeKey))
        var numbers = SeededNumbers(seed: 7)
        for _ in 0..<24 {
            var dump = whole
            for _ in 0..<400 {
                let place = Int.random(in: 0x2000..<(dump.bytes.count - 8), using: &numbers) & ~7
                let value: UInt64 =
                    switch UInt8.random(in: 0..<4, using: &numbers) {
                    case 0: .max
                    case 1: 0
                    case 2: dump.truth.dump.kernelBase &+ UInt64.random(in: 0..<0x80_0000, using: &numbers) & ~7
                    default: .random(in: 0...(.max), using: &numbers)
                    }
                dump.put(value, at: place)
            }
            do { _ = try dump.kernel(hiding: hidden) } catch is KernelError {}
        }
    }
}

/// A sequence of numbers that is the same in every run (splitmix64).
private struct SeededNumbers: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var value = state
        value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
        value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
        return value ^ (value >> 31)
    }
}

extension ForgedDump {
    /// Where the block of KDBG lies in the file.
    fileprivate func debuggerDataOffset() throws -> Int {
        let symbol = try #require(profile.symbol(named: "KdDebuggerDataBlock"))
        return try fileOffset(of: truth.dump.kernelBase + UInt64(symbol.rva))
    }

    /// Overwrites the tag of KDBG, so that nothing finds the block.
    fileprivate mutating func eraseDebuggerData() throws { put(0, at: try debuggerDataOffset() + 0x10) }
}
