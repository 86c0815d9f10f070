import ArgumentParser
import KernelProfiles

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

struct VerifyCollection: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify", abstract: "Compare every fact with what a reader gets from the collection.")

    @OptionGroup var files: CollectionFiles

    func run() throws {
        let facts = try files.readFacts()
        let bytes = [UInt8](try Data(contentsOf: URL(filePath: files.collection)))
        guard let collection = ProfileCollection(CollectionBytes(copying: bytes)), collection.isIntact else {
            throw ValidationError(
                "\(files.collection) is no intact collection of form \(ProfileCollection.formatVersion)")
        }
        var verification = Verification(facts: facts, collection: collection)
        verification.run()
        for difference in verification.differences.prefix(20) { print("wrong: \(difference)") }
        print("\(verification.factCount) facts compared, \(verification.differences.count) wrong")
        if !verification.differences.isEmpty { throw ExitCode.failure }
    }
}
