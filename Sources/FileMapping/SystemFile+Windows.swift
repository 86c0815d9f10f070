#if os(Windows)
    import WinSDK

    /// The system's calls behind `MappedFile`, as Windows has them.
    enum SystemFile {
        /// An open file. A handle may be used by any thread.
        struct Handle: @unchecked Sendable {
            fileprivate let file: HANDLE
        }

        /// Opens and maps a regular file of at least one byte.
        @unsafe
        static func map(path: String) throws(FileError) -> (handle: Handle, region: UnsafeRawBufferPointer) {
            let file = unsafe path.withCString(encodedAs: UTF16.self) { name in
                unsafe CreateFileW(
                    name, DWORD(GENERIC_READ), DWORD(FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE), nil,
                    DWORD(OPEN_EXISTING), DWORD(FILE_ATTRIBUTE_NORMAL), nil)
            }
            guard let file = unsafe file, unsafe file != INVALID_HANDLE_VALUE else {
                // A directory is refused as "access denied", so it is told apart by its attributes.
                let code = GetLastError()
                throw FileError(path: path, reason: isDirectory(path) ? .isDirectory : reason("CreateFileW", code))
            }
            var isMapped = false
            defer { if !isMapped { _ = unsafe CloseHandle(file) } }
            guard unsafe GetFileType(file) == DWORD(FILE_TYPE_DISK) else {
                throw FileError(path: path, reason: .notRegularFile)
            }
            var size = LARGE_INTEGER()
            guard unsafe GetFileSizeEx(file, &size) else {
                throw FileError(path: path, reason: reason("GetFileSizeEx", GetLastError()))
            }
            guard let count = Int(exactly: size.QuadPart), count > 0 else {
                throw FileError(path: path, reason: .empty)
            }
            // The view keeps the mapping alive; the mapping's handle is not needed after it is made.
            guard let mapping = unsafe CreateFileMappingW(file, nil, DWORD(PAGE_READONLY), 0, 0, nil) else {
                throw FileError(path: path, reason: reason("CreateFileMappingW", GetLastError()))
            }
            defer { _ = unsafe CloseHandle(mapping) }
            guard let start = unsafe MapViewOfFile(mapping, DWORD(FILE_MAP_READ), 0, 0, 0) else {
                throw FileError(path: path, reason: reason("MapViewOfFile", GetLastError()))
            }
            isMapped = true
            return unsafe (Handle(file: file), UnsafeRawBufferPointer(start: start, count: count))
        }

        /// Gives back what `map` returned.
        @unsafe
        static func unmap(_ handle: Handle, _ region: UnsafeRawBufferPointer) {
            _ = unsafe UnmapViewOfFile(region.baseAddress)
            _ = unsafe CloseHandle(handle.file)
        }

        /// Reads bytes at an offset.
        ///
        /// - Returns: Whether all of them were there.
        @unsafe
        static func read(_ handle: Handle, at offset: Int, into target: UnsafeMutableRawBufferPointer) -> Bool {
            var done = 0
            while done < target.count {
                let rest = unsafe UnsafeMutableRawBufferPointer(rebasing: target[done...])
                let position = UInt64(offset + done)
                var place = unsafe OVERLAPPED()
                unsafe place.Offset = DWORD(truncatingIfNeeded: position)
                unsafe place.OffsetHigh = DWORD(truncatingIfNeeded: position >> 32)
                var count: DWORD = 0
                guard unsafe ReadFile(handle.file, rest.baseAddress, DWORD(clamping: rest.count), &count, &place),
                    count > 0
                else { return false }
                done += Int(count)
            }
            return true
        }

        /// Lets go of the pages that are in memory: unlocking pages that are not locked takes them out of the working set.
        @unsafe
        static func release(_ region: UnsafeRawBufferPointer) {
            _ = unsafe VirtualUnlock(UnsafeMutableRawPointer(mutating: region.baseAddress), SIZE_T(region.count))
        }

        static func isPathSeparator(_ character: Character) -> Bool { character == "/" || character == "\\" }

        private static func isDirectory(_ path: String) -> Bool {
            let attributes = unsafe path.withCString(encodedAs: UTF16.self) { unsafe GetFileAttributesW($0) }
            return attributes != DWORD.max && attributes & DWORD(FILE_ATTRIBUTE_DIRECTORY) != 0
        }

        static func reason(_ call: String, _ code: DWORD) -> FileError.Reason {
            switch Int32(bitPattern: code) {
            case ERROR_FILE_NOT_FOUND, ERROR_PATH_NOT_FOUND, ERROR_INVALID_NAME: .notFound
            case ERROR_ACCESS_DENIED: .notPermitted
            default: .system(call: call, code: Int(code), text: text(of: code))
            }
        }

        private static func text(of code: DWORD) -> String {
            var buffer = [WCHAR](repeating: 0, count: 256)
            let flags = DWORD(FORMAT_MESSAGE_FROM_SYSTEM | FORMAT_MESSAGE_IGNORE_INSERTS)
            let length = unsafe FormatMessageW(flags, nil, code, 0, &buffer, DWORD(buffer.count), nil)
            let line = String(decoding: buffer.prefix(Int(length)), as: UTF16.self)
            return String(line.prefix { !$0.isNewline })
        }
    }
#endif
