import BinaryReading
import FileMapping

/// A file of lines for the shell.
enum ShellScript {
    /// The lines of a file, without their ends.
    static func lines(ofFileAt path: String) throws(Failure) -> [String] {
        let file: MappedFile
        do { file = try MappedFile(path: path) } catch {
            guard error.reason != .empty else { return [] }
            throw Failure(error)
        }
        let bytes = file.withBytes { bytes in (try? bytes.copyBytes(at: 0, count: bytes.byteCount)) ?? [] }
        return String(decoding: bytes, as: UTF8.self).split(
            omittingEmptySubsequences: false, whereSeparator: \.isNewline
        )
        .map(String.init)
    }
}
