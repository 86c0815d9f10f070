import BinaryReading
import KernelObjects

/// What stands in one line of an object, and what is known of handles and threads.
extension ExplanationBuilder {
    func label(ofSession position: Int) -> String {
        let session = analysis.sessions[position]
        let read = snapshot.logonSessions[position]
        var parts = ["logon session \(read.luid) \(accountText(ofSession: position)), \(session.kind.text)"]
        if let silo = read.serverSilo { parts.append("of the container \(silo.debuggerText)") }
        parts.append("\(session.state.rawValue) (\(session.confidence))")
        return parts.joined(separator: ", ")
    }

    /// The account as LSA gave it, else the user's name or SID.
    func accountText(ofSession position: Int) -> String {
        snapshot.logonSessions[position].qualifiedName
            ?? analysis.sessions[position].user.map { analysis.name(of: $0) ?? $0.description } ?? "(no account)"
    }

    func label(ofToken position: Int, namesSession: Bool) -> String {
        let token = snapshot.tokens[position]
        var text = "token \(token.address.debuggerText) (id \(token.tokenID), \(token.kind.word))"
        guard namesSession else { return text }
        guard let session = analysis.tokens[position].session else {
            return text + " of logon session \(token.authenticationID), which was not found"
        }
        let state = analysis.sessions[session].state.rawValue
        text += " of logon session \(token.authenticationID) \(accountText(ofSession: session)), \(state)"
        return text
    }

    /// A process's id and image, and the services that run in it.
    func name(ofProcess position: Int) -> String {
        let services = snapshot.processes[position].services.prefix(Self.namedServices).joined(separator: ", ")
        let more = snapshot.processes[position].services.count > Self.namedServices ? " …" : ""
        return analysis.label(of: .process(position)) + (services.isEmpty ? "" : " [\(services)\(more)]")
    }

    private static let namedServices = 4

    func label(ofProcess position: Int) -> String {
        let process = snapshot.processes[position]
        return "process \(name(ofProcess: position)), "
            + (process.hasExited ? "exited" + (process.exitedAt.map { " " + $0.minuteText } ?? "") : "running")
    }

    func label(ofThread position: Int, namesProcess: Bool) -> String {
        let thread = snapshot.threads[position]
        let process = analysis.processPosition(at: thread.process)
        let hasEnded = thread.hasExited || process.map { snapshot.processes[$0].hasExited } == true
        let owner = process.map(name(ofProcess:)) ?? String(thread.processID)
        return "thread \(thread.threadID)" + (namesProcess ? " of \(owner)" : "") + (hasEnded ? ", ended" : "")
    }

    func label(of pin: Pin) -> String {
        let owner = pin.process.map(name(ofProcess:)) ?? "a process that was not found"
        let kind = pin.isKernelHandle == true ? "kernel handle" : "handle"
        let target =
            switch pin.kind {
            case .processHandle: " to the process"
            case .threadHandle: pin.threadID.map { " to thread \($0)" } ?? " to a thread"
            default: ""
            }
        let access = pin.access.map { " (access \($0.hexText))" } ?? ""
        return "\(kind) \((pin.handle ?? 0).hexText)\(target) in \(owner)\(access)"
    }

    func facts(of pin: Pin) -> [Fact] {
        let process = pin.process.map { snapshot.processes[$0] }
        return [
            Fact("pid", .init(process.map { Int64(clamping: $0.processID) })), Fact("image", .init(process?.imageName)),
            Fact("handle", .init(hex: pin.handle)), Fact("access", .init(hex: pin.access.map { UInt64($0) })),
            Fact("kernelHandle", .init(pin.isKernelHandle)),
            Fact("tid", .init(pin.threadID.map { Int64(clamping: $0) })),
            Fact("pointerReferences", .number(pin.pointerReferences)),
        ]
    }

    func facts(ofThread position: Int) -> [Fact] {
        let thread = snapshot.threads[position]
        return [
            Fact("address", .hex(thread.address.rawValue)), Fact("tid", .number(Int64(clamping: thread.threadID))),
            Fact("pid", .number(Int64(clamping: thread.processID))), Fact("exited", .flag(thread.hasExited)),
        ]
    }
}
