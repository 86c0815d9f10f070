#if os(Windows)
    import WinSDK
    import ucrt

    /// The system's calls behind `Folder` and `AtomicFile`, as Windows has them.
    enum SystemFolder {
        static func kind(of path: String) -> PathKind {
            let attributes = unsafe path.withCString(encodedAs: UTF16.self) { unsafe GetFileAttributesW($0) }
            guard attributes != DWORD.max else { return .absent }
            return attributes & DWORD(FILE_ATTRIBUTE_DIRECTORY) != 0 ? .folder : .file
        }

        static func names(in path: String, limit: Int) -> [String]? {
            var found = WIN32_FIND_DATAW()
            let search = unsafe Folder.path(path, "*").withCString(encodedAs: UTF16.self) {
                unsafe FindFirstFileW($0, &found)
            }
            guard let search = unsafe search, unsafe search != INVALID_HANDLE_VALUE else { return nil }
            defer { _ = unsafe FindClose(search) }
            var names: [String] = []
            repeat {
                let name = unsafe withUnsafePointer(to: &found.cFileName) { field in
                    unsafe field.withMemoryRebound(to: WCHAR.self, capacity: Int(MAX_PATH)) {
                        unsafe String(decodingCString: $0, as: UTF16.self)
                    }
                }
                if name != ".", name != ".." { names.append(name) }
            } while names.count < limit && unsafe FindNextFileW(search, &found)
            return names
        }

        static func create(_ path: String) throws(FileError) {
            guard !(unsafe path.withCString(encodedAs: UTF16.self) { unsafe CreateDirectoryW($0, nil) }) else { return }
            // Another run may have made it meanwhile.
            let code = GetLastError()
            guard kind(of: path) != .folder else { return }
            throw FileError(path: path, reason: SystemFile.reason("CreateDirectoryW", code))
        }

        /// Creates a file that must not be there; nil where something has that name.
        static func createFile(_ path: String) throws(FileError) -> Int32? {
            let flags = _O_WRONLY | _O_CREAT | _O_EXCL | _O_BINARY | _O_NOINHERIT
            var descriptor: Int32 = -1
            let code = unsafe path.withCString(encodedAs: UTF16.self) {
                unsafe _wsopen_s(&descriptor, $0, flags, _SH_DENYNO, _S_IREAD | _S_IWRITE)
            }
            if code == EEXIST { return nil }
            guard code == 0 else { throw failure(path, "_wsopen_s") }
            return descriptor
        }

        static func write(_ bytes: ArraySlice<UInt8>, to descriptor: Int32, path: String) throws(FileError) {
            var rest = bytes
            while !rest.isEmpty {
                let count = unsafe rest.withUnsafeBytes { buffer in
                    unsafe _write(descriptor, buffer.baseAddress, UInt32(clamping: buffer.count))
                }
                guard count > 0 else { throw failure(path, "_write") }
                rest = rest.dropFirst(Int(count))
            }
        }

        /// Throws away what was written.
        static func empty(_ descriptor: Int32, path: String) throws(FileError) {
            guard _chsize_s(descriptor, 0) == 0, _lseeki64(descriptor, 0, SEEK_SET) == 0 else {
                throw failure(path, "_chsize_s")
            }
        }

        /// Brings what was written to the disk, and closes the file.
        static func finish(_ descriptor: Int32, path: String) throws(FileError) {
            let isSynced = _commit(descriptor) == 0
            guard _close(descriptor) == 0, isSynced else { throw failure(path, "_commit") }
        }

        static func close(_ descriptor: Int32) -> Int32 { _close(descriptor) }

        /// Gives a file its name, in the place of a file that has it.
        static func move(_ path: String, to target: String) throws(FileError) {
            let isMoved = unsafe path.withCString(encodedAs: UTF16.self) { old in
                unsafe target.withCString(encodedAs: UTF16.self) { new in
                    unsafe MoveFileExW(old, new, DWORD(MOVEFILE_REPLACE_EXISTING | MOVEFILE_WRITE_THROUGH))
                }
            }
            guard isMoved else {
                throw FileError(path: target, reason: SystemFile.reason("MoveFileExW", GetLastError()))
            }
        }

        static func delete(_ path: String) {
            _ = unsafe path.withCString(encodedAs: UTF16.self) { unsafe DeleteFileW($0) }
        }

        static var processNumber: Int { Int(GetCurrentProcessId()) }

        private static func failure(_ path: String, _ call: String) -> FileError {
            let code = errno
            return FileError(
                path: path, reason: .system(call: call, code: Int(code), text: unsafe String(cString: strerror(code))))
        }
    }
#endif
