import Foundation

/// One finished run of a program.
struct Run {
    let status: Int32
    let output: Data
    let errorText: String

    var text: String { String(decoding: output, as: UTF8.self) }

    /// Runs a program to its end; its output may be of any size.
    ///
    /// - Parameters:
    ///   - input: What it reads from its standard input.
    ///   - workingFolder: Where it runs; nil for where the tests run.
    ///   - limit: Seconds after which it is ended; its status then tells of the signal.
    init(
        _ executable: URL, _ arguments: [String], environment: [String: String] = [:], input: String = "",
        in workingFolder: URL? = nil, limit: TimeInterval = 120
    ) throws {
        let process = Process()
        process.executableURL = executable
        process.arguments = arguments
        process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
        // Files instead of pipes: nothing can fill up, whatever is read first.
        let folder = FileManager.default.temporaryDirectory.appending(path: "logonleak-run-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let outputFile = folder.appending(path: "output")
        let errorFile = folder.appending(path: "error")
        for file in [outputFile, errorFile] { try Data().write(to: file) }
        let inputFile = folder.appending(path: "input")
        try Data(input.utf8).write(to: inputFile)
        process.standardOutput = try FileHandle(forWritingTo: outputFile)
        process.standardError = try FileHandle(forWritingTo: errorFile)
        process.standardInput = try FileHandle(forReadingFrom: inputFile)
        if let workingFolder { process.currentDirectoryURL = workingFolder }
        try process.run()
        let watch = DispatchWorkItem { process.terminate() }
        DispatchQueue.global().asyncAfter(deadline: .now() + limit, execute: watch)
        process.waitUntilExit()
        watch.cancel()
        status = process.terminationReason == .exit ? process.terminationStatus : -process.terminationStatus
        output = try Data(contentsOf: outputFile)
        errorText = String(decoding: try Data(contentsOf: errorFile), as: UTF8.self)
    }
}

/// The program under test, built beside the tests.
enum Program {
    static let url = URL(filePath: CommandLine.arguments[0]).deletingLastPathComponent().appending(path: "logonleak")

    static func run(_ arguments: String..., environment: [String: String] = [:]) throws -> Run {
        try Run(url, arguments, environment: environment)
    }
}

/// A program found in PATH; nil where there is none.
func programInPath(_ name: String) -> URL? {
    let folders = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":")
    return folders.map { URL(filePath: String($0)).appending(path: name) }.first {
        FileManager.default.isExecutableFile(atPath: $0.path)
    }
}

/// A folder that lives as long as the test process.
enum Scratch {
    static let folder: URL = {
        let folder = FileManager.default.temporaryDirectory.appending(
            path: "logonleak-tests-\(ProcessInfo.processInfo.processIdentifier)")
        try? FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        atexit { try? FileManager.default.removeItem(at: Scratch.folder) }
        return folder
    }()

    /// A path in it that nothing has used before.
    static func file(_ name: String) -> String {
        let folder = folder.appending(path: UUID().uuidString)
        try? FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        return folder.appending(path: name).path
    }
}
