#if canImport(Darwin)
    import Darwin
#elseif canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(ucrt)
    import ucrt
#endif

/// What went wrong with a process.
struct ProcessError: Error, CustomStringConvertible {
    let description: String
}

#if os(Windows)
    /// Processes of Windows are not started here: this tool runs on Linux and macOS.
    struct ChildProcess {
        init(arguments: [String]) throws { throw ProcessError(description: "this tool runs on Linux and macOS") }
        func read() -> [UInt8] { [] }
        func wait() -> String { "" }
        func end() {}
    }

    func waitForOutput(of processes: [ChildProcess], milliseconds: Int32) -> [Bool] { processes.map { _ in false } }
    func limitResources() {}
    func peakMemory() -> Int { 0 }
    func writeToStandardOutput(_ bytes: [UInt8]) {}
#else
    /// This program once more, with other arguments; what it writes can be read.
    struct ChildProcess {
        private let process: pid_t
        fileprivate let output: Int32

        init(arguments: [String]) throws {
            var ends: [Int32] = [0, 0]
            guard unsafe pipe(&ends) == 0 else { throw ProcessError(description: "cannot make a pipe") }
            for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
            let process = Self.spawn([CommandLine.arguments[0]] + arguments, output: ends[1])
            _ = close(ends[1])
            output = ends[0]
            guard let process else { throw ProcessError(description: "cannot start \(CommandLine.arguments[0])") }
            self.process = process
        }

        private static func spawn(_ arguments: [String], output: Int32) -> pid_t? {
            #if canImport(Darwin)
                var actions: posix_spawn_file_actions_t?
            #else
                var actions = unsafe posix_spawn_file_actions_t()
            #endif
            unsafe posix_spawn_file_actions_init(&actions)
            unsafe posix_spawn_file_actions_adddup2(&actions, output, 1)
            // The crash reporter would only keep a dead worker for a while.
            let kept = ["PATH", "HOME", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "DYLD_FRAMEWORK_PATH"]
            let environment =
                ["SWIFT_BACKTRACE=enable=no"]
                + kept.compactMap { name in unsafe getenv(name).map { "\(name)=\(unsafe String(cString: $0))" } }
            var argumentPointers = unsafe arguments.map { unsafe strdup($0) } + [nil]
            var environmentPointers = unsafe environment.map { unsafe strdup($0) } + [nil]
            defer {
                unsafe (argumentPointers + environmentPointers).forEach { unsafe free($0) }
                unsafe posix_spawn_file_actions_destroy(&actions)
            }
            var process = pid_t()
            let status = unsafe posix_spawnp(
                &process, arguments[0], &actions, nil, &argumentPointers, &environmentPointers)
            return status == 0 ? process : nil
        }

        /// What it wrote since; empty at its end.
        func read() -> [UInt8] {
            var buffer = [UInt8](repeating: 0, count: 65_536)
            let count = readBytes(output, into: &buffer)
            return count > 0 ? Array(buffer[..<count]) : []
        }

        /// Waits for its end and says how it ended.
        func wait() -> String {
            _ = close(output)
            var status: Int32 = 0
            while unsafe waitpid(process, &status, 0) < 0, errno == EINTR {}
            let signal = status & 0x7F
            return signal == 0 ? "ended with status \((status >> 8) & 0xFF)" : "ended by signal \(signal)"
        }

        /// Ends it.
        func end() {
            _ = kill(process, SIGKILL)
            _ = wait()
        }
    }

    /// The system's call, whose name is taken inside `ChildProcess`.
    private func readBytes(_ descriptor: Int32, into buffer: inout [UInt8]) -> Int {
        unsafe buffer.withUnsafeMutableBytes { unsafe read(descriptor, $0.baseAddress, $0.count) }
    }

    /// Waits until some process has written or ended; says which.
    func waitForOutput(of processes: [ChildProcess], milliseconds: Int32) -> [Bool] {
        var descriptors = processes.map { pollfd(fd: $0.output, events: Int16(POLLIN), revents: 0) }
        guard unsafe poll(&descriptors, nfds_t(descriptors.count), milliseconds) > 0 else {
            return processes.map { _ in false }
        }
        return descriptors.map { $0.revents != 0 }
    }

    /// Keeps a mutation that asks for all memory from taking it, and a dying worker from leaving a core file.
    func limitResources() {
        var memory = rlimit(rlim_cur: 4 << 30, rlim_max: 4 << 30)
        var core = rlimit(rlim_cur: 0, rlim_max: 0)
        #if canImport(Darwin)
            unsafe setrlimit(RLIMIT_CORE, &core)
            unsafe setrlimit(RLIMIT_AS, &memory)
        #else
            unsafe setrlimit(__rlimit_resource_t(RLIMIT_CORE.rawValue), &core)
            unsafe setrlimit(__rlimit_resource_t(RLIMIT_AS.rawValue), &memory)
        #endif
    }

    /// Bytes of memory that this process had at most.
    func peakMemory() -> Int {
        var usage = rusage()
        #if canImport(Darwin)
            unsafe getrusage(RUSAGE_SELF, &usage)
            return usage.ru_maxrss
        #else
            unsafe getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
            return usage.ru_maxrss * 1024
        #endif
    }

    /// Writes to standard output at once, without a buffer.
    func writeToStandardOutput(_ bytes: [UInt8]) {
        var written = 0
        while written < bytes.count {
            let count = unsafe bytes[written...].withUnsafeBytes { unsafe write(1, $0.baseAddress, $0.count) }
            guard count > 0 else { exit(1) }
            written += count
        }
    }
#endif

/// Writes a file; one that is there is replaced.
func writeFile(_ bytes: [UInt8], to path: String) throws {
    guard let stream = unsafe fopen(path, "wb") else { throw ProcessError(description: "cannot create \(path)") }
    let count = unsafe bytes.withUnsafeBytes { unsafe fwrite($0.baseAddress, 1, $0.count, stream) }
    guard unsafe fclose(stream) == 0, count == bytes.count else {
        throw ProcessError(description: "cannot write \(path)")
    }
}
