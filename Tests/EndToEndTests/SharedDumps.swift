import Foundation

/// The dumps with truth files that lie beside the checkout; the project stands without them.
enum SharedDumps {
    static let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent().appending(path: "shared")

    /// Why the tests over them are skipped; nil where they can run.
    static let reasonToSkip: String? = {
        guard FileManager.default.fileExists(atPath: folder.appending(path: "dumps").path) else {
            return "there is no folder ../shared/dumps"
        }
        guard programInPath("xz") != nil else { return "there is no xz program to unpack the shared dumps" }
        guard programInPath("python3") != nil else { return "there is no python3 to run the truth checker" }
        return nil
    }()

    static let isAvailable: Bool = {
        if let reasonToSkip { print("skipped: the shared dumps, because \(reasonToSkip)") }
        return reasonToSkip == nil
    }()

    /// Names of all dumps, sorted.
    static let names: [String] = {
        guard reasonToSkip == nil else { return [] }
        let files = (try? FileManager.default.contentsOfDirectory(atPath: folder.appending(path: "dumps").path)) ?? []
        return files.filter { $0.hasSuffix(".dmp.xz") }.map { String($0.dropLast(".dmp.xz".count)) }.sorted()
    }()

    /// Unpacks a dump for the time of `body`.
    static func withDump<R>(_ name: String, _ body: (_ path: String) throws -> R) throws -> R {
        let packed = folder.appending(path: "dumps/\(name).dmp.xz")
        let path = Scratch.file("\(name).dmp")
        defer { try? FileManager.default.removeItem(atPath: path) }
        let unpacked = try Run(URL(filePath: "/bin/sh"), ["-c", "xz -dc \"$0\" > \"$1\"", packed.path, path])
        guard unpacked.status == 0 else { throw CocoaError(.fileReadCorruptFile) }
        return try body(path)
    }

    /// The truth file of a dump, packed or not.
    static func truth(_ name: String) -> String {
        let plain = folder.appending(path: "dumps/\(name).truth.json").path
        return FileManager.default.fileExists(atPath: plain) ? plain : plain + ".xz"
    }

    /// The truth of a dump as an object.
    static func truthObject(_ name: String) throws -> [String: Any] {
        let path = truth(name)
        let data =
            path.hasSuffix(".xz")
            ? try Run(URL(filePath: "/bin/sh"), ["-c", "xz -dc \"$0\"", path]).output
            : try Data(contentsOf: URL(filePath: path))
        guard let object = try JSONSerialization.jsonObject(with: data) as? [String: Any] else {
            throw CocoaError(.fileReadCorruptFile)
        }
        return object
    }

    /// Runs the truth checker over an analysis.
    static func check(_ analysis: String, against truth: String, _ arguments: [String]) throws -> Run {
        guard let python = programInPath("python3") else { throw CocoaError(.fileNoSuchFile) }
        let script = folder.appending(path: "tools/check_truth.py").path
        return try Run(python, [script, analysis, truth] + arguments)
    }
}
