import AddressTranslation
import BinaryReading
import KernelProfiles
import KernelSymbols

/// Finds out which services run in a process.
struct ServiceReading {
    private let context: ReadingContext
    private let environmentBlock: Int
    private let parameters: Int?
    private let commandLine: Int?

    private static let commandLineLimit = 0x8000

    init(_ context: ReadingContext) throws(LayoutError) {
        self.context = context
        environmentBlock = try ProcessLayout(context.profile).environmentBlock
        let block = try? FieldOffsets(of: "_PEB", in: context.profile)
        parameters = block?.optionalOffset("ProcessParameters")
        let parameterBlock = try? FieldOffsets(of: "_RTL_USER_PROCESS_PARAMETERS", in: context.profile)
        commandLine = parameterBlock?.optionalOffset("CommandLine", byteCount: UnicodeString.byteCount)
    }

    /// The services of a process: what its command line starts, where its pages are in the dump, else those whose SIDs are in its token.
    func services(of process: Process, token: Token?) -> [String] {
        if process.imageName.lowercased() == "svchost.exe", let line = commandLine(of: process) {
            let started = Self.services(inCommandLine: line)
            if !started.isEmpty { return started }
        }
        let names = (token?.groups ?? []).compactMap { ServiceNames.name(of: $0.sid) }
        return Array(Set(names)).sorted()
    }

    /// `-s NAME` names the one service of a host; a host of several names only their group, which says less than the token does.
    private static func services(inCommandLine line: String) -> [String] {
        let words = line.split(separator: " ")
        guard let option = words.firstIndex(of: "-s"), option + 1 < words.count else { return [] }
        return [String(words[option + 1])]
    }

    private func commandLine(of process: Process) -> String? {
        guard let parameters, let commandLine, process.directoryTableBase != 0,
            let block = try? context.memory.loadAddress(at: process.address + environmentBlock), !block.isNull,
            !block.isKernel
        else { return nil }
        let memory = VirtualMemory(context.kernel.addressSpace.withDirectoryTableBase(process.directoryTableBase))
        guard let start = try? memory.loadAddress(at: block + parameters),
            let string = try? memory.withBytes(
                at: start + commandLine, count: UnicodeString.byteCount, { UnicodeString($0, at: 0) })
        else { return nil }
        return try? string.text(in: memory, limit: Self.commandLineLimit)
    }
}
