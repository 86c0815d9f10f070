#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#elseif canImport(ucrt)
    import ucrt
#endif

/// Gets the text of a symbol file from the file, unpacked where it is packed.
package enum SymbolFileText {
    /// Most bytes that are read or unpacked; a symbol file of a kernel has 5 to 40 MB.
    package static let maximumByteCount = 128 * 1_048_576

    /// The first bytes of a file that is packed with xz.
    private static let xzMagic: [UInt8] = [0xFD, 0x37, 0x7A, 0x58, 0x5A, 0x00]

    /// Reads a file; what begins like an xz file is unpacked, whatever its name.
    package static func read(
        path: String, maximumByteCount limit: Int = maximumByteCount
    ) throws(SymbolFileError) -> [UInt8] {
        let bytes = try readFile(path, limit)
        guard bytes.starts(with: xzMagic) else { return bytes }
        #if LZMA
            return try XZLibrary.unpack(bytes, path: path, limit: limit)
        #else
            return try XZProgram.unpack(path: path, limit: limit)
        #endif
    }

    private static func readFile(_ path: String, _ limit: Int) throws(SymbolFileError) -> [UInt8] {
        guard let file = unsafe fopen(path, "rb") else {
            throw .unreadable(path: path, reason: unsafe String(cString: strerror(errno)))
        }
        defer { unsafe fclose(file) }
        var bytes: [UInt8] = []
        var piece = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = unsafe piece.withUnsafeMutableBytes { unsafe fread($0.baseAddress, 1, $0.count, file) }
            guard count > 0 else { break }
            guard bytes.count + count <= limit else { throw .tooLarge(path: path, limit: limit) }
            bytes += piece[..<count]
        }
        if unsafe ferror(file) != 0 {
            throw .unreadable(path: path, reason: unsafe String(cString: strerror(errno)))
        }
        return bytes
    }
}
