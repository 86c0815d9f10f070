import FileMapping
import KernelObjects
import KernelProfiles
import KernelSymbols
import MemoryImages
import ProgramDatabases

extension Failure {
    init(_ error: FileError) {
        let status: ExitStatus =
            switch error.reason {
            case .isDirectory, .notRegularFile, .empty: .inputRefused
            case .notFound, .notPermitted, .system: .cannotOpenInput
            }
        self.init(status: status, summary: "cannot open \(error)", advice: [Self.advice(for: error.reason)])
    }

    private static func advice(for reason: FileError.Reason) -> String {
        switch reason {
        case .notFound: "Look at the path again; Windows writes its dump to C:\\Windows\\MEMORY.DMP."
        case .notPermitted: "Ask for the right to read it, or copy it to a place of your own."
        case .isDirectory: "Name the dump in it, often MEMORY.DMP."
        case .notRegularFile: "Write what comes from it to a file first."
        case .empty: "Copy the dump again; to capture one that can be analysed: logonleak capture"
        case .system: "Copy the dump to a disk of this machine and try again."
        }
    }

    init(_ error: DumpError) {
        self.init(
            status: .inputRefused, summary: error.summary, details: error.found.isEmpty ? [] : [error.found],
            advice: error.advice.isEmpty ? [] : [error.advice])
    }

    init(_ error: KernelError) {
        let status: ExitStatus =
            switch error {
            case .unknownKernel: .kernelUnknown
            case .foreignSymbols, .noPageTables, .noKernelImage, .noIdentity: .inputRefused
            }
        self.init(status: status, summary: error.summary, details: error.details, advice: error.advice)
    }

    init(_ error: LayoutError) {
        self.init(
            status: .kernelUnknown, summary: "the symbols of this kernel do not suffice: \(error)",
            advice: ["Give a complete Volatility symbol file: --symbols FILE.json"])
    }

    init(_ error: SymbolFileError) {
        let status: ExitStatus = if case .unreadable = error { .cannotOpenInput } else { .inputRefused }
        self.init(status: status, summary: "\(error)", advice: [Self.acceptedSymbols])
    }

    private static let acceptedSymbols =
        "--symbols takes a PDB, or a Volatility symbol file (ISF): FILE.json or FILE.json.xz."

    init(_ error: ProgramDatabaseError) {
        self.init(
            status: Self.status(of: error), summary: error.summary, details: error.found.isEmpty ? [] : [error.found],
            advice: [error.advice])
    }

    private static func status(of error: ProgramDatabaseError) -> ExitStatus {
        guard case .file(let error) = error.reason else { return .inputRefused }
        return Failure(error).status
    }

    init(_ error: SymbolLoadingError) {
        switch error {
        case .symbolFile(let error): self.init(error)
        case .programDatabase(let error): self.init(error)
        case .unusable(let path, let reason):
            self.init(
                status: .inputRefused, summary: "\(path) cannot describe the kernel of a dump: \(reason)",
                advice: [
                    "Microsoft's public ntkrnlmp.pdb of that kernel has types and addresses; "
                        + "`logonleak symbols info FILE` shows what a file has."
                ])
        }
    }
}
