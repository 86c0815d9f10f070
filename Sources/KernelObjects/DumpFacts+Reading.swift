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
            path: dump.path, format: "PAGEDU64", dumpType: header.dumpType.rawValue, build: Int(header.buildNumber),
            captured: header.systemTime, uptimeSeconds: header.uptimeSeconds, processorCount: header.processorCount,
            bugCheckCode: header.bugCheck?.code, bugCheckParameters: header.bugCheck?.parameters ?? [],
            computerName: Self.computerName(sessions),
            hasUserPages: dump.holdsUserPages || Self.showsUserPages(processes, context), isLive: header.isLiveDump,
            expectedPages: dump.expectedPageCount, presentPages: dump.physicalMemory.presentPageCount)
    }

    /// The machine's own account, `NAME$`, is that of the SYSTEM session.
    private static func computerName(_ sessions: [LogonSession]) -> String? {
        let system = sessions.first { $0.luid == .localSystem && $0.serverSilo == nil }
        guard let account = system?.accountName, account.hasSuffix("$"), account.count > 1 else { return nil }
        return String(account.dropLast())
    }

    /// Whether the process environment block of a running process is in the dump: what the dump's type does not promise may be there.
    private static func showsUserPages(_ processes: [Process], _ context: ReadingContext) -> Bool {
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
        self.init(
            base: kernel.base, byteCount: kernel.imageByteCount,
            directoryTableBase: kernel.addressSpace.directoryTableBase,
            pagingLevels: kernel.addressSpace.levels.rawValue,
            identity: kernel.identity, version: kernel.profile.version,
            symbolSource: kernel.profile.source.description, inference: kernel.inference.map(InferenceFacts.init))
    }
}
