import BinaryReading
import DumpForge
import KernelProfiles
import KernelSymbols
import Testing

/// Kernels of which only layouts are known, or not even these: forged with the layouts of one and the symbols of another kernel.
@Suite("Kernels newer than all symbols")
struct InferenceNewKernelTests {
    /// A kernel that does not exist.
    private final class NewKernel: ProfileStorage {
        let layouts: KernelProfile
        let sessions: KernelProfile
        let symbols: KernelProfile

        init(layouts: KernelProfile, sessions: KernelProfile, symbols: KernelProfile) {
            (self.layouts, self.sessions, self.symbols) = (layouts, sessions, symbols)
        }

        var structureNames: [String] { layouts.structureNames }
        var enumerationNames: [String] { layouts.enumerationNames }
        var symbolNames: [String] { symbols.symbolNames }
        var functions: [KernelProfile.Function] { symbols.functions }
        var invalidPTEMask: KernelProfile.InvalidPTEMaskLocation? { nil }

        func structure(named name: String) -> StructureLayout? {
            switch name {
            case "_SEP_LOGON_SESSION_REFERENCES": return sessions.structure(named: name)
            // Layouts known by version alone have these cut short, or not at all.
            case "_KPRCB", "_KPCR": return symbols.structure(named: name)
            default: return layouts.structure(named: name) ?? symbols.structure(named: name)
            }
        }
        func enumeration(named name: String) -> EnumerationLayout? { layouts.enumeration(named: name) }
        func symbol(named name: String) -> KernelProfile.Symbol? { symbols.symbol(named: name) }
        func function(containing rva: UInt32) -> KernelProfile.Function? { symbols.function(containing: rva) }
        func function(named name: String) -> KernelProfile.Function? { symbols.function(named: name) }
    }

    private func kernel(build: Int, layouts: String, sessions: String? = nil) throws -> KernelProfile {
        let layouts = try #require(BuiltInProfiles.profile(version: layouts))
        let identity = PDBIdentity(
            name: "ntkrnlmp.pdb", guid: GUID(data1: 1, data2: 2, data3: 3, data4: UInt64(build)), age: 1)
        let storage = NewKernel(
            layouts: layouts,
            sessions: try sessions.map { try #require(BuiltInProfiles.profile(version: $0)) } ?? layouts,
            symbols: try #require(BuiltInProfiles.profile(version: "10.0.22000.2538")))
        return KernelProfile(
            identity: identity, version: "10.0.\(build).1", build: build, source: .builtIn, storage: storage)
    }

    private func expectTrueSymbols(_ kernel: Kernel, of dump: ForgedDump) {
        #expect(kernel.profile.symbolNames.count >= 12)
        // Of two variables alike the distances alone tell which is which, and this kernel has none of a relative.
        let alike: Set = ["SeAnonymousLogonToken", "SeAnonymousLogonTokenNoEveryone"]
        #expect(
            Set(alike.compactMap { kernel.profile.symbol(named: $0)?.rva })
                == Set(alike.compactMap { dump.profile.symbol(named: $0)?.rva }))
        for name in kernel.profile.symbolNames where !alike.contains(name) {
            #expect(kernel.profile.symbol(named: name)?.rva == dump.profile.symbol(named: name)?.rva, "\(name)")
        }
    }

    @Test(
        "builds of which only layouts are built in",
        arguments: [(22621, "10.0.22621.382"), (22631, "10.0.22631.2428"), (26100, "10.0.26100.?")])
    func layoutsAlone(build: Int, version: String) throws {
        let dump = try ForgedDump(of: try kernel(build: build, layouts: version))
        let kernel = try dump.kernel()
        let inference = try #require(kernel.inference)
        #expect(inference.confidence == .certain)
        #expect(inference.layoutVersion == version)
        #expect(inference.checks.allSatisfy { $0.failed == 0 }, "\(inference.checks)")
        #expect(kernel.profile.version == "10.0.\(build).?")
        expectTrueSymbols(kernel, of: dump)
    }

    @Test("a build of which nothing is built in takes the layouts of the nearest one that fits, below or above")
    func neighbours() throws {
        for (build, layouts) in [(25398, "10.0.22631.2428"), (25900, "10.0.26100.?"), (26200, "10.0.26100.?")] {
            let dump = try ForgedDump(of: try kernel(build: build, layouts: layouts))
            let kernel = try dump.kernel()
            #expect(kernel.inference?.confidence == .likely)
            let size = dump.profile.structure(named: "_SEP_LOGON_SESSION_REFERENCES")?.byteCount
            #expect(kernel.profile.structure(named: "_SEP_LOGON_SESSION_REFERENCES")?.byteCount == size)
            #expect(kernel.profile.structure(named: "_EPROCESS") == dump.profile.structure(named: "_EPROCESS"))
            expectTrueSymbols(kernel, of: dump)
        }
    }

    /// `sessions.md` §2: the image of 26200 that was read has the sessions of earlier builds, that of 26100 has not.
    @Test("layouts of which one structure does not fit are refused") func oneStructure() throws {
        let mixed = try kernel(build: 26200, layouts: "10.0.26100.?", sessions: "10.0.22631.2428")
        let error = #expect(throws: KernelError.self) { _ = try ForgedDump(of: mixed).kernel() }
        guard case .unknownKernel(_, build: 26200, let tried) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(tried.contains { $0.contains("26100") && $0.contains("session") }, "\(tried)")
    }
}
