/// Why a file could not be opened: the file, and what the system or its kind said.
public struct FileError: Error, Hashable, Sendable, CustomStringConvertible {
    /// What stood in the way.
    public enum Reason: Hashable, Sendable {
        /// There is no such file, or a folder of the path is missing.
        case notFound
        /// The file is there, but this user may not read it.
        case notPermitted
        /// The path names a directory.
        case isDirectory
        /// The path names a pipe, a socket or a device, which cannot be mapped.
        case notRegularFile
        /// The file has no bytes.
        case empty
        /// The system refused for another reason: which call, its error number and its words.
        case system(call: String, code: Int, text: String)
    }

    /// The path as it was given.
    public let path: String
    /// What stood in the way.
    public let reason: Reason

    /// Describes a failure to open `path`.
    public init(path: String, reason: Reason) {
        self.path = path
        self.reason = reason
    }

    /// One line for people: the path and the reason.
    public var description: String {
        switch reason {
        case .notFound: "\(path): no such file"
        case .notPermitted: "\(path): this user has no permission to read it"
        case .isDirectory: "\(path): is a directory, not a file"
        case .notRegularFile: "\(path): is no regular file (a pipe, socket or device cannot be mapped)"
        case .empty: "\(path): the file is empty"
        case .system(let call, let code, let text): "\(path): \(call) failed: \(text) (\(code))"
        }
    }
}
