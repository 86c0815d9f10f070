/// A file that appears under its name only when it is whole: it is written under another name, brought to the disk, and then renamed.
///
/// What is not committed is deleted with this object.
package final class AtomicFile {
    /// Where the bytes lie until they are committed.
    package let temporaryPath: String
    /// Bytes that were written.
    package private(set) var byteCount = 0
    private var descriptor: Int32?
    private var isCommitted = false

    /// Other runs of this program may be writing into the same folder.
    private static let mostAttempts = 1000

    private static let prefix = ".logonleak-"
    private static let suffix = ".part"

    /// Whether a name is one that files have until they are committed: such a file belongs to a run that is writing, or was ended.
    package static func isTemporary(_ name: String) -> Bool { name.hasPrefix(prefix) && name.hasSuffix(suffix) }

    /// Begins a file in a folder, which is made where it is missing; the file must be committed into the same file system.
    package init(in folder: String) throws(FileError) {
        try Folder.create(folder)
        for attempt in 0..<Self.mostAttempts {
            let name = "\(Self.prefix)\(SystemFolder.processNumber)-\(attempt)\(Self.suffix)"
            let path = Folder.path(folder, name)
            guard let descriptor = try SystemFolder.createFile(path) else { continue }
            self.descriptor = descriptor
            temporaryPath = path
            return
        }
        throw FileError(path: folder, reason: .system(call: "open", code: 0, text: "too many unfinished files"))
    }

    deinit {
        if let descriptor { _ = SystemFolder.close(descriptor) }
        if !isCommitted { SystemFolder.delete(temporaryPath) }
    }

    /// Appends bytes.
    package func write(_ bytes: ArraySlice<UInt8>) throws(FileError) {
        guard let descriptor else { return }
        try SystemFolder.write(bytes, to: descriptor, path: temporaryPath)
        byteCount += bytes.count
    }

    /// Throws away what was written.
    package func restart() throws(FileError) {
        guard let descriptor else { return }
        try SystemFolder.empty(descriptor, path: temporaryPath)
        byteCount = 0
    }

    /// Ends writing: all bytes are on the disk, and can be read at ``temporaryPath``.
    package func finishWriting() throws(FileError) {
        guard let descriptor else { return }
        self.descriptor = nil
        try SystemFolder.finish(descriptor, path: temporaryPath)
    }

    /// Gives the file its name, in the place of a file that has it; missing folders are made.
    package func commit(as path: String) throws(FileError) {
        try finishWriting()
        if let folder = Folder.parent(of: path) { try Folder.create(folder) }
        try SystemFolder.move(temporaryPath, to: path)
        isCommitted = true
    }
}
