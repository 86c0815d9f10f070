import Foundation
import LeakTestSupport
import Testing

/// A symbol server on loopback, with the folder that it serves, and a store beside it.
final class SymbolServer {
    /// Whether the tests with a server can run.
    static let isAvailable: Bool = {
        for program in ["python3", "curl"] where programInPath(program) == nil {
            print("skipped: the tests with a symbol server, because there is no \(program)")
            return false
        }
        return true
    }()

    let folder = Scratch.file("served")
    /// The store of the one who asks.
    let store = Scratch.file("store")
    private let log = Scratch.file("log")
    private let process = Process()
    private(set) var port = 0

    init() throws {
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        let portFile = Scratch.file("port")
        process.executableURL = programInPath("python3")
        let scripts = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Scripts")
        process.arguments = [scripts.appending(path: "symbol-server.py").path, folder, log, portFile]
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        try process.run()
        for _ in 0..<400 where port == 0 {
            Thread.sleep(forTimeInterval: 0.05)
            port = (try? String(contentsOfFile: portFile, encoding: .utf8)).flatMap { Int($0) } ?? 0
        }
        try #require(port != 0, "the server does not start")
    }

    deinit { stop() }

    /// Ends the server.
    func stop() {
        guard process.isRunning else { return }
        // What a test's thread starts has most signals blocked.
        kill(process.processIdentifier, SIGKILL)
        process.waitUntilExit()
    }

    /// The address under which it behaves in one way.
    func address(_ behaviour: String) -> String { "http://127.0.0.1:\(port)/\(behaviour)" }

    /// Puts a file into the folder that is served.
    func put(_ bytes: [UInt8], _ path: String) throws {
        let url = URL(filePath: folder + "/" + path)
        try FileManager.default.createDirectory(at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data(bytes).write(to: url)
    }

    /// What it was asked for, in order.
    var questions: [String] {
        let text = (try? String(contentsOfFile: log, encoding: .utf8)) ?? ""
        return text.split(separator: "\n").map(String.init)
    }

    /// All files in the store, hidden ones too.
    var stored: [String] {
        let paths = (try? FileManager.default.subpathsOfDirectory(atPath: store)) ?? []
        return paths.filter { path in
            var isFolder: ObjCBool = false
            return FileManager.default.fileExists(atPath: store + "/" + path, isDirectory: &isFolder)
                && !isFolder.boolValue
        }.sorted()
    }

    /// Fetches one file of a manifest into the store.
    func fetch(
        _ behaviour: String, name: String = "ntkrnlmp.pdb", key: String = SmallProgramDatabase().key,
        _ options: String...,
        environment: [String: String] = [:]
    ) throws -> Run {
        let manifest = Scratch.file("manifest.txt")
        try Data("\(name),\(key),1\n".utf8).write(to: URL(filePath: manifest))
        let quiet = [
            "http_proxy": "", "HTTP_PROXY": "", "all_proxy": "", "ALL_PROXY": "", "no_proxy": "", "NO_PROXY": "",
        ]
        return try Run(
            Program.url,
            [
                "symbols", "fetch", "--manifest", manifest, "--symbols", "srv*\(store)*\(address(behaviour))",
                "--tries", "1",
            ]
                + options, environment: quiet.merging(environment) { $1 })
    }
}
