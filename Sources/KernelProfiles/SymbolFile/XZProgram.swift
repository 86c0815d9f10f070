#if !LZMA
    import FileMapping

    /// Unpacks through an `xz` program of the user's.
    enum XZProgram {
        private static let arguments = ["--decompress", "--stdout", "-qq", "--memlimit-decompress=128MiB"]

        /// Runs `xz` over a file and takes no more than `limit` bytes of what it writes.
        static func unpack(path: String, limit: Int) throws(SymbolFileError) -> [UInt8] {
            guard let program = ExternalProgram(named: "xz") else { throw .noUnpacker(path: path) }
            var bytes: [UInt8] = []
            let ending: ExternalProgram.Ending
            do {
                ending = try program.run(arguments, input: path) { piece in
                    guard bytes.count + piece.count <= limit else { return false }
                    bytes += piece
                    return true
                }
            } catch { throw .damagedPacking(path: path, reason: error.text) }
            switch ending {
            case .stopped: throw .tooLarge(path: path, limit: limit)
            case .ended(status: 0): return bytes
            case .ended(let status):
                throw .damagedPacking(path: path, reason: "\(program.path) failed (status \(status))")
            }
        }
    }
#endif
