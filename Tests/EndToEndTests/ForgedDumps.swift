import DumpForge
import Foundation
import KernelProfiles
import Synchronization
import Testing

/// Small forged machines as files, each written once for a test process.
enum ForgedDumps {
    /// What a machine is like.
    struct Recipe: Hashable, Sendable {
        var scenario = ForgeScenario.grabber
        var version = "10.0.17763.5933"
        var type = ForgedDumpType.bitmapKernel
        var sessions: Int? = 24

        static let leak = Recipe()
        static let clean = Recipe(scenario: .clean, version: "10.0.14393.6343", sessions: nil)
    }

    /// A dump as a file, with the truth of it.
    struct Written: Sendable {
        let path: String
        let truth: ForgedTruth
    }

    private static let written = Mutex<[Recipe: Written]>([:])

    /// The machine of a recipe.
    static func machine(_ recipe: Recipe) throws -> ForgedMachine {
        let profile = try #require(BuiltInProfiles.profile(version: recipe.version))
        var options = ForgeOptions(scenario: recipe.scenario, profile: profile, seed: 3)
        options.logonSessions = recipe.sessions
        return try ForgedMachine(options)
    }

    /// The dump of a recipe.
    static func dump(_ recipe: Recipe = .leak) throws -> Written {
        try written.withLock { written in
            if let dump = written[recipe] { return dump }
            let machine = try machine(recipe)
            let path = Scratch.file("\(recipe.scenario.rawValue)-\(recipe.type.rawValue).dmp")
            try machine.write(to: path, as: recipe.type)
            let dump = Written(path: path, truth: machine.truth(for: recipe.type))
            written[recipe] = dump
            return dump
        }
    }

    /// A copy of a dump with some bytes replaced.
    static func spoilt(_ recipe: Recipe = .leak, _ change: (inout [UInt8]) throws -> Void) throws -> String {
        var bytes = [UInt8](try Data(contentsOf: URL(filePath: try dump(recipe).path)))
        try change(&bytes)
        return try file(bytes, "spoilt.dmp")
    }

    /// A file of these bytes.
    static func file(_ bytes: [UInt8], _ name: String) throws -> String {
        let path = Scratch.file(name)
        try Data(bytes).write(to: URL(filePath: path))
        return path
    }
}

extension [UInt8] {
    /// Replaces bytes with a little-endian number.
    mutating func put(_ value: UInt64, byteCount: Int = 8, at offset: Int) {
        for index in 0..<byteCount { self[offset + index] = UInt8(truncatingIfNeeded: value >> UInt64(8 * index)) }
    }

    /// Replaces a sequence of bytes wherever it stands; the new one has as many.
    mutating func replaceAll(_ old: [UInt8], with new: [UInt8]) -> Int {
        let data = Data(self)
        var count = 0
        var rest = data.startIndex..<data.endIndex
        while let found = data.range(of: Data(old), in: rest) {
            replaceSubrange(found.lowerBound..<found.upperBound, with: new)
            count += 1
            rest = found.upperBound..<data.endIndex
        }
        return count
    }
}
