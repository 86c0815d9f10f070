#if canImport(Darwin)
    import Darwin
#elseif canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(ucrt)
    import ucrt
#endif

/// The program's standard output or standard error.
struct StandardStream {
    private let descriptor: Int32

    static let output = StandardStream(descriptor: 1)
    static let error = StandardStream(descriptor: 2)

    /// Whether it is a terminal.
    var isTerminal: Bool {
        #if os(Windows)
            _isatty(descriptor) != 0
        #else
            isatty(descriptor) == 1
        #endif
    }

    /// The terminal's width in columns; nil where it is none or does not tell.
    var columns: Int? {
        #if os(Windows)
            return nil
        #else
            guard isTerminal else { return nil }
            var size = winsize()
            guard unsafe ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return nil }
            return Int(size.ws_col)
        #endif
    }

    /// Writes all of a text.
    func write(_ text: String) { _ = writeAll(Array(text.utf8)) }

    /// Writes all bytes.
    ///
    /// - Returns: nil when all were written, else the number of the system's error.
    func writeAll(_ bytes: [UInt8]) -> Int32? { StandardStream.writeAll(bytes, to: descriptor) }

    /// Writes all bytes to a descriptor.
    static func writeAll(_ bytes: [UInt8], to descriptor: Int32) -> Int32? {
        var written = 0
        while written < bytes.count {
            let count = unsafe bytes.withUnsafeBytes { buffer in
                let rest = unsafe UnsafeRawBufferPointer(rebasing: buffer[written...])
                #if os(Windows)
                    return unsafe Int(_write(descriptor, rest.baseAddress, UInt32(clamping: rest.count)))
                #else
                    return unsafe Glibc.write(descriptor, rest.baseAddress, rest.count)
                #endif
            }
            if count < 0 {
                if errno == EINTR { continue }
                return errno
            }
            written += count
        }
        return nil
    }
}
