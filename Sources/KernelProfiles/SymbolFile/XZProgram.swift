#if !LZMA
    #if canImport(Glibc)
        import Glibc
    #elseif canImport(Musl)
        import Musl
    #elseif canImport(Darwin)
        import Darwin
    #endif

    /// Unpacks through an `xz` program of the user's, found in PATH; no shell is involved.
    enum XZProgram {
        #if os(Windows)
            static func unpack(path: String, limit: Int) throws(SymbolFileError) -> [UInt8] {
                throw .noUnpacker(path: path)
            }
        #else
            /// Runs `xz` over a file and takes no more than `limit` bytes of what it writes.
            static func unpack(path: String, limit: Int) throws(SymbolFileError) -> [UInt8] {
                guard let program = findProgram() else { throw .noUnpacker(path: path) }
                var ends: [Int32] = [-1, -1]
                guard unsafe pipe(&ends) == 0 else { throw failure(path, errno) }
                defer { close(ends[0]) }
                let child: pid_t
                do { child = try start(program, path: path, output: ends) } catch {
                    close(ends[1])
                    throw error
                }
                close(ends[1])
                let bytes = readAll(ends[0], limit: limit)
                if bytes == nil { kill(child, SIGKILL) }
                var status: Int32 = 0
                while unsafe waitpid(child, &status, 0) < 0, errno == EINTR {}
                guard let bytes else { throw .tooLarge(path: path, limit: limit) }
                guard status == 0 else {
                    throw .damagedPacking(path: path, reason: "\(program) failed (status \(status >> 8))")
                }
                return bytes
            }

            private static func failure(_ path: String, _ code: Int32) -> SymbolFileError {
                .damagedPacking(path: path, reason: unsafe String(cString: strerror(code)))
            }

            /// Only whole paths in PATH count: what lies in the current folder is not run.
            private static func findProgram() -> String? {
                guard let variable = unsafe getenv("PATH") else { return nil }
                let folders = unsafe String(cString: variable).split(separator: ":")
                return folders.filter { $0.hasPrefix("/") }.map { $0 + "/xz" }.first { unsafe access($0, X_OK) == 0 }
            }

            /// Starts the program with the file as its input and the pipe as its output.
            private static func start(
                _ program: String, path: String, output ends: [Int32]
            ) throws(SymbolFileError) -> pid_t {
                #if canImport(Darwin)
                    var actions: posix_spawn_file_actions_t?
                #else
                    var actions = unsafe posix_spawn_file_actions_t()
                #endif
                unsafe posix_spawn_file_actions_init(&actions)
                defer { unsafe posix_spawn_file_actions_destroy(&actions) }
                unsafe posix_spawn_file_actions_addopen(&actions, 0, path, O_RDONLY, 0)
                unsafe posix_spawn_file_actions_adddup2(&actions, ends[1], 1)
                unsafe posix_spawn_file_actions_addclose(&actions, ends[0])
                unsafe posix_spawn_file_actions_addclose(&actions, ends[1])
                let words = ["xz", "--decompress", "--stdout", "-qq", "--memlimit-decompress=128MiB"]
                var arguments = unsafe words.map { unsafe strdup($0) } + [nil]
                defer { unsafe arguments.forEach { unsafe free($0) } }
                var child: pid_t = 0
                let status = unsafe posix_spawn(&child, program, &actions, nil, &arguments, environ)
                guard status == 0 else { throw failure(path, status) }
                return child
            }

            /// Everything that comes through the pipe, or nil where it is more than `limit` bytes.
            private static func readAll(_ descriptor: Int32, limit: Int) -> [UInt8]? {
                var bytes: [UInt8] = []
                var piece = [UInt8](repeating: 0, count: 1 << 16)
                while true {
                    let count = unsafe piece.withUnsafeMutableBytes {
                        unsafe read(descriptor, $0.baseAddress, $0.count)
                    }
                    if count < 0, errno == EINTR { continue }
                    guard count > 0 else { return bytes }
                    guard bytes.count + count <= limit else { return nil }
                    bytes += piece[..<count]
                }
            }
        #endif
    }
#endif
