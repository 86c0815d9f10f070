#if !os(Windows)
    #if canImport(Darwin)
        import Darwin
    #elseif canImport(Glibc)
        import Glibc
    #elseif canImport(Musl)
        import Musl
    #endif

    /// The system's calls behind `MappedFile`, as POSIX has them.
    enum SystemFile {
        /// An open file.
        typealias Handle = Int32

        /// Opens and maps a regular file of at least one byte.
        @unsafe
        static func map(path: String) throws(FileError) -> (handle: Handle, region: UnsafeRawBufferPointer) {
            // Without O_NONBLOCK, opening a pipe would wait for its writer before we can see that it is one.
            let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
            guard descriptor >= 0 else { throw FileError(path: path, reason: lastReason(of: "open")) }
            var isMapped = false
            defer { if !isMapped { close(descriptor) } }
            var status = stat()
            guard unsafe fstat(descriptor, &status) == 0 else {
                throw FileError(path: path, reason: lastReason(of: "fstat"))
            }
            switch status.st_mode & S_IFMT {
            case S_IFREG: break
            case S_IFDIR: throw FileError(path: path, reason: .isDirectory)
            default: throw FileError(path: path, reason: .notRegularFile)
            }
            guard status.st_size > 0 else { throw FileError(path: path, reason: .empty) }
            guard let size = Int(exactly: status.st_size) else {
                throw FileError(path: path, reason: reason(of: "mmap", code: EFBIG))
            }
            let start = unsafe mmap(nil, size, PROT_READ, MAP_PRIVATE, descriptor, 0)
            guard let start = unsafe start, unsafe start != MAP_FAILED else {
                throw FileError(path: path, reason: lastReason(of: "mmap"))
            }
            isMapped = true
            return unsafe (descriptor, UnsafeRawBufferPointer(start: start, count: size))
        }

        /// Gives back what `map` returned.
        @unsafe
        static func unmap(_ handle: Handle, _ region: UnsafeRawBufferPointer) {
            unsafe munmap(UnsafeMutableRawPointer(mutating: region.baseAddress), region.count)
            close(handle)
        }

        /// Reads bytes at an offset.
        ///
        /// - Returns: Whether all of them were there.
        @unsafe
        static func read(_ handle: Handle, at offset: Int, into target: UnsafeMutableRawBufferPointer) -> Bool {
            var done = 0
            while done < target.count {
                let rest = unsafe UnsafeMutableRawBufferPointer(rebasing: target[done...])
                let count = unsafe pread(handle, rest.baseAddress, rest.count, off_t(offset + done))
                if count > 0 {
                    done += count
                } else if count == 0 || errno != EINTR {
                    return false
                }
            }
            return true
        }

        /// Lets go of the pages that are in memory; they come back from the file when they are read again.
        @unsafe
        static func release(_ region: UnsafeRawBufferPointer) {
            unsafe madvise(UnsafeMutableRawPointer(mutating: region.baseAddress), region.count, MADV_DONTNEED)
        }

        static func isPathSeparator(_ character: Character) -> Bool { character == "/" }

        private static func lastReason(of call: String) -> FileError.Reason { reason(of: call, code: errno) }

        static func reason(of call: String, code: Int32) -> FileError.Reason {
            switch code {
            case ENOENT, ENOTDIR: .notFound
            case EACCES, EPERM: .notPermitted
            // A socket, or a device without a driver, cannot even be opened.
            case ENXIO, ENODEV: .notRegularFile
            default: .system(call: call, code: Int(code), text: unsafe String(cString: strerror(code)))
            }
        }
    }
#endif
