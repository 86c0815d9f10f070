/// Writes a log file for the shell, which itself knows no files.
public protocol LogWriting: AnyObject {
    /// Opens a file and makes it the log.
    ///
    /// - Parameters:
    ///   - path: The file.
    ///   - appends: Whether what is there stays.
    /// - Returns: Why it cannot be opened, in the system's words; nil where it is open.
    func open(path: String, appends: Bool) -> String?
    /// Writes a line to the open file.
    func write(_ line: String)
    /// Closes the file.
    func close()
    /// What a generated name ends with: process number, date and time.
    var nameSuffix: String { get }
}

/// A log that nobody keeps: for shells without files.
public final class NoLog: LogWriting {
    /// Makes one.
    public init() {}
    /// Always fails.
    public func open(path: String, appends: Bool) -> String? { "no files can be written here" }
    /// Does nothing.
    public func write(_ line: String) {}
    /// Does nothing.
    public func close() {}
    /// Always the same.
    public var nameSuffix: String { "0000" }
}
