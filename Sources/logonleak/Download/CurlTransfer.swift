import FileMapping
import KernelSymbols
import Synchronization

/// Brings files from symbol servers with the `curl` program, which nearly every system has: no shell, HTTP and HTTPS only, its own proxies.
final class CurlTransfer: SymbolTransfer {
    private let limits: DownloadLimits
    private let proxy: String?
    private let progress: Progress?
    /// Addresses of which a server said that nothing is there: they are asked once.
    private let absent = Mutex<Set<String>>([])

    init(
        _ limits: DownloadLimits = DownloadLimits(), proxy: String? = environmentVariable("_NT_SYMBOL_PROXY"),
        progress: Progress?
    ) {
        self.limits = limits
        self.proxy = proxy
        self.progress = progress
    }

    /// How one run of the program ended.
    private enum Answer {
        case whole
        case tooLarge
        case cannotWrite(FileError)
        case failed(CurlEnding)
    }

    func bring(_ address: String, into file: AtomicFile, limit: Int?) throws(SymbolTransferError) {
        guard !absent.withLock({ $0.contains(address) }) else { throw .notThere }
        guard let program = ExternalProgram(named: "curl") else {
            throw .noProgram(
                "there is no curl program to ask servers with; `logonleak symbols manifest` names what to fetch elsewhere"
            )
        }
        let limit = min(limit ?? limits.byteCount, limits.byteCount)
        var pause = Duration.milliseconds(500)
        for attempt in 1...max(1, limits.tries) {
            guard !isInterrupted else { throw .failed("interrupted") }
            do throws(FileError) { try file.restart() } catch { throw .cannotWrite(error) }
            switch try run(program, address, into: file, limit: limit) {
            case .whole: return
            case .tooLarge: throw .tooLarge(limit: limit)
            case .cannotWrite(let error): throw .cannotWrite(error)
            case .failed(let ending):
                if ending.meansNotThere {
                    _ = absent.withLock { $0.insert(address) }
                    throw .notThere
                }
                guard ending.mayPass, attempt < limits.tries else {
                    throw .failed(ending.text + (attempt > 1 ? " (asked \(attempt) times)" : ""))
                }
            }
            waitFor(pause)
            pause = pause * 2
        }
    }

    private func run(_ program: ExternalProgram, _ address: String, into file: AtomicFile, limit: Int)
        throws(SymbolTransferError) -> Answer
    {
        let name = address.prefix { $0 != "?" }.split(separator: "/").last ?? ""
        progress?.enter("asking for \(name)")
        var tail = StatusTail()
        var answer = Answer.whole
        let ending: ExternalProgram.Ending
        do {
            ending = try program.run(arguments(for: address)) { piece in
                let body = tail.push(piece)
                guard !isInterrupted else { return false }
                guard body.count <= limit - file.byteCount else {
                    answer = .tooLarge
                    return false
                }
                do throws(FileError) { try file.write(body) } catch {
                    answer = .cannotWrite(error)
                    return false
                }
                progress?.enter("downloading \(name), \(file.byteCount / 1_048_576) MiB")
                return true
            }
        } catch { throw .failed("\(program.path) cannot be run: \(error.text)") }
        guard !isInterrupted else { throw .failed("interrupted") }
        guard case .ended(let status) = ending else { return answer }
        let result = CurlEnding(exitStatus: status, httpStatus: tail.httpStatus, limits: limits)
        return status == 0 && tail.httpStatus == 200 ? .whole : .failed(result)
    }

    /// The options of a run. The user's own configuration is left out, since it may change what comes through the pipe.
    private func arguments(for address: String) -> [String] {
        var arguments = [
            "--disable", "--silent", "--fail", "--globoff", "--location", "--max-redirs", "\(limits.redirects)",
            "--proto", "=http,https", "--proto-redir", "=http,https", "--connect-timeout", "\(limits.patience)",
            "--speed-limit", "\(limits.slowest)", "--speed-time", "\(limits.patience)",
            "--user-agent", "logonleak/\(LogonleakCommand.version)", "--write-out", "%{http_code}",
        ]
        if let proxy { arguments += ["--proxy", proxy] }
        return arguments + ["--url", address]
    }
}

/// Takes the three digits of the HTTP status, which the program writes behind the body, from the end of what comes.
private struct StatusTail {
    private static let digits = 3
    private var rest: [UInt8] = []

    /// The bytes that are known to be of the body.
    mutating func push(_ piece: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        rest += piece
        let body = rest.dropLast(Self.digits)
        rest = Array(rest.suffix(Self.digits))
        return body
    }

    var httpStatus: Int { Int(String(decoding: rest, as: UTF8.self)) ?? 0 }
}
