#if canImport(Darwin)
    import Darwin
#elseif canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(ucrt)
    import ucrt
#endif

/// Where a dump's bytes go, from the first to the last.
protocol DumpOutput {
    /// Adds bytes at the end.
    mutating func write(_ bytes: ArraySlice<UInt8>) throws(ForgeError)
    /// Leaves out `byteCount` bytes, which read as zeros.
    mutating func skip(_ byteCount: UInt64) throws(ForgeError)
}

/// A dump in memory.
struct MemoryOutput: DumpOutput {
    private(set) var bytes: [UInt8] = []

    mutating func write(_ part: ArraySlice<UInt8>) { bytes.append(contentsOf: part) }

    mutating func skip(_ byteCount: UInt64) {
        bytes.append(contentsOf: repeatElement(0, count: Int(clamping: byteCount)))
    }
}

/// A dump in a file, written through the system's buffered streams.
@safe struct FileOutput: DumpOutput {
    private let path: String
    private let stream: UnsafeMutablePointer<FILE>
    private var position: UInt64 = 0
    private var endsInHole = false

    /// Makes the file, or empties the one that is there.
    init(path: String) throws(ForgeError) {
        guard let stream = unsafe fopen(path, "wb") else { throw Self.failure(path) }
        self.path = path
        unsafe self.stream = stream
    }

    private static func failure(_ path: String) -> ForgeError {
        guard let text = unsafe strerror(errno) else { return .cannotWrite(path: path, reason: "error \(errno)") }
        return .cannotWrite(path: path, reason: unsafe String(cString: text))
    }

    mutating func write(_ part: ArraySlice<UInt8>) throws(ForgeError) {
        let written = unsafe part.withUnsafeBytes { bytes in
            unsafe fwrite(bytes.baseAddress, 1, bytes.count, stream)
        }
        guard written == part.count else { throw Self.failure(path) }
        position += UInt64(part.count)
        endsInHole = false
    }

    mutating func skip(_ byteCount: UInt64) throws(ForgeError) {
        guard byteCount > 0 else { return }
        position += byteCount
        endsInHole = true
        try seek(to: position)
    }

    private func seek(to target: UInt64) throws(ForgeError) {
        #if canImport(ucrt)
            let failed = unsafe _fseeki64(stream, Int64(target), SEEK_SET)
        #else
            let failed = unsafe fseeko(stream, off_t(target), SEEK_SET)
        #endif
        guard failed == 0 else { throw Self.failure(path) }
    }

    /// Ends the file; a hole at its end is closed with a byte.
    mutating func close() throws(ForgeError) {
        if endsInHole {
            try seek(to: position - 1)
            try write([0])
        }
        guard unsafe fclose(stream) == 0 else { throw Self.failure(path) }
    }

    /// Gives the file up after an error.
    func abandon() { _ = unsafe fclose(stream) }
}
