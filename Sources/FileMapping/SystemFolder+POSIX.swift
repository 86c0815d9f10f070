#if !os(Windows)
    #if canImport(Darwin)
        import Darwin
    #elseif canImport(Glibc)
        import Glibc
    #elseif canImport(Musl)
        import Musl
    #endif

    /// The system's calls behind `Folder` and `AtomicFile`, as POSIX has them.
    enum SystemFolder {
        static func kind(of path: String) -> PathKind {
            var status = stat()
            guard unsafe stat(path, &status) == 0 else { return .absent }
            return switch status.st_mode & S_IFMT {
            case S_IFREG: .file
            case S_IFDIR: .folder
            default: .other
            }
        }

        static func names(in path: String, limit: Int) -> [String]? {
            guard let stream = unsafe opendir(path) else { return nil }
            defer { unsafe closedir(stream) }
            var names: [String] = []
            while names.count < limit, let entry = unsafe readdir(stream) {
                let name = unsafe withUnsafePointer(to: &entry.pointee.d_name) { field in
                    unsafe field.withMemoryRebound(to: CChar.self, capacity: 1) { unsafe String(cString: $0) }
                }
                if name != ".", name != ".." { names.append(name) }
            }
            return names
        }

        static func create(_ path: String) throws(FileError) {
            guard unsafe mkdir(path, 0o777) != 0 else { return }
            // Another run may have made it meanwhile.
            let code = errno
            guard kind(of: path) != .folder else { return }
            throw FileError(path: path, reason: SystemFile.reason(of: "mkdir", code: code))
        }

        /// Creates a file that must not be there; nil where something has that name.
        static func createFile(_ path: String) throws(FileError) -> Int32? {
            let descriptor = unsafe open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o666)
            if descriptor < 0, errno == EEXIST { return nil }
            guard descriptor >= 0 else {
                throw FileError(path: path, reason: SystemFile.reason(of: "open", code: errno))
            }
            return descriptor
        }

        static func write(_ bytes: ArraySlice<UInt8>, to descriptor: Int32, path: String) throws(FileError) {
            var rest = bytes
            while !rest.isEmpty {
                let count = unsafe rest.withUnsafeBytes { buffer in
                    unsafe Self.writeSome(descriptor, buffer)
                }
                if count < 0 {
                    guard errno == EINTR else {
                        throw FileError(path: path, reason: SystemFile.reason(of: "write", code: errno))
                    }
                } else {
                    rest = rest.dropFirst(count)
                }
            }
        }

        private static func writeSome(_ descriptor: Int32, _ buffer: UnsafeRawBufferPointer) -> Int {
            #if canImport(Darwin)
                unsafe Darwin.write(descriptor, buffer.baseAddress, buffer.count)
            #elseif canImport(Glibc)
                unsafe Glibc.write(descriptor, buffer.baseAddress, buffer.count)
            #elseif canImport(Musl)
                unsafe Musl.write(descriptor, buffer.baseAddress, buffer.count)
            #endif
        }

        /// Throws away what was written.
        static func empty(_ descriptor: Int32, path: String) throws(FileError) {
            guard ftruncate(descriptor, 0) == 0, lseek(descriptor, 0, SEEK_SET) == 0 else {
                throw FileError(path: path, reason: SystemFile.reason(of: "ftruncate", code: errno))
            }
        }

        /// Brings what was written to the disk, and closes the file.
        static func finish(_ descriptor: Int32, path: String) throws(FileError) {
            let synced = fsync(descriptor) == 0 || errno == EINVAL
            let code = errno
            guard close(descriptor) == 0, synced else {
                throw FileError(path: path, reason: SystemFile.reason(of: "fsync", code: synced ? errno : code))
            }
        }

        static func close(_ descriptor: Int32) -> Int32 {
            #if canImport(Darwin)
                Darwin.close(descriptor)
            #elseif canImport(Glibc)
                Glibc.close(descriptor)
            #elseif canImport(Musl)
                Musl.close(descriptor)
            #endif
        }

        /// Gives a file its name, in the place of a file that has it, and brings the folder's change to the disk.
        static func move(_ path: String, to target: String) throws(FileError) {
            guard unsafe rename(path, target) == 0 else {
                throw FileError(path: target, reason: SystemFile.reason(of: "rename", code: errno))
            }
            let folder = unsafe open(Folder.parent(of: target) ?? ".", O_RDONLY | O_CLOEXEC)
            guard folder >= 0 else { return }
            _ = fsync(folder)
            _ = close(folder)
        }

        static func delete(_ path: String) { _ = unsafe unlink(path) }

        static var processNumber: Int { Int(getpid()) }
    }
#endif
