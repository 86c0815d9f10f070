#if canImport(Darwin)
    import Darwin
#elseif canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(ucrt)
    import WinSDK
    import ucrt
#endif

import Synchronization

/// The few calls that differ between systems: this file is the only one that knows on which it runs.

/// Whether a descriptor is a terminal.
func isTerminal(descriptor: Int32) -> Bool {
    #if os(Windows)
        _isatty(descriptor) != 0
    #else
        isatty(descriptor) == 1
    #endif
}

/// Columns of the terminal behind a descriptor; nil where it is none or does not tell.
func terminalColumns(descriptor: Int32) -> Int? {
    #if os(Windows)
        return nil
    #else
        var size = winsize()
        guard unsafe ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return nil }
        return Int(size.ws_col)
    #endif
}

/// A variable of the environment; nil where it is not set or empty.
func environmentVariable(_ name: String) -> String? {
    guard let value = unsafe getenv(name) else { return nil }
    let text = unsafe String(cString: value)
    return text.isEmpty ? nil : text
}

/// The system's words for an error number.
func systemErrorText(_ number: Int32) -> String { unsafe String(cString: strerror(number)) }

/// What a system call failed with.
struct SystemError: Error {
    let number: Int32

    /// The reader of a pipe has closed it.
    var isBrokenPipe: Bool { number == EPIPE }
    /// The file is there already.
    var isExisting: Bool { number == EEXIST }
}

/// Lets writing to a pipe that its reader has closed fail, instead of ending this program.
func survivePipeClosing() {
    #if !os(Windows)
        _ = signal(SIGPIPE, SIG_IGN)
    #endif
}

/// What becomes of a file that is there already.
enum ExistingFile {
    case refuse, replace, append

    fileprivate var flag: Int32 {
        switch self {
        case .refuse: O_EXCL
        case .replace: O_TRUNC
        case .append: O_APPEND
        }
    }
}

/// Creates a file that only its owner may read.
func createFile(at path: String, mayReplace: Bool) throws(SystemError) -> Int32 {
    try createFile(at: path, existing: mayReplace ? .replace : .refuse)
}

/// Creates a file that only its owner may read, or goes on with one that is there.
func createFile(at path: String, existing: ExistingFile) throws(SystemError) -> Int32 {
    let flags = O_WRONLY | O_CREAT | existing.flag
    #if os(Windows)
        let descriptor = unsafe _open(path, flags | O_BINARY, 0o600)
    #else
        let descriptor = unsafe open(path, flags, 0o600)
    #endif
    guard descriptor >= 0 else { throw SystemError(number: errno) }
    return descriptor
}

/// Closes a file.
func closeFile(descriptor: Int32) throws(SystemError) {
    #if os(Windows)
        let status = _close(descriptor)
    #else
        let status = close(descriptor)
    #endif
    guard status == 0 else { throw SystemError(number: errno) }
}

/// Writes all bytes to a descriptor.
func writeBytes(_ bytes: [UInt8], to descriptor: Int32) throws(SystemError) {
    var written = 0
    while written < bytes.count {
        let count = unsafe bytes.withUnsafeBytes { buffer in
            let rest = unsafe UnsafeRawBufferPointer(rebasing: buffer[written...])
            #if os(Windows)
                return unsafe Int(_write(descriptor, rest.baseAddress, UInt32(clamping: rest.count)))
            #else
                return unsafe write(descriptor, rest.baseAddress, rest.count)
            #endif
        }
        if count < 0 {
            guard errno == EINTR else { throw SystemError(number: errno) }
        } else {
            written += count
        }
    }
}

/// Deletes a file, if it is there.
func deleteFile(at path: String) { _ = unsafe remove(path) }

/// Gives a file another name, in the place of a file that has it.
func moveFile(at path: String, to target: String) throws(SystemError) {
    #if os(Windows)
        deleteFile(at: target)
    #endif
    guard unsafe rename(path, target) == 0 else { throw SystemError(number: errno) }
}

/// A folder for files that live as long as the program.
var temporaryFolder: String {
    #if os(Windows)
        environmentVariable("TEMP") ?? "."
    #else
        environmentVariable("TMPDIR") ?? "/tmp"
    #endif
}

/// The folder in which the system wants what programs can make again: nil where the environment does not tell.
var cacheFolder: String? {
    #if os(Windows)
        environmentVariable("LOCALAPPDATA").map { $0 + "\\logonleak" }
    #elseif canImport(Darwin)
        environmentVariable("HOME").map { $0 + "/Library/Caches/logonleak" }
    #else
        (environmentVariable("XDG_CACHE_HOME") ?? environmentVariable("HOME").map { $0 + "/.cache" }).map {
            $0 + "/logonleak"
        }
    #endif
}

/// The number of this process.
var processNumber: Int32 {
    #if os(Windows)
        _getpid()
    #else
        getpid()
    #endif
}

/// Ends the program at once, with its memory as it is: the system takes back a large analysis faster than the program could.
func endProgram(status: Int32) -> Never { exit(status) }

/// Lets this thread rest.
func waitFor(_ duration: Duration) {
    let parts = duration.components
    let milliseconds = parts.seconds * 1000 + parts.attoseconds / 1_000_000_000_000_000
    #if os(Windows)
        Sleep(DWORD(clamping: milliseconds))
    #else
        _ = poll(nil, 0, Int32(clamping: milliseconds))
    #endif
}

private let interrupt = Atomic<Bool>(false)

/// Whether the user asked this program to end (Ctrl-C) while ``notingInterrupts(_:)`` ran.
var isInterrupted: Bool { interrupt.load(ordering: .relaxed) }

/// Lets an interrupt end the programs that this one runs, and only be noted here, so that no unfinished file is left behind.
func notingInterrupts<R>(_ body: () -> R) -> R {
    #if os(Windows)
        return body()
    #else
        let former = signal(SIGINT) { _ in interrupt.store(true, ordering: .relaxed) }
        defer { _ = signal(SIGINT, former) }
        return body()
    #endif
}

/// Seconds since 1970 began.
var secondsSince1970: Int64 { Int64(time(nil)) }
