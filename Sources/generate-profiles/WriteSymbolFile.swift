import ArgumentParser
import KernelProfiles

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

struct WriteSymbolFile: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "symbol-file", abstract: "Write a built-in profile as a symbol file for volatility3.")

    @Argument(help: "Version of the kernel: 10.0.17763.5820.")
    var version: String

    @Argument(help: "A symbols folder of volatility3 (its option -s); windows/ntkrnlmp.pdb/… is made below it.")
    var folder: String

    func run() throws {
        guard let profile = BuiltInProfiles.profile(version: version), let identity = profile.identity else {
            throw ValidationError("there is no built-in profile of \(version) with an identity")
        }
        let file = URL(filePath: folder).appending(path: VolatilitySymbolFile.relativePath(for: identity))
        try FileManager.default.createDirectory(
            at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data(VolatilitySymbolFile.text(of: profile).utf8).write(to: file)
        print(file.path)
    }
}
