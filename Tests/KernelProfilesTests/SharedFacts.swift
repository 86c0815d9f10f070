import Foundation
import KernelProfiles
import Testing

/// A generator of numbers with a seed, so that a sample is the same in each run.
struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var value = state
        value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
        value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
        return value ^ (value >> 31)
    }
}

/// The folder of facts and dumps beside the package.
enum SharedFacts {
    /// Beside the package, or beside the folder that holds it.
    static let path: String = {
        let package = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        let places = ["../shared", "../../shared"].map {
            package.appending(path: $0 + "/reference/kernels.json.xz").standardizedFileURL.path
        }
        return places.first { FileManager.default.fileExists(atPath: $0) } ?? places[0]
    }()

    static let isPresent = FileManager.default.fileExists(atPath: path)

    /// The unpacked document; larger than any symbol file.
    static func text() throws -> [UInt8] { try SymbolFileText.read(path: path, maximumByteCount: 1 << 30) }
}
