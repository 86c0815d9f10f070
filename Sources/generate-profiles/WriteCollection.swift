import ArgumentParser
import KernelProfiles

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// The two files that the commands work on.
struct CollectionFiles: ParsableArguments {
    @Argument(help: "The facts: kernels.json, or kernels.json.xz.")
    var facts: String

    @Argument(help: "The collection: Sources/CKernelProfiles/profiles.bin.")
    var collection: String

    /// Reads the facts. They are larger than any symbol file.
    func readFacts() throws -> KernelFacts {
        try KernelFacts(json: SymbolFileText.read(path: facts, maximumByteCount: 1 << 30))
    }
}

struct WriteCollection: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "write", abstract: "Write the collection and print the size of its sections.")

    @OptionGroup var files: CollectionFiles

    func run() throws {
        let facts = try files.readFacts()
        let sections = CollectionWriter(facts).sections()
        let bytes = CollectionWriter.collection(of: sections)
        try Data(bytes).write(to: URL(filePath: files.collection))
        for (section, content) in zip(ProfileCollection.Section.allCases, sections) {
            print("\(content.count)\t\(section)")
        }
        let counts = "\(facts.kernels.count) kernels, \(facts.layoutOnlyKernels.count) by version alone"
        print("\(bytes.count)\tin all; \(counts)")
    }
}
