import ArgumentParser

#if canImport(Darwin)
    import Darwin
#elseif canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(ucrt)
    import ucrt
#endif

/// Where a command's result goes.
enum OutputDestination {
    case standardOutput
    case file(path: String, mayReplace: Bool)

    /// Writes the whole result.
    ///
    /// A file is readable by its owner alone, since a dump's contents are nobody else's business. A pipe that its reader closed ends the
    /// program without complaint.
    func write(_ bytes: [UInt8]) throws(Failure) {
        switch self {
        case .standardOutput:
            guard let error = StandardStream.output.writeAll(bytes), error != EPIPE else { return }
            throw Failure(status: .readOrWriteError, summary: "cannot write the result: \(Self.text(of: error))")
        case .file(let path, let mayReplace):
            let descriptor = try Self.create(path, mayReplace: mayReplace)
            let writeError = StandardStream.writeAll(bytes, to: descriptor)
            let closeError = close(descriptor) == 0 ? nil : errno
            if let error = writeError ?? closeError {
                throw Failure(status: .readOrWriteError, summary: "cannot write \(path): \(Self.text(of: error))")
            }
        }
    }

    private static func create(_ path: String, mayReplace: Bool) throws(Failure) -> Int32 {
        let flags = O_WRONLY | O_CREAT | (mayReplace ? O_TRUNC : O_EXCL)
        let descriptor = unsafe open(path, flags, 0o600)
        guard descriptor < 0 else { return descriptor }
        let error = errno
        throw Failure(
            status: .cannotCreateOutput, summary: "cannot create \(path): \(text(of: error))",
            advice: error == EEXIST ? ["Name another file, or give --force to replace it."] : [])
    }

    private static func text(of error: Int32) -> String { unsafe String(cString: strerror(error)) }
}
