#if os(Windows)
    import WinSDK
    import ucrt

    /// A running program whose output comes through a pipe, as Windows has it.
    @safe
    struct SystemProgram {
        static let suffix = ".exe"

        private let process: HANDLE
        private let pipeEnd: HANDLE

        /// The system's own folder before those in PATH.
        static var searchFolders: [String] {
            let system = variable("SystemRoot").map { [$0 + "\\System32"] } ?? []
            let folders = (variable("PATH") ?? "").split(separator: ";").map(String.init)
            return system + folders.filter { $0.dropFirst().hasPrefix(":\\") || $0.hasPrefix("\\\\") }
        }

        static func canRun(_ path: String) -> Bool { PathKind(of: path) == .file }

        init(path: String, name: String, _ arguments: [String], input: String?) throws(ExternalProgram.LaunchError) {
            var attributes = SECURITY_ATTRIBUTES()
            attributes.nLength = DWORD(MemoryLayout<SECURITY_ATTRIBUTES>.size)
            attributes.bInheritHandle = true
            var ends: (read: HANDLE?, write: HANDLE?) = (nil, nil)
            guard unsafe CreatePipe(&ends.read, &ends.write, &attributes, 0), let end = unsafe ends.read,
                let childEnd = unsafe ends.write
            else { throw Self.failure("CreatePipe") }
            defer { _ = unsafe CloseHandle(childEnd) }
            _ = unsafe SetHandleInformation(end, DWORD(HANDLE_FLAG_INHERIT), 0)
            let source = try Self.open(input ?? "NUL", DWORD(GENERIC_READ), &attributes)
            defer { _ = unsafe CloseHandle(source) }
            let sink = try Self.open("NUL", DWORD(GENERIC_WRITE), &attributes)
            defer { _ = unsafe CloseHandle(sink) }
            var startup = STARTUPINFOW()
            startup.cb = DWORD(MemoryLayout<STARTUPINFOW>.size)
            startup.dwFlags = DWORD(STARTF_USESTDHANDLES)
            unsafe startup.hStdInput = source
            unsafe startup.hStdOutput = childEnd
            unsafe startup.hStdError = sink
            var information = PROCESS_INFORMATION()
            var line = Array(([path] + arguments).map(Self.quoted).joined(separator: " ").utf16) + [0]
            let isStarted = unsafe path.withCString(encodedAs: UTF16.self) { program in
                unsafe CreateProcessW(
                    program, &line, nil, nil, true, DWORD(CREATE_NO_WINDOW), nil, nil, &startup, &information)
            }
            guard isStarted, let process = unsafe information.hProcess else {
                let failure = Self.failure("CreateProcessW")
                _ = unsafe CloseHandle(end)
                throw failure
            }
            _ = unsafe CloseHandle(information.hThread)
            unsafe self.process = process
            unsafe pipeEnd = end
        }

        /// Bytes that came; 0 at the end of the output.
        func read(into piece: inout [UInt8]) -> Int {
            var count: DWORD = 0
            let capacity = DWORD(clamping: piece.count)
            guard unsafe ReadFile(pipeEnd, &piece, capacity, &count, nil) else { return 0 }
            return Int(count)
        }

        /// Waits for the program's end and tells its status.
        func finish(ending: Bool) -> Int32 {
            if ending { _ = unsafe TerminateProcess(process, 1) }
            _ = unsafe CloseHandle(pipeEnd)
            _ = unsafe WaitForSingleObject(process, INFINITE)
            var status: DWORD = 0
            _ = unsafe GetExitCodeProcess(process, &status)
            _ = unsafe CloseHandle(process)
            return Int32(bitPattern: status)
        }

        /// An argument as the usual rules of Windows programs take it apart again.
        private static func quoted(_ argument: String) -> String {
            var text = "\""
            var backslashes = 0
            for character in argument {
                if character == "\\" {
                    backslashes += 1
                    continue
                }
                // Backslashes count twice before a quote, and once elsewhere.
                text += String(repeating: "\\", count: character == "\"" ? 2 * backslashes + 1 : backslashes)
                backslashes = 0
                text.append(character)
            }
            return text + String(repeating: "\\", count: 2 * backslashes) + "\""
        }

        private static func open(_ path: String, _ access: DWORD, _ attributes: inout SECURITY_ATTRIBUTES)
            throws(ExternalProgram.LaunchError) -> HANDLE
        {
            let file = unsafe path.withCString(encodedAs: UTF16.self) { name in
                unsafe CreateFileW(
                    name, access, DWORD(FILE_SHARE_READ | FILE_SHARE_WRITE), &attributes, DWORD(OPEN_EXISTING),
                    DWORD(FILE_ATTRIBUTE_NORMAL), nil)
            }
            guard let file = unsafe file, unsafe file != INVALID_HANDLE_VALUE else { throw failure("CreateFileW") }
            return unsafe file
        }

        private static func failure(_ call: String) -> ExternalProgram.LaunchError {
            ExternalProgram.LaunchError(text: "\(call) failed (\(GetLastError()))")
        }

        private static func variable(_ name: String) -> String? {
            guard let value = unsafe getenv(name) else { return nil }
            return unsafe String(cString: value)
        }
    }
#endif
