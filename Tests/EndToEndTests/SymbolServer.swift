import Foundation
import LeakTestSupport
import Testing

/// The Python script behind the tests' servers, as a process on loopback.
final class SymbolServerProcess: Sendable {
    /// The one that most tests share, each with a folder of its own.
    static let shared = Result { try SymbolServerProcess() }

    let folder = Scratch.file("served")
    let log = Scratch.file("log")
    let port: Int
    private let process = Process()

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
        var port: Int?
        for _ in 0..<400 where port == nil {
            Thread.sleep(forTimeInterval: 0.05)
            port = (try? String(contentsOfFile: portFile, encoding: .utf8)).flatMap { Int($0) }
        }
        self.port = try #require(port, "the server does not start")
    }

    /// Ends the server.
    func stop() {
        guard process.isRunning else { return }
        // What a test's thread starts has most signals blocked.
        kill(process.processIdentifier, SIGKILL)
        process.waitUntilExit()
    }
}

/// A symbol server on loopback as one test sees it: the folder that it serves, what it was asked, and a store beside it.
struct SymbolServer {
    /// Whether the tests with a server can run.
    static let isAvailable: Bool = {
        for program in ["python3", "curl"] where programInPath(program) == nil {
            print("skipped: the tests with a symbol server, because there is no \(program)")
            return false
        }
        return true
    }()

    /// The store of the one who asks.
    let store = Scratch.file("store")
    let process: SymbolServerProcess
    /// The first part of every path that this test asks for.
    private let name = UUID().uuidString

    init(process: SymbolServerProcess? = nil) throws {
        self.process = try process ?? SymbolServerProcess.shared.get()
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    }

    private var folder: String { process.folder + "/" + name }

    /// The address under which it behaves in one way.
    func address(_ behaviour: String, host: String? = nil) -> String {
        "http://\(host ?? "127.0.0.1:\(process.port)")/\(behaviour)/\(name)"
    }

    /// Puts a file into the folder that is served.
    func put(_ bytes: [UInt8], _ path: String) throws {
        let url = URL(filePath: folder + "/" + path)
        try FileManager.default.createDirectory(at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data(bytes).write(to: url)
    }

    /// What it was asked for, in order, without the test's own part of the path.
    var questions: [String] {
        let text = (try? String(contentsOfFile: process.log, encoding: .utf8)) ?? ""
        return text.split(separator: "\n").filter { $0.contains(name) }.map {
            String($0).replacing("/" + name, with: "")
        }
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
        options: [String] = [], environment: [String: String] = [:]
    ) throws -> Run {
        try fetch(from: address(behaviour), name: name, key: key, options: options, environment: environment)
    }

    /// Fetches one file from an address.
    func fetch(
        from address: String, name: String = "ntkrnlmp.pdb", key: String = SmallProgramDatabase().key,
        options: [String] = [], environment: [String: String] = [:]
    ) throws -> Run {
        let manifest = Scratch.file("manifest.txt")
        try Data("\(name),\(key),1\n".utf8).write(to: URL(filePath: manifest))
        let noProxies = Dictionary(
            uniqueKeysWithValues: ["http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY", "no_proxy", "NO_PROXY"].map {
                ($0, "")
            })
        return try Run(
            Program.url,
            ["symbols", "fetch", "--manifest", manifest, "--symbols", "srv*\(store)*\(address)", "--tries", "1"]
                + options, environment: noProxies.merging(environment) { $1 })
    }
}
