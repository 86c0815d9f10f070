import ArgumentParser
import KernelProfiles

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

@main
struct GenerateProfiles: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "generate-profiles",
        abstract: "Turns kernel facts (kernels.json) into the collection of profiles inside the program.",
        discussion: "Documentation/KernelProfiles.md says how to add a kernel.")

    @Argument(help: "The facts: kernels.json.")
    var facts: String

    @Argument(help: "The collection to write, or with --verify to read: Sources/CKernelProfiles/profiles.bin.")
    var collection: String

    @Flag(help: "Compare every fact with what a reader gets from the collection; write nothing.")
    var verify = false

    func run() throws {
        let facts = try KernelFacts(json: [UInt8](Data(contentsOf: URL(filePath: facts))))
        if verify {
            try check(facts)
        } else {
            try write(facts)
        }
    }

    private func write(_ facts: KernelFacts) throws {
        let sections = CollectionWriter(facts).sections()
        let bytes = CollectionWriter.collection(of: sections)
        try Data(bytes).write(to: URL(filePath: collection))
        for (section, content) in zip(ProfileCollection.Section.allCases, sections) {
            print("\(content.count)\t\(section)")
        }
        print(
            "\(bytes.count)\tin all; \(facts.kernels.count) kernels, \(facts.layoutOnlyKernels.count) by version alone")
    }

    private func check(_ facts: KernelFacts) throws {
        let bytes = [UInt8](try Data(contentsOf: URL(filePath: collection)))
        guard let collection = ProfileCollection(CollectionBytes(copying: bytes)), collection.isIntact else {
            throw ValidationError(
                "\(self.collection) is no intact collection of form \(ProfileCollection.formatVersion)")
        }
        var verification = Verification(facts: facts, collection: collection)
        verification.run()
        for difference in verification.differences.prefix(20) { print("wrong: \(difference)") }
        print("\(verification.factCount) facts compared, \(verification.differences.count) wrong")
        if !verification.differences.isEmpty { throw ExitCode.failure }
    }
}
