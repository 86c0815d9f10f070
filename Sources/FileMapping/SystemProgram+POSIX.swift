#if !os(Windows)
    #if canImport(Darwin)
        import Darwin
    #elseif canImport(Glibc)
        import Glibc
    #elseif canImport(Musl)
        import Musl
    #endif

    /// A running program whose output comes through a pipe, as POSIX has it.
    struct SystemProgram {
        static let suffix = ""

        private let child: pid_t
        private let pipeEnd: Int32

        static var searchFolders: [String] {
            guard let variable = unsafe getenv("PATH") else { return [] }
            return unsafe String(cString: variable).split(separator: ":").map(String.init).filter { $0.hasPrefix("/") }
        }

        static func canRun(_ path: String) -> Bool {
            guard PathKind(of: path) == .file else { return false }
            return unsafe access(path, X_OK) == 0
        }

        init(path: String, name: String, _ arguments: [String], input: String?) throws(ExternalProgram.LaunchError) {
            var ends: [Int32] = [-1, -1]
            guard unsafe pipe(&ends) == 0 else { throw Self.failure(errno) }
            // A program started at the same time must not keep the pipe open.
            for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
            defer { close(ends[1]) }
            #if canImport(Darwin)
                var actions: posix_spawn_file_actions_t?
            #else
                var actions = unsafe posix_spawn_file_actions_t()
            #endif
            unsafe posix_spawn_file_actions_init(&actions)
            defer { unsafe posix_spawn_file_actions_destroy(&actions) }
            unsafe posix_spawn_file_actions_addopen(&actions, 0, input ?? "/dev/null", O_RDONLY, 0)
            unsafe posix_spawn_file_actions_adddup2(&actions, ends[1], 1)
            unsafe posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0)
            var words = unsafe ([name] + arguments).map { unsafe strdup($0) } + [nil]
            defer { unsafe words.forEach { unsafe free($0) } }
            var child: pid_t = 0
            let status = unsafe posix_spawn(&child, path, &actions, nil, &words, environ)
            guard status == 0 else {
                close(ends[0])
                throw Self.failure(status)
            }
            self.child = child
            pipeEnd = ends[0]
        }

        /// Bytes that came; 0 at the end of the output.
        func read(into piece: inout [UInt8]) -> Int {
            while true {
                let count = unsafe piece.withUnsafeMutableBytes { buffer in
                    #if canImport(Darwin)
                        unsafe Darwin.read(pipeEnd, buffer.baseAddress, buffer.count)
                    #elseif canImport(Glibc)
                        unsafe Glibc.read(pipeEnd, buffer.baseAddress, buffer.count)
                    #elseif canImport(Musl)
                        unsafe Musl.read(pipeEnd, buffer.baseAddress, buffer.count)
                    #endif
                }
                if count < 0, errno == EINTR { continue }
                return max(0, count)
            }
        }

        /// Waits for the program's end and tells its status.
        func finish(ending: Bool) -> Int32 {
            if ending { kill(child, SIGKILL) }
            close(pipeEnd)
            var status: Int32 = 0
            while unsafe waitpid(child, &status, 0) < 0 {
                guard errno == EINTR else { return -1 }
            }
            let signal = status & 0x7F
            return signal == 0 ? (status >> 8) & 0xFF : 128 + signal
        }

        private static func failure(_ code: Int32) -> ExternalProgram.LaunchError {
            ExternalProgram.LaunchError(text: unsafe String(cString: strerror(code)))
        }
    }
#endif
