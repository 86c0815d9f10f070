/// What a download may cost before it is given up.
struct DownloadLimits: Sendable {
    /// Most bytes of one file.
    var byteCount = 2 << 30
    /// Seconds after which a server counts as dead: without a connection, or slower than ``slowest``.
    var patience = 30
    /// Bytes a second below which nothing useful comes.
    let slowest = 100
    /// How often a server that fails is asked.
    var tries = 3
    /// Most redirects of one question.
    let redirects = 5
}
