/// How a run of `curl` ended without the file, in words: its exit statuses are documented in its manual.
struct CurlEnding {
    let exitStatus: Int32
    /// The status of the server's last answer; 0 where there was none.
    let httpStatus: Int
    let limits: DownloadLimits

    /// Whether the server itself says that it has no such file.
    var meansNotThere: Bool { exitStatus == 22 && (httpStatus == 404 || httpStatus == 410) }

    /// Whether asking again may help: connections that failed or broke, answers that say "later".
    var mayPass: Bool {
        switch exitStatus {
        case 22, 0: httpStatus >= 500 || httpStatus == 408 || httpStatus == 429
        case 5, 6, 7, 16, 18, 28, 52, 55, 56, 92, 95: true
        default: false
        }
    }

    /// What happened.
    var text: String {
        switch exitStatus {
        case 0: "the server answered with HTTP status \(httpStatus)"
        case 1: "a redirect leads to something that is neither HTTP nor HTTPS"
        case 3: "the address is malformed"
        case 5: "the proxy's name cannot be resolved"
        case 6: "the server's name cannot be resolved"
        case 7: "no connection to the server (or its proxy)"
        case 18: "the server broke off: the file is cut short"
        case 22:
            httpStatus == 407
                ? "the proxy wants to know who asks (HTTP status 407)"
                : "the server answered with HTTP status \(httpStatus)"
        case 28: "timeout: nothing, or less than \(limits.slowest) bytes a second, came for \(limits.patience) seconds"
        case 35, 53, 54, 58, 59, 60, 66, 77, 80, 82, 83, 90, 91:
            "no trusted connection to the server (curl status \(exitStatus))"
        case 47: "more than \(limits.redirects) redirects"
        case 52: "the server closed the connection without an answer"
        case 55, 56, 92, 95: "the connection broke"
        case 97: "the proxy refused the connection"
        default: "curl ended with status \(exitStatus)"
        }
    }
}
