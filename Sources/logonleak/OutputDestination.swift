/// Where a command's result goes.
enum OutputDestination {
    case standardOutput
    case file(path: String, mayReplace: Bool)

    /// Opens the destination.
    ///
    /// A file is readable by its owner alone: what a dump holds is nobody else's business.
    func open() throws(Failure) -> OutputWriter {
        guard case .file(let path, let mayReplace) = self else {
            survivePipeClosing()
            return OutputWriter(descriptor: StandardStream.output.descriptor, name: "standard output", isFile: false)
        }
        do throws(SystemError) {
            let descriptor = try createFile(at: path, mayReplace: mayReplace)
            return OutputWriter(descriptor: descriptor, name: path, isFile: true)
        } catch {
            throw Failure(
                status: .cannotCreateOutput, summary: "cannot create \(path): \(systemErrorText(error.number))",
                advice: error.isExisting ? ["Name another file, or give --force to replace it."] : [])
        }
    }
}

/// Writes a result piece by piece and remembers the first error.
final class OutputWriter {
    private let descriptor: Int32
    private let name: String
    private let isFile: Bool
    private var error: SystemError?

    init(descriptor: Int32, name: String, isFile: Bool) {
        self.descriptor = descriptor
        self.name = name
        self.isFile = isFile
    }

    /// Whether nothing more can be written.
    var hasFailed: Bool { error != nil }

    /// Writes a piece; after an error nothing more is written.
    func write(_ bytes: [UInt8]) {
        guard error == nil else { return }
        do throws(SystemError) { try writeBytes(bytes, to: descriptor) } catch { self.error = error }
    }

    /// Closes a file and says whether all was written. A pipe that its reader closed is no error: the reader had enough.
    func finish() throws(Failure) {
        if isFile {
            do throws(SystemError) { try closeFile(descriptor: descriptor) } catch { self.error = self.error ?? error }
        }
        guard let error, !error.isBrokenPipe else { return }
        throw Failure(status: .readOrWriteError, summary: "cannot write \(name): \(systemErrorText(error.number))")
    }
}
