import Foundation

/// A Python environment with other readers of memory dumps, made once for a test process; tests skip what cannot be had.
enum PythonEnvironment {
    private static let folder = Scratch.folder.appending(path: "python")

    private static let python: URL? = {
        guard let python = programInPath("python3"),
            let made = try? Run(python, ["-m", "venv", folder.path]), made.status == 0
        else { return nil }
        return folder.appending(path: "bin/python")
    }()

    private static func installs(_ package: String) -> Bool {
        guard let python,
            let run = try? Run(
                python, ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", package], limit: 90),
            run.status == 0
        else {
            print("skipped: the comparison with \(package), because it cannot be installed")
            return false
        }
        return true
    }

    static let hasVolatility = installs("volatility3")
    static let hasKdmpParser = installs("kdmp-parser")
    static let hasSchemaValidator = installs("jsonschema")

    /// Runs a script of `Tests/EndToEndTests/Scripts`.
    static func run(script: String, _ arguments: [String]) throws -> Run {
        let scripts = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Scripts")
        guard let python else { throw CocoaError(.fileNoSuchFile) }
        return try Run(python, [scripts.appending(path: script).path] + arguments)
    }

    /// Runs a program that a package brought.
    static func run(program: String, _ arguments: [String]) throws -> Run {
        try Run(folder.appending(path: "bin/\(program)"), arguments, limit: 240)
    }
}
