import AddressTranslation
import BinaryReading
import KernelProfiles
import KernelSymbols
import MemoryImages

extension DumpFacts {
    /// What the header of a dump says, with what only the objects in it can tell.
    init(of kernel: Kernel, sessions: [LogonSession], processes: [Process], _ context: ReadingContext) {
        let dump = kernel.dump
        let header = dump.header
        self.init(
            path: dump.path, format: "PAGEDU64", dumpType: header.dumpType, build: header.buildNumber,
            captured: header.systemTime, uptimeSeconds: header.upTime.map { $0 / FileTime.unitsPerSecond },
            processorCount: header.processorCount, bugCheckCode: header.bugCheckCode,
            bugCheckParameters: header.bugCheckParameters, computerName: Self.computerName(sessions),
            hasUserPages: Self.hasUserPages(dumpType: header.dumpType, processes, context),
            isLive: header.attributes?.contains(.liveDump) ?? false,
            expectedPages: dump.physicalMemory.expectedPageCount, presentPages: dump.physicalMemory.presentPageCount)
    }

    /// The machine's own account, `NAME$`, is that of the SYSTEM session.
    private static func computerName(_ sessions: [LogonSession]) -> String? {
        let system = sessions.first { $0.luid == .localSystem && $0.serverSilo == nil }
        guard let account = system?.accountName, account.hasSuffix("$"), account.count > 1 else { return nil }
        return String(account.dropLast())
    }

    /// Complete dumps have the pages of processes; of the others the process environment blocks tell.
    private static func hasUserPages(dumpType: UInt32, _ processes: [Process], _ context: ReadingContext) -> Bool {
        if [1, 9, 0xA].contains(dumpType) { return true }
        guard let layout = try? ProcessLayout(context.profile) else { return false }
        return processes.lazy.filter { !$0.hasExited }.prefix(64).contains { process in
            guard let block = try? context.memory.loadAddress(at: process.address + layout.environmentBlock),
                !block.isNull, !block.isKernel
            else { return false }
            let space = context.kernel.addressSpace.withDirectoryTableBase(process.directoryTableBase)
            return (try? space.translate(block)) != nil
        }
    }
}

extension KernelFacts {
    init(of kernel: Kernel) {
        let source = if case .symbolFile(let path) = kernel.profile.source { path } else { "builtIn" }
        self.init(
            base: kernel.base, byteCount: kernel.imageByteCount,
            directoryTableBase: kernel.addressSpace.directoryTableBase,
            pagingLevels: kernel.addressSpace.levels.rawValue,
            identity: kernel.identity, version: kernel.profile.version, symbolSource: source)
    }
}
