import BinaryReading
import KernelProfiles

extension MachineLayout {
    /// What the kernel image exports of its data (`formats.md` §4.3).
    private static let exportedNames = [
        "PsInitialSystemProcess", "NtBuildNumber", "SeTokenObjectType", "PsProcessType", "PsThreadType", "PsJobType",
        "IoFileObjectType", "ExEventObjectType", "MmSectionObjectType", "MmHighestUserAddress", "MmSystemRangeStart",
        "MmUserProbeAddress", "KdDebuggerEnabled", "NtGlobalFlag", "InitSafeBootMode", "KeNumberProcessors",
    ]

    /// Writes the kernel image: its headers and the plain variables.
    mutating func writeImage() throws(ForgeError) {
        guard let identity = profile.identity else { throw .profileLacks("identity") }
        var names = Self.exportedNames
        if profile.build >= 10240 { names.append("PsLoadedModuleList") }
        let executable = PortableExecutable(
            byteCount: imageByteCount, timeDateStamp: UInt32(truncatingIfNeeded: generator.next() >> 33),
            identity: identity,
            exports: names.compactMap { name in profile.symbol(named: name).map { .init(name: name, rva: $0.rva) } },
            fileName: "ntoskrnl.exe")
        memory.store(executable.page, at: plan.kernelBase)
        // The kernel's data is resident, whatever its values are.
        for name in profile.symbolNames {
            if let address = symbol(name) { memory.touch(address) }
        }
        setSymbol("NtBuildNumber", 0xF000_0000 | UInt64(profile.build), byteCount: 4)
        setSymbol("NtMajorVersion", profile.build >= 10240 ? 10 : 6, byteCount: 4)
        setSymbol("NtMinorVersion", UInt64(minorVersion), byteCount: 4)
        setSymbol("MmHighestUserAddress", profile.build < 9200 ? 0x7FF_FFFE_FFFF : 0x7FFF_FFFE_FFFF)
        setSymbol("MmUserProbeAddress", profile.build < 9200 ? 0x7FF_FFFF_0000 : 0x7FFF_FFFF_0000)
        setSymbol("MmSystemRangeStart", profile.build < 9200 ? 0xFFFF_0800_0000_0000 : 0xFFFF_8000_0000_0000)
        setSymbol("KeNumberProcessors", UInt64(options.processors), byteCount: 1)
        setSymbol("PsNtosImageBase", plan.kernelBase)
        setSymbol("PsNtosImageEnd", plan.kernelBase + UInt64(imageByteCount))
        setSymbol("MmPfnDatabase", plan.pfnDatabase)
        setSymbol("MmPteBase", plan.pteBase)
        if let buildLab = symbol("NtBuildLab") {
            memory.store(Array(self.buildLab.utf8) + [0], at: buildLab)
        }
        writeInvalidMask()
        writeDebuggerData()
    }

    /// Minor version of Windows: 1 and 3 before Windows 10.
    var minorVersion: Int { profile.build >= 10240 ? 0 : profile.build >= 9600 ? 3 : profile.build >= 9200 ? 2 : 1 }

    /// The build's name as the kernel keeps it.
    var buildLab: String {
        let revision = profile.version.split(separator: ".").last.map(String.init) ?? "0"
        return "\(profile.build).\(revision == "?" ? "0" : revision).amd64fre.forge.190401-1530"
    }

    private mutating func writeInvalidMask() {
        switch profile.invalidPTEMask {
        case .variable(rva: let rva): memory.store(invalidMask, at: plan.kernelBase + UInt64(rva))
        case .insideMiState(offset: let offset):
            if let state = symbol("MiState") { memory.store(invalidMask, at: state + UInt64(offset)) }
        case nil: break
        }
    }

    /// The first instructions of a kernel function, as a context's instruction pointer.
    func functionAddress(_ name: String) -> UInt64 {
        profile.function(named: name).map { plan.kernelBase + UInt64($0.rva) } ?? plan.kernelBase + 0x1000
    }
}
