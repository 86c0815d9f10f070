import ArgumentParser

/// The exit statuses of the program, those of `sysexits.h` where they have one.
enum ExitStatus: Int32, CaseIterable {
    /// Done, whatever the verdict.
    case done = 0
    /// With `--exit-code`: a logon or terminal session leaked.
    case leak = 1
    /// With `--exit-code`: nothing leaked, but a process hoards tokens.
    case suspect = 2
    /// With `--exit-code`: no leak was seen, but too much could not be read to say that there is none.
    case incomplete = 3
    /// Wrong arguments.
    case usage = 64
    /// The input is not something that can be analysed.
    case inputRefused = 65
    /// The input cannot be opened.
    case cannotOpenInput = 66
    /// The kernel is unknown and no symbols are at hand.
    case kernelUnknown = 69
    /// A defect of the program.
    case internalError = 70
    /// The output cannot be created.
    case cannotCreateOutput = 73
    /// Reading or writing failed under way.
    case readOrWriteError = 74
    /// Interrupted by the user.
    case interrupted = 130

    /// The status in the form that the argument parser takes.
    var exitCode: ExitCode { ExitCode(rawValue) }
}
