#if canImport(Darwin)
    import Darwin
#elseif canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(ucrt)
    import ucrt
#endif

/// What typing at a terminal takes from the system; on Windows the console edits lines itself.

#if os(Windows)
    /// Nothing to keep: lines come whole from the console.
    struct TerminalMode {}

    /// Keys one by one are not to be had here.
    func enterKeyMode(descriptor: Int32) -> TerminalMode? { nil }

    /// Does nothing.
    func restore(_ mode: TerminalMode, descriptor: Int32) {}

    /// Nothing is read here.
    func readKeyBytes(descriptor: Int32, timeout: Int32?) -> [UInt8]? { nil }

    /// The console's own Ctrl-C ends the program.
    func handleInterruptSignal(_ handler: @escaping @convention(c) (Int32) -> Void) {}

    /// Lines of the terminal; unknown here.
    func terminalRows(descriptor: Int32) -> Int? { nil }

    /// Does nothing: the folder of the history is not used here.
    func createFolder(at path: String) {}
#else
    /// How a terminal was set before keys were read one by one.
    struct TerminalMode {
        fileprivate let settings: termios
    }

    /// Lets a terminal hand over each key at once and show nothing by itself.
    ///
    /// - Returns: How it was set; nil where it is no terminal.
    func enterKeyMode(descriptor: Int32) -> TerminalMode? {
        var settings = termios()
        guard unsafe tcgetattr(descriptor, &settings) == 0 else { return nil }
        let mode = TerminalMode(settings: settings)
        unsafe cfmakeraw(&settings)
        // Line ends of answers still go to the first column.
        settings.c_oflag |= tcflag_t(OPOST)
        guard unsafe tcsetattr(descriptor, TCSADRAIN, &settings) == 0 else { return nil }
        return mode
    }

    /// Sets a terminal as it was.
    func restore(_ mode: TerminalMode, descriptor: Int32) {
        var settings = mode.settings
        _ = unsafe tcsetattr(descriptor, TCSADRAIN, &settings)
    }

    /// Some bytes of what was typed.
    ///
    /// - Parameter timeout: Milliseconds to wait; nil waits until something comes.
    /// - Returns: Empty where the time was up, nil at the end of the input.
    func readKeyBytes(descriptor: Int32, timeout: Int32?) -> [UInt8]? {
        if let timeout {
            var request = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
            guard unsafe poll(&request, 1, timeout) > 0 else { return [] }
        }
        var bytes = [UInt8](repeating: 0, count: 256)
        while true {
            let count = unsafe bytes.withUnsafeMutableBytes { unsafe read(descriptor, $0.baseAddress, $0.count) }
            if count > 0 { return Array(bytes.prefix(count)) }
            guard count < 0, errno == EINTR else { return nil }
        }
    }

    /// Calls a function when the user presses Ctrl-C, in place of ending the program.
    func handleInterruptSignal(_ handler: @escaping @convention(c) (Int32) -> Void) {
        _ = signal(SIGINT, handler)
        // Whoever started this program may have blocked the signal.
        var interrupt = sigset_t()
        _ = unsafe sigemptyset(&interrupt)
        _ = unsafe sigaddset(&interrupt, SIGINT)
        _ = unsafe pthread_sigmask(SIG_UNBLOCK, &interrupt, nil)
    }

    /// Lines of the terminal behind a descriptor; nil where it is none or does not tell.
    func terminalRows(descriptor: Int32) -> Int? {
        var size = winsize()
        guard unsafe ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0, size.ws_row > 0 else { return nil }
        return Int(size.ws_row)
    }

    /// Creates a folder that only its owner may enter, where there is none.
    func createFolder(at path: String) { _ = unsafe mkdir(path, 0o700) }
#endif
