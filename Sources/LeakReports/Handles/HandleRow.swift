import BinaryReading
import KernelObjects
import LeakAnalysis

/// One entry of a handle table with what it refers to.
struct HandleRow {
    let table: HandleTable
    let handle: Handle
    /// Position of the owner in the analysis' processes.
    let owner: Int?
    /// Position of the token, process or thread that it refers to, in its own list; nil where that list does not have it.
    let target: Int?
    private let analysis: Analysis

    init(_ handle: Handle, of table: HandleTable, owner: Int?, _ analysis: Analysis) {
        self.table = table
        self.handle = handle
        self.owner = owner
        self.analysis = analysis
        target =
            switch handle.kind {
            case .token: analysis.tokenPosition(at: handle.object)
            case .process: analysis.processPosition(at: handle.object)
            case .thread: analysis.threadPosition(at: handle.object)
            case .unreadable: nil
            }
    }

    var image: String? { owner.map { analysis.snapshot.processes[$0].imageName } }
    var value: UInt64 { table.value(of: handle) }

    /// The token that it refers to.
    var token: Token? { handle.kind == .token ? target.map { analysis.snapshot.tokens[$0] } : nil }

    /// Name or SID of the token's user.
    var userName: String? { token?.user.map { analysis.name(of: $0) ?? $0.description } }

    /// State of the token's session.
    var sessionState: SessionState? {
        guard handle.kind == .token, let target, let session = analysis.tokens[target].session else { return nil }
        return analysis.sessions[session].state
    }

    /// The thread that it refers to.
    var thread: Thread? { handle.kind == .thread ? target.map { analysis.snapshot.threads[$0] } : nil }

    /// The process that it refers to, or the one of the thread.
    var process: Process? {
        switch handle.kind {
        case .process: target.map { analysis.snapshot.processes[$0] }
        case .thread:
            thread.flatMap { analysis.processPosition(at: $0.process) }.map { analysis.snapshot.processes[$0] }
        case .token, .unreadable: nil
        }
    }

    /// Whether the process or thread has ended.
    var hasExited: Bool? { thread?.hasExited ?? process?.hasExited }

    /// What it refers to, for people.
    var targetText: String {
        switch handle.kind {
        case .token:
            guard let token else { return "not readable" }
            let state = sessionState.map { ", \($0.rawValue)" } ?? ""
            return "\(userName ?? "user not readable"), session \(token.authenticationID)\(state)"
        case .process:
            guard let process else { return "in no list of processes" }
            return "\(process.processID):\(process.imageName)" + (process.hasExited ? ", exited" : "")
        case .thread:
            guard let thread else { return "in no process's list of threads" }
            let owner = process.map { "\($0.processID):\($0.imageName)" } ?? String(thread.processID)
            return "\(thread.threadID) of \(owner)" + (hasExited == true ? ", ended" : "")
        case .unreadable: return "its header cannot be read"
        }
    }
}

extension Handle.Kind {
    /// The word for it.
    var word: String {
        switch self {
        case .token: "token"
        case .process: "process"
        case .thread: "thread"
        case .unreadable: "unreadable"
        }
    }
}
