public import FileMapping

/// Why a PDB, or a part of it, cannot be read: which part, where, and what is wrong there.
public struct ProgramDatabaseError: Error, Hashable, Sendable, CustomStringConvertible {
    /// What is wrong.
    public enum Reason: Hashable, Sendable {
        /// The file cannot be opened.
        case file(FileError)
        /// The file is something else.
        case foreign(ForeignFormat)
        /// The part is damaged, in words.
        case damaged(String)
    }

    /// The file.
    public let path: String
    /// What was being read: `the superblock`, `the stream directory`, `the type stream`.
    public let part: String
    /// Number of the stream; nil outside of streams.
    public let stream: Int?
    /// Byte position in the stream, in the file where there is no stream; nil where none can be named.
    public let offset: Int?
    /// What is wrong.
    public let reason: Reason

    init(path: String, part: String, stream: Int? = nil, offset: Int? = nil, _ reason: Reason) {
        self.path = path
        self.part = part
        self.stream = stream
        self.offset = offset
        self.reason = reason
    }

    /// What was being done and why it failed, one sentence.
    public var summary: String {
        switch reason {
        case .file(let error): "cannot open \(error)"
        case .foreign(let format): "\(path) is \(format == .unknown ? "" : "no PDB but ")\(format.rawValue)"
        case .damaged: "\(path) is a damaged PDB: \(part) cannot be read"
        }
    }

    /// What was found; empty where the summary says all.
    public var found: String {
        switch reason {
        case .file: return ""
        case .foreign: return "A PDB begins \"Microsoft C/C++ MSF 7.00\"; this file does not."
        case .damaged(let words):
            let place = [stream.map { "stream \($0)" }, offset.map { "byte \($0)" }].compactMap(\.self)
            return (place.isEmpty ? "" : place.joined(separator: ", ") + ": ") + words + "."
        }
    }

    /// What the user can do.
    public var advice: String {
        switch reason {
        case .file(let error):
            switch error.reason {
            case .empty: "Fetch the file again; its name is right but it has no bytes."
            case .notFound: "Look at the path again."
            case .isDirectory: "Name the PDB in it."
            case .notPermitted, .notRegularFile, .system: "Copy it to a place where it can be read as a plain file."
            }
        case .foreign(let format): format.advice
        case .damaged: "Fetch the file again from where it came; `logonleak symbols info` shows what can be read of it."
        }
    }

    /// All of it on one line.
    public var description: String { found.isEmpty ? summary : "\(summary) (\(found))" }
}
