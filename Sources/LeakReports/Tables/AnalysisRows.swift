import BinaryReading
import KernelObjects
import LeakAnalysis

/// The lists of an analysis as rows of text.
struct AnalysisRows {
    private let analysis: Analysis
    private let address: (VirtualAddress) -> String

    init(_ analysis: Analysis, address: @escaping (VirtualAddress) -> String) {
        self.analysis = analysis
        self.address = address
    }

    private var snapshot: Snapshot { analysis.snapshot }

    private func holders(_ holders: [Holder]) -> String? {
        holders.isEmpty ? nil : holders.map(analysis.label(of:)).joined(separator: " ")
    }

    var sessions: Table {
        var table = Table(columns: [
            .init(title: "LUID"), .init(title: "state"), .init(title: "kind", isFlexible: true),
            .init(title: "account", isFlexible: true), .init(title: "references", isRightAligned: true),
            .init(title: "tokens", isRightAligned: true), .init(title: "terminal"), .init(title: "flags"),
            .init(title: "holders", isFlexible: true), .init(title: "address"),
        ])
        table.rows = analysis.sessions.map { session in
            let read = snapshot.logonSessions[session.session]
            return [
                read.luid.description, session.state.rawValue, session.kind.rawValue, analysis.accountName(of: session),
                String(read.referenceCount), String(session.referenceTotal),
                session.terminalSessions.map { String($0) }.joined(separator: " "), read.flags.rawValue.hexText,
                holders(session.holders), address(read.address),
            ]
        }
        return table
    }

    var tokens: Table {
        var table = Table(columns: [
            .init(title: "address"), .init(title: "token id"), .init(title: "LUID"), .init(title: "type"),
            .init(title: "terminal", isRightAligned: true), .init(title: "flags"),
            .init(title: "user", isFlexible: true), .init(title: "creator", isFlexible: true),
            .init(title: "pins", isFlexible: true), .init(title: "holders", isFlexible: true),
        ])
        table.rows = analysis.tokens.map { token in
            let read = snapshot.tokens[token.token]
            let creator = read.creation.map { "\($0.processID):\($0.imageName) \($0.method.word)" }
            return [
                address(read.address), read.tokenID.description, read.authenticationID.description, read.kind.word,
                String(read.terminalSessionID), read.flags.hexText,
                read.user.map { analysis.name(of: $0) ?? $0.description }, creator,
                token.pins.map(\.kind.rawValue).joined(separator: " "), holders(token.holders),
            ]
        }
        return table
    }

    var processes: Table {
        var table = Table(columns: [
            .init(title: "pid", isRightAligned: true), .init(title: "image", isFlexible: true),
            .init(title: "state"), .init(title: "terminal", isRightAligned: true), .init(title: "created"),
            .init(title: "exited"), .init(title: "parent", isRightAligned: true), .init(title: "session"),
            .init(title: "address"),
        ])
        table.rows = snapshot.processes.map { process in
            let token = process.primaryToken.flatMap(analysis.token(at:))
            return [
                String(process.processID), process.imageName, process.hasExited ? "exited" : "running",
                process.terminalSessionID.map { String($0) }, process.created?.description,
                process.exitedAt?.description,
                String(process.parentProcessID), token?.authenticationID.description, address(process.address),
            ]
        }
        return table
    }

    var terminals: Table {
        var table = Table(columns: [
            .init(title: "id", isRightAligned: true), .init(title: "state"),
            .init(title: "processes", isRightAligned: true), .init(title: "exited", isRightAligned: true),
            .init(title: "tokens", isRightAligned: true), .init(title: "holders", isFlexible: true),
            .init(title: "session object"),
        ])
        table.rows = analysis.terminalSessions.map { terminal in
            [
                String(terminal.id), terminal.state.rawValue, String(terminal.runningProcesses),
                String(terminal.exitedProcesses.count), String(terminal.tokens.count),
                terminal.state == .leaked ? holders(terminal.holders) : nil, terminal.sessionObject.map(address),
            ]
        }
        return table
    }

    var modules: Table {
        var table = Table(columns: [
            .init(title: "base"), .init(title: "size", isRightAligned: true), .init(title: "state"),
            .init(title: "name", isFlexible: true), .init(title: "path", isFlexible: true),
        ])
        table.rows = AnalysisJSON(analysis).modules.map { module in
            [
                address(module.base), module.byteCount.hexText, module.isLoaded ? "loaded" : "unloaded", module.name,
                module.path,
            ]
        }
        return table
    }
}

extension Analysis {
    /// The account of a session for people: as LSA gave it, else by the user's SID.
    func accountName(of session: SessionAnalysis) -> String? {
        snapshot.logonSessions[session.session].qualifiedName
            ?? session.user.map { name(of: $0) ?? $0.description }
    }
}
