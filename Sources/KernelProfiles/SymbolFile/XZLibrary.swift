#if LZMA
    import CLZMA

    /// Unpacks through liblzma.
    enum XZLibrary {
        /// Memory that decoding may take: what the largest preset needs, and room.
        private static let memoryLimit: UInt64 = 128 * 1_048_576

        /// Unpacks a whole file; takes no more than `limit` bytes of what comes out.
        static func unpack(_ packed: [UInt8], path: String, limit: Int) throws(SymbolFileError) -> [UInt8] {
            var stream = unsafe lzma_stream()
            var status = unsafe lzma_stream_decoder(&stream, memoryLimit, logonleak_lzma_concatenated)
            guard status == LZMA_OK else { throw failure(path, status) }
            defer { unsafe lzma_end(&stream) }
            var bytes: [UInt8] = []
            var piece = [UInt8](repeating: 0, count: 1 << 16)
            var position = 0
            while status == LZMA_OK {
                let given = Swift.min(packed.count - position, 1 << 16)
                let step = unsafe decode(&stream, packed, position, given, into: &piece)
                status = step.status
                position += step.taken
                guard bytes.count + step.made <= limit else { throw .tooLarge(path: path, limit: limit) }
                bytes += piece[..<step.made]
            }
            guard status == LZMA_STREAM_END else { throw failure(path, status) }
            return bytes
        }

        /// One call of the decoder; at the end of the input it is told to finish.
        private static func decode(
            _ stream: inout lzma_stream, _ packed: [UInt8], _ position: Int, _ given: Int, into piece: inout [UInt8]
        ) -> (status: lzma_ret, taken: Int, made: Int) {
            let action = position + given == packed.count ? LZMA_FINISH : LZMA_RUN
            return unsafe packed.withUnsafeBufferPointer { input in
                unsafe piece.withUnsafeMutableBufferPointer { output in
                    unsafe stream.next_in = input.baseAddress.map { unsafe $0 + position }
                    unsafe stream.avail_in = given
                    unsafe stream.next_out = output.baseAddress
                    unsafe stream.avail_out = output.count
                    let status = unsafe lzma_code(&stream, action)
                    return unsafe (status, given - stream.avail_in, output.count - stream.avail_out)
                }
            }
        }

        private static func failure(_ path: String, _ status: lzma_ret) -> SymbolFileError {
            let reason =
                switch status {
                case LZMA_MEMLIMIT_ERROR, LZMA_MEM_ERROR: "it needs too much memory"
                case LZMA_FORMAT_ERROR: "it is no xz file"
                case LZMA_BUF_ERROR: "it ends too early"
                default: "its contents are damaged"
                }
            return .damagedPacking(path: path, reason: reason)
        }
    }
#endif
